"""Generators on disk with all that enhancement must know: network, sample rate, window, pre-emphasis, versions."""

from __future__ import annotations

import importlib.metadata
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from gan_audio.errors import CheckpointError
from gan_audio.models.sizes import NetworkSize
from gan_core.errors import DataError
from gan_core.files import whole_path
from gan_core.model_files import load_network

ENTRY = "gan_audio.json"  # beside Keras' own entries in the .keras archive
SCHEMA = 1
PACKAGES = ("gan-audio", "gan-core", "tensorflow", "keras")


@dataclass(frozen=True)
class ModelCard:
    """What a saved generator was made for.

    Attributes:
        size: the `NetworkSize`, with its options (skips, upsampling, window, ...).
        sample_rate: int, Hz.
        preemphasis: float, the coefficient of training.
        recipe: str.
        step: int, generator updates done.
        versions: package -> version that wrote it.
    """

    size: NetworkSize
    sample_rate: int = 16_000
    preemphasis: float = 0.95
    recipe: str = ""
    step: int = 0
    versions: dict[str, str] | None = None

    def require(self, origin, *, sample_rate: int | None = None, preemphasis: float | None = None) -> None:
        """Refuse another rate or coefficient than the model was trained with.

        Raises:
            CheckpointError: both values, and which the file holds.
        """
        for name, wanted in (("sample_rate", sample_rate), ("preemphasis", preemphasis)):
            found = getattr(self, name)
            if wanted is not None and wanted != found:
                raise CheckpointError(f"{origin}: the model was trained with {name}={found}. "
                                      f"Received: {name}={wanted}. Leave `{name}` out, or train a model with it.")


def save_generator(path, generator, card: ModelCard) -> Path:
    """Write a generator and its card to one `.keras` file, which appears when it is complete.

    Example:
        >>> save_generator("model.keras", generator, ModelCard(network_size("segan-tiny"), 16_000, 0.0))
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise CheckpointError(f"{path}: a model file must end in .keras. Received: {path.suffix or 'no suffix'}.")
    with whole_path(path) as temporary:
        generator.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(ENTRY, json.dumps({"schema": SCHEMA, **asdict(card), "versions": versions()}, indent=1))
    return path


def load_generator(path, *, sample_rate: int | None = None, preemphasis: float | None = None):
    """Read what `save_generator` wrote.

    Args:
        path: the `.keras` file.
        sample_rate: Hz, if the caller counts on one.
        preemphasis: the coefficient, if the caller counts on one.

    Returns:
        (generator, `ModelCard`).

    Raises:
        CheckpointError: the file is missing, damaged, without a card, or made for another rate or coefficient.
    """
    card = read_card(path)
    card.require(path, sample_rate=sample_rate, preemphasis=preemphasis)
    try:
        return load_network(path), card
    except DataError as error:
        raise CheckpointError(f"{error} It was written by {card.versions}.") from error


def read_card(path) -> ModelCard:
    """The card of a model file; loads no TensorFlow.

    Raises:
        CheckpointError: the file is missing, damaged, or holds no card.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"{path}: there is no such model file. Give a run folder, or a file that "
                              "`gan-audio export` wrote.")
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read(ENTRY))
        if found.pop("schema") != SCHEMA:
            raise CheckpointError(f"{path}: was written by another version of gan-audio ({found.get('versions')}).")
        size: dict = {name: tuple(value) if isinstance(value, list) else value
                      for name, value in found.pop("size").items()}
        return ModelCard(NetworkSize(**size), **found)
    except KeyError:
        raise CheckpointError(
            f"{path}: does not say for which sample rate and pre-emphasis it was made ({ENTRY} is missing). "
            "Give the run folder instead, or write the file with `gan-audio export`.") from None
    except (zipfile.BadZipFile, ValueError, TypeError, AttributeError, OSError) as error:
        raise CheckpointError(f"{path}: is not a model file of gan-audio ({error}).") from None


def versions() -> dict[str, str]:
    """The installed versions of the packages that make a model."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
