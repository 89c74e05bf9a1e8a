"""Points to explore from: seeds, classes and captions as what a run's generator reads. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from gan_core.errors import ConfigError
from gan_vision.data.labels import AND
from gan_vision.explore.interpolation import LATENT
from gan_vision.image_run import ImageRun

Item = TypeVar("Item")


@dataclass(frozen=True)
class Anchors:
    """Inputs of k pictures, and what they were made of.

    Args:
        inputs: name -> array (k, ...).
        seeds: k.
        labels: k names of classes, or of attributes joined by "+"; None where the generator reads none.
        captions: k; None where the generator reads none.
    """

    inputs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    labels: tuple[str, ...] | None = None
    captions: tuple[str, ...] | None = None

    def __len__(self):
        return len(self.seeds)

    @property
    def names(self) -> tuple[str, ...]:
        """What is printed under each picture: its seed, and its label if it has one."""
        return tuple("\n".join(self._parts(index)) for index in range(len(self)))

    @property
    def titles(self) -> tuple[str, ...]:
        """Each in one line: its seed, its label and its caption, as far as it has them."""
        return tuple(", ".join([*self._parts(index), *(self.captions or ())[index:index + 1]])
                     for index in range(len(self)))

    def _parts(self, index: int) -> list[str]:
        return [f"seed {self.seeds[index]}", *(self.labels or ())[index:index + 1]]

    @property
    def facts(self) -> dict[str, list | None]:
        """Seeds, labels and captions as a JSON holds them."""
        return {"seeds": list(self.seeds), "labels": None if self.labels is None else list(self.labels),
                "captions": None if self.captions is None else list(self.captions)}


def anchors_of(run: ImageRun, seeds: Sequence[int] = (), labels: Sequence[str] = (), captions: Sequence[str] = (), *,
               count: int = 1) -> Anchors:
    r"""The inputs of pictures of seeds, labels and captions; what is given once holds for all of them.

    Args:
        run: as `open_for` gives it.
        seeds: of the noise of each; by default 0 where several labels or captions are given, else 0 ... `count` - 1.
        labels: the class of each by name or number, or its attributes joined by "+"; by default the first class.
        captions: the text of each, for runs that read captions; by default one of the training.
        count: how many there are if nothing says so.

    Raises:
        ConfigError: different numbers of them, an unknown class, or a label or caption for a run that reads none.

    Example:
        >>> anchors_of(run, seeds=(3,), labels=("cat", "dog")).names
        ('seed 3\ncat', 'seed 3\ndog')
    """
    count = count_of(seeds, labels, captions, count=count)
    seeds = seeds or ((0,) if max(len(labels), len(captions)) > 1 else tuple(range(count)))
    given = {"seeds": len(seeds), "labels": len(labels), "captions": len(captions)}
    if any(number not in (0, 1, count) for number in given.values()):
        raise ConfigError("seeds, labels and captions must be equally many, or one for all. Received: "
                          f"{', '.join(f'{number} {name}' for name, number in given.items())}.")
    if captions:
        require_captions(run)
    if reads_text(run) and not captions and not labels:
        captions = run.texts(1)  # type: ignore[attr-defined]
    seeds, labels, captions = _each(seeds, count), _each(labels, count), _each(captions, count)
    if captions and not labels:
        return Anchors(_written(run, seeds, captions), seeds, None, captions)
    read = [run.inputs(1, seed=seed, label=asked_label(run, labels[index]) if labels else None)
            for index, seed in enumerate(seeds)]
    inputs = {name: np.concatenate([values[name] for values in read]) for name in read[0]}
    return Anchors(inputs, seeds, label_names(run, inputs))


def reads_text(run: Any) -> bool:
    """Whether the run makes pictures of captions."""
    return hasattr(run, "encode")


def require_captions(run: Any) -> None:
    """Refuse a caption for a run that reads none.

    Raises:
        ConfigError: it reads none.
    """
    if not reads_text(run):
        raise ConfigError(f"`--text` is for runs that read captions. Received: {run.folder.path}, of the recipe "
                          f"{run.recipe.name}. Leave it out.")


def count_of(seeds: Sequence[int], labels: Sequence[str], captions: Sequence[str], *, count: int = 1) -> int:
    """How many `anchors_of` makes of the same arguments, known before a run is opened."""
    most = max(len(seeds), len(labels), len(captions))
    return most if seeds or most > 1 else count


def _each(values: Sequence[Item], count: int) -> tuple[Item, ...]:
    return tuple(values) * (count if len(values) == 1 else 1)


def _written(run: ImageRun, seeds: Sequence[int], captions: Sequence[str]) -> dict[str, np.ndarray]:
    """The inputs of captions, each of which is encoded once: it may take long, and its unknown words are reported."""
    different = list(dict.fromkeys(captions))
    vectors = dict(zip(different, run.encode(different), strict=True))  # type: ignore[attr-defined]
    return {LATENT: np.concatenate([run.gan.fixed_latent(1, seed) for seed in seeds]),  # type: ignore[misc]
            "text": np.stack([vectors[caption] for caption in captions])}


def asked_label(run: ImageRun, text: str) -> str | list[str]:
    """One class, or the attributes in a text."""
    known = run.labels
    return text.split(AND) if known is not None and known.attributes and text not in known.names else text


def label_names(run: ImageRun, inputs: dict[str, np.ndarray]) -> tuple[str, ...] | None:
    """What the labels of inputs are called; None where the generator reads none."""
    known, labels = run.labels, inputs.get("label")
    if known is None or labels is None:
        return None
    return known.names_of(labels)
