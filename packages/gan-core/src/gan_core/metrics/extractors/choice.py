"""An extractor by one line of text, as the command line names it. Imports no TensorFlow until it makes one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError, DataError, choose

if TYPE_CHECKING:
    from gan_core.metrics.extractors.base import Extractor

EXTRACTORS = {
    "random": "random[:SEED], a fixed random network: instant, coarse",
    "encoder": "encoder[:FILE.keras], a small network trained on the real images on first use, and kept",
    "inception": "inception:WEIGHTS.h5[@75], Keras' InceptionV3 from a file on this machine",
    "keras": "keras:MODEL.keras[@SIZE], a model of yours; it gets [-1, 1]",
}
ENCODER_VERSION = 2  # to be raised when `train_encoder` changes: kept encoders are then trained anew


def extractor_by_name(name: str, *, images=None, labels=None, folder: Path | str | None = None, seed: int = 0,
                      say: Callable[[str], None] = lambda text: None) -> Extractor:
    """The extractor that a line of text names.

    Args:
        name: one of `EXTRACTORS`.
        images: uint8 (n, height, width, 1 or 3), what an encoder is trained on; or a function that returns them,
            called only if they are needed.
        labels: int (n,) or None, classes for the encoder.
        folder: where a trained encoder is kept and looked for, under a name that depends on the images; None keeps
            nothing.
        seed: int, of the encoder's training.
        say: is told what takes long.

    Raises:
        ConfigError: an unknown name or option.
        DataError: a file that cannot be used, or `encoder` without images.

    Example:
        >>> extractor_by_name("random:3").identity.startswith("random-convolution(seed=3)@32")
        True
    """
    kind, _, rest = name.partition(":")
    if kind not in EXTRACTORS:
        choose("extractor", name, EXTRACTORS)
    if kind == "random":
        from gan_core.metrics.extractors.random_convolution import RandomConvolution

        if rest and not rest.isdecimal():
            raise ConfigError(f"the extractor `random` takes a seed. Received: {name!r}. Write random or random:1.")
        return RandomConvolution(int(rest or 0))
    if kind == "encoder":
        return _encoder(_file_of(name)[0], images, labels, folder, seed, say)
    path, size = _file_of(name)
    if kind == "inception":
        from gan_core.metrics.extractors.inception import KerasInceptionV3

        return KerasInceptionV3(path, size=size or 299)
    from gan_core.metrics.extractors.model import keras_extractor

    return keras_extractor(path, size=size)


def check_extractor(name: str) -> None:
    """Refuse what `extractor_by_name` would refuse of a name alone, and a file that is missing; loads nothing.

    Args:
        name: as in `extractor_by_name`.

    Raises:
        ConfigError: an unknown name, or none of a file where one is needed.
        DataError: the file does not exist.

    Example:
        >>> check_extractor("random")
    """
    kind = name.partition(":")[0]
    if kind not in EXTRACTORS:
        choose("extractor", name, EXTRACTORS)
    if kind == "random":
        extractor_by_name(name)
        return
    path = _file_of(name)[0]
    if path and not Path(path).is_file():
        raise DataError(f"the file {path} of the extractor {kind!r} does not exist: pass the path of one that does, or "
                        "use `--extractor random`, which needs none.")


def _file_of(name: str) -> tuple[str, int | None]:
    """The path and the size in a name; only an encoder may do without.

    Raises:
        ConfigError: there is no path.
    """
    kind, _, rest = name.partition(":")
    path, at, size = rest.rpartition("@")
    if not (at and size.isdecimal() and int(size) > 0) or kind == "encoder":
        path, size = rest, ""
    if not path and kind != "encoder":
        form = EXTRACTORS[kind].split(",")[0]
        raise ConfigError(f"the extractor `{kind}` needs a file. Received: {name!r}. Write {form}.")
    return os.path.expanduser(path), int(size) if size else None


def _encoder(path: str, images: np.ndarray | Callable[[], np.ndarray] | None, labels, folder, seed: int,
             say: Callable[[str], None]) -> Extractor:
    from gan_core.metrics.extractors.encoder import Encoder, train_encoder

    if path:
        return Encoder.load(path)
    images = images() if callable(images) else images
    if images is None:
        raise DataError("the extractor `encoder` must be trained on real images. Received: none. Pass images, or "
                        "encoder:FILE.keras.")
    kept = None
    if folder is not None:
        kept = Path(folder) / f"encoder-{_key(images, labels, seed)}.keras"
        if kept.is_file() and kept.with_suffix(".json").is_file():
            try:
                return Encoder.load(kept)
            except DataError as error:  # an interrupted copy, another Keras: it can be had again
                say(f"{error} Training it anew.")
    what = "its labels" if labels is not None else "rotated copies of its images"
    say(f"training an encoder on {len(images):,} images, by {what} (kept for the next time) ..." if kept else
        f"training an encoder on {len(images):,} images, by {what} ...")
    encoder = train_encoder(images, labels, seed=seed, say=say)
    if kept is not None:
        try:
            encoder.save(kept)
            say(f"encoder: {kept}")
        except OSError as error:
            say(f"the encoder cannot be kept at {kept}: {error.strerror or error}")
    return encoder


def _key(images, labels, seed: int) -> str:
    digest = hashlib.sha256(f"{ENCODER_VERSION} {images.shape} {seed}".encode())
    for start in range(0, len(images), 1024):
        digest.update(np.ascontiguousarray(images[start:start + 1024]).data)
    if labels is not None:
        digest.update(np.ascontiguousarray(labels, dtype="<i8").data)
    return digest.hexdigest()[:12]
