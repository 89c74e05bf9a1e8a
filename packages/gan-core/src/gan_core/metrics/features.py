"""Features of a set of images, and what is kept of them: bounded, however many images there were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors.base import Extractor, check_images, over_white
from gan_core.metrics.functional.feature_checks import check_features
from gan_core.metrics.functional.moments import Moments

FEATURE_BYTES = 1 << 30
IMAGE_BYTES = 256 << 20
MOST_IMAGES = 5000
FINGERPRINT_DIGITS = 16


@dataclass(frozen=True)
class FeatureSet:
    """Features of a set of images, and which extractor they come from.

    Attributes:
        features: float32 **(kept, D)**: all rows in order, or a uniform random choice where all exceed the limit.
        count: int, images seen.
        moments: `Moments` of all images; None where `features` holds them all.
        logits: float32 **(kept, classes)** of the same rows, or None.
        images: uint8 **(m, height, width, 1 or 3)**, a random choice of at most 5,000, for scores on pixels; or None.
        image_shape: (height, width, channels); with 4 channels, of which the last is opacity, features and images are
            those over white.
        fingerprint: str, hash of all images in order: other images, other fingerprint.
        extractor: str, name and size of the extractor.
        extractor_hash: str.
        resize: str.
        caveat: str.
    """

    features: np.ndarray
    count: int
    moments: Moments | None
    logits: np.ndarray | None
    images: np.ndarray | None
    image_shape: tuple[int, int, int]
    fingerprint: str
    extractor: str
    extractor_hash: str
    resize: str
    caveat: str = ""

    @property
    def complete(self) -> bool:
        """Whether `features` holds a row for every image."""
        return len(self.features) == self.count

    @property
    def protocol(self) -> tuple[str, str, str]:
        """What two sets must share to be compared."""
        return self.extractor, self.extractor_hash, self.resize


def check_same_extractor(first: FeatureSet, second: FeatureSet) -> None:
    """Refuse features of two extractors.

    Raises:
        ConfigError: names what differs.
    """
    names = ("extractor", "hash", "resize")
    unlike = [f"{name}: {ours!r} against {theirs!r}" for name, ours, theirs
              in zip(names, first.protocol, second.protocol, strict=True) if ours != theirs]
    if unlike:
        raise ConfigError(f"features of unlike extractors cannot be compared. They differ in {'; '.join(unlike)}. "
                          "Extract both with one.")


def extract_features(images, extractor: Extractor, *, batch_size: int = 64, feature_bytes: int = FEATURE_BYTES,
                     keep_images: bool = True, seed: int = 0, name: str = "images",
                     advance: Callable[[int], None] = lambda count: None) -> FeatureSet:
    """Run images through an extractor, once, in bounded memory.

    Args:
        images: uint8 **(n, height, width, 1, 3 or 4)**, an iterable of such batches, or anything with
            `bytes(batch_size)` that gives them (`gan_core.metrics.open_images`). With opacity, the fourth channel, they
            are laid over white.
        extractor: where features come from.
        batch_size: int ≥ 1.
        feature_bytes: int, how much memory features may take. Rule: up to there every row is kept; of more rows a
            uniform random choice of this size, while mean and covariance are those of all.
        keep_images: whether to keep a random choice of images, at most 5,000 and 256 MiB, for scores on pixels.
        seed: int ≥ 0, of the random choices.
        name: what messages call the images.
        advance: called with the number of images after each batch.

    Returns:
        `FeatureSet`.

    Raises:
        DataError: no images, not uint8, images of two shapes, or features that are not finite.

    Example:
        >>> extract_features(np.zeros((4, 28, 28, 1), np.uint8), RandomConvolution()).features.shape
        (4, 480)
    """
    if batch_size < 1 or feature_bytes < 1:
        raise ConfigError("`batch_size` and `feature_bytes` must be at least 1. "
                          f"Received: batch_size={batch_size}, feature_bytes={feature_bytes}.")
    features: Reservoir | None = None
    logits = pixels = moments = None
    shape, digest = None, hashlib.sha256()
    for batch in batches_of(images, batch_size):
        check_images(batch)
        shape = shape or batch.shape[1:]
        if batch.shape[1:] != shape:
            raise DataError(f"all {name} must have one shape. Found: {batch.shape[1:]} after {shape} (height, width, "
                            "channels). Bring them to one size first.")
        digest.update(np.ascontiguousarray(batch).data)
        batch = over_white(batch)
        rows = check_features(f"features of the {name}", extractor.batch(batch))
        if features is None:
            capacity = max(2, feature_bytes // rows[:1].nbytes)
            features = Reservoir(capacity, seed)
            logits = Reservoir(capacity, seed) if extractor.is_classifier else None  # same seed: the same rows
            most = max(2, min(MOST_IMAGES, IMAGE_BYTES // batch[:1].nbytes))
            pixels = Reservoir(most, seed + 1) if keep_images else None
        if moments is None and features.seen + len(rows) > features.capacity:
            moments = Moments(rows.shape[1])
            if features.seen:
                moments.update(features.rows)
        if moments is not None:
            moments.update(rows)
        features.add(rows)
        if logits is not None:
            logits.add(cast(np.ndarray, extractor.logits(batch)))  # a classifier has them
        if pixels is not None:
            pixels.add(batch)
        advance(len(batch))
    if features is None or shape is None:
        raise DataError(f"there are no {name}. Expected: at least one uint8 image.")
    return FeatureSet(
        features.rows, features.seen, moments, None if logits is None else logits.rows,
        None if pixels is None else pixels.rows, tuple(shape), _fingerprint(digest, shape, features.seen),
        extractor.label, extractor.hash, extractor.resize, extractor.caveat)


def choose_images(images, count: int, *, seed: int = 0, batch_size: int = 256) -> np.ndarray:
    """At most `count` of the images, uint8 **(m, height, width, 1 or 3)**, drawn at random without replacement.

    Args:
        images: as in `extract_features`; an iterator is read to its end.
        count: int ≥ 1.
        seed: int ≥ 0.
        batch_size: int ≥ 1.
    """
    if hasattr(images, "shape") and hasattr(images, "__getitem__"):
        check_images(images)
        rows = np.random.default_rng(seed).permutation(len(images))[:count] if len(images) > count else slice(None)
        return over_white(np.asarray(images[rows]))
    kept = Reservoir(count, seed)
    for batch in batches_of(images, batch_size):
        check_images(batch)
        kept.add(over_white(batch))
    if not kept.seen:
        raise DataError("there are no images. Expected: at least one.")
    return kept.rows


def batches_of(images, batch_size: int) -> Iterator[np.ndarray]:
    """The images as uint8 batches, whatever they come in."""
    if hasattr(images, "bytes") and hasattr(images, "rows"):  # gan_core.metrics.image_source.ImageSource
        yield from images.bytes(batch_size)
    elif hasattr(images, "shape"):
        check_images(images)
        for start in range(0, len(images), batch_size):
            yield np.asarray(images[start:start + batch_size])
    elif isinstance(images, Iterable):
        for batch in images:
            yield np.asarray(batch)
    else:
        raise DataError("images must be an array (n, height, width, channels) or an iterable of such batches. "
                        f"Received: {type(images).__name__}.")


def fingerprint_of(images, batch_size: int = 256) -> str | None:
    """The fingerprint of images that can be read twice; None for an iterator, which can be read only once."""
    if isinstance(images, Iterator):
        return None
    digest, shape, count = hashlib.sha256(), None, 0
    for batch in batches_of(images, batch_size):
        shape, count = shape or batch.shape[1:], count + len(batch)
        digest.update(np.ascontiguousarray(batch).data)
    return _fingerprint(digest, shape, count)


def _fingerprint(digest, shape, count: int) -> str:
    digest = digest.copy()
    digest.update(f"{count} {shape}".encode())
    return digest.hexdigest()[:FINGERPRINT_DIGITS]


class Reservoir:
    """The first `capacity` rows, then a uniform random choice of so many among all seen (Vitter 1985, algorithm R).

    Args:
        capacity: int ≥ 1, rows to keep.
        seed: int ≥ 0, of the choice.

    Attributes:
        seen: int, rows offered so far.

    Example:
        >>> reservoir = Reservoir(2)
        >>> reservoir.add(np.zeros((5, 3)))
        >>> reservoir.rows.shape, reservoir.seen
        ((2, 3), 5)
    """

    def __init__(self, capacity: int, seed: int = 0):
        self.capacity, self.seen = capacity, 0
        self._draw = np.random.Generator(np.random.PCG64(seed))
        self._kept: np.ndarray | None = None

    def add(self, rows: np.ndarray) -> None:
        """Offer further rows, **(n, ...)**, of one shape and dtype."""
        rows = np.asarray(rows)
        start = min(self.seen, self.capacity)
        fits = min(len(rows), self.capacity - start)
        kept = self._make_room(rows, start + fits)
        kept[start:start + fits] = rows[:fits]
        if rest := len(rows) - fits:
            places = self._draw.integers(0, self.seen + fits + 1 + np.arange(rest))
            for row in np.flatnonzero(places < self.capacity):  # in order: a later row may take the place of an earlier
                kept[places[row]] = rows[fits + row]
        self.seen += len(rows)

    @property
    def complete(self) -> bool:
        """Whether every row is still here, in order."""
        return self.seen <= self.capacity

    @property
    def rows(self) -> np.ndarray:
        """What is kept, **(min(seen, capacity), ...)**; a view."""
        return np.empty((0,)) if self._kept is None else self._kept[:min(self.seen, self.capacity)]

    def _make_room(self, rows: np.ndarray, needed: int) -> np.ndarray:
        if self._kept is None:
            self._kept = np.empty((min(self.capacity, max(needed, 64)), *rows.shape[1:]), rows.dtype)
        elif needed > len(self._kept):
            wider = np.empty((min(self.capacity, max(needed, 2 * len(self._kept))), *rows.shape[1:]), rows.dtype)
            wider[:len(self._kept)] = self._kept
            self._kept = wider
        return self._kept
