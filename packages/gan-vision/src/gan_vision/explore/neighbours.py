"""What a generator may have copied: the training pictures nearest to given ones, exactly, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.errors import ConfigError, DataError, choose
from gan_core.metrics.functional.neighbours import Neighbours, nearest_neighbours
from gan_core.progress import track

if TYPE_CHECKING:
    from gan_core.metrics.extractors.base import Extractor

DISTANCES = {"l1": "sum of |a - b| over pixels of [0, 1]", "l2": "Euclidean distance of pixels of [0, 1]",
             "features": "Euclidean distance of an extractor's features"}
CHUNK_BYTES = 64 << 20  # of training pictures at a time


def nearest_pictures(images: np.ndarray, bank: Any, k: int = 5, *, distance: str = "l2",
                     extractor: Extractor | None = None) -> Neighbours:
    """The k pictures of `bank` nearest to each image, nearest first, equal distances in the order of the bank.

    Every pair is looked at, with opacity over white. The bank is read in parts: it need not fit into memory.

    Args:
        images: uint8 (q, height, width, channels).
        bank: uint8 (n, height, width, channels), n >= k: an array, or what is read when it is sliced
            (`Examples.images`).
        k: int >= 1.
        distance: "l1", "l2" (0 exactly for copies), or "features".
        extractor: for "features".

    Returns:
        `Neighbours(distances, indices)`, float64 and int64 (q, k).

    Raises:
        DataError: fewer than k pictures, or pictures of other shapes.
        ConfigError: k below 1, an unknown distance, or none of or a needless extractor.

    Example:
        >>> found = nearest_pictures(run.generate(8), run.data[0].images, 3)
    """
    choose("`distance`", distance, DISTANCES)
    if (extractor is not None) != (distance == "features"):
        raise ConfigError("an `extractor` belongs to distance='features'. "
                          f"Received: distance={distance!r}, extractor={extractor!r}.")
    if k < 1:
        raise ConfigError(f"`k` must be at least 1. Received: k={k}.")
    if len(bank) < k:
        raise DataError(f"there must be at least k={k} pictures to compare with. Received: {len(bank)}. Lower `k`.")
    step = max(1, CHUNK_BYTES // int(np.prod(images.shape[1:])))
    queries = _vectors(images, extractor)
    best = Neighbours(np.empty((len(images), 0)), np.empty((len(images), 0), np.int64))
    for start in track(range(0, len(bank), step), "comparing with the training pictures"):
        part = np.asarray(bank[start:start + step])
        if part.shape[1:] != images.shape[1:]:
            raise DataError(f"pictures to compare must have one shape. Received: {images.shape[1:]} and "
                            f"{part.shape[1:]}.")
        found = nearest_neighbours(queries, _vectors(part, extractor), min(k, len(part)),
                                   metric="l2" if distance == "features" else distance)
        best = _merged(best, Neighbours(found.distances, found.indices + start), k)
    return best if distance == "features" else Neighbours(best.distances / 255, best.indices)


def _vectors(images: np.ndarray, extractor: Extractor | None) -> np.ndarray:
    from gan_core.metrics.extractors.base import over_white

    return over_white(images).reshape(len(images), -1) if extractor is None else extractor.features(images)


def _merged(best: Neighbours, found: Neighbours, k: int) -> Neighbours:
    """The k nearest of both, ascending by (distance, index)."""
    distances, indices = (np.concatenate(parts, axis=1) for parts in zip(best, found, strict=True))
    order = np.lexsort((indices, distances), axis=-1)[:, :k]
    return Neighbours(np.take_along_axis(distances, order, 1), np.take_along_axis(indices, order, 1))
