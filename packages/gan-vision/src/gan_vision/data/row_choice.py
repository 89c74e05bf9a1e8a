"""Orders and draws of rows that depend on a seed alone, the same on every machine."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError


def shuffled(count: int, seed: int) -> np.ndarray:
    """A permutation of 0..count-1 that depends on `seed` alone, not on the NumPy version (splitmix64 as sort key)."""
    with np.errstate(over="ignore"):
        key = np.arange(count, dtype=np.uint64) + np.uint64(seed % 2**64) * np.uint64(0x9E3779B97F4A7C15)
        for _ in range(2):  # twice: neighbouring seeds must not give shifted copies of one order
            key += np.uint64(0x9E3779B97F4A7C15)
            key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            key ^= key >> np.uint64(31)
    return np.argsort(key, kind="stable")


def choose_rows(count: int, limit: int | None, seed: int) -> np.ndarray:
    """`limit` of `count` positions, sorted, drawn by `seed`: the first files of a folder may all be of one class.

    Raises:
        ConfigError: `limit` is below 1.
    """
    if limit is not None and limit < 1:
        raise ConfigError(f"`limit` must be at least 1. Received: limit={limit}.")
    if limit is None or limit >= count:
        return np.arange(count)
    return np.sort(shuffled(count, seed)[:limit])
