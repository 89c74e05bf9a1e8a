"""Squared distances of all pairs, tile by tile within a byte limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from gan_core.errors import ConfigError

CHUNK_BYTES = 256_000_000

# Relative error of ‖x‖² + ‖y‖² - 2xᵀy against ‖x‖² + ‖y‖² in float64. Distances that differ by less are taken as
# equal: without this margin a point would miss its own k-th neighbour whenever two tiles round differently.
ROUNDING = 1e-12


def tile_side(dimension: int, chunk_bytes: float) -> int:
    """Rows of a square tile such that five tiles and their float64 features fit into `chunk_bytes`.

    Raises:
        ConfigError: the limit does not even hold one pair of samples.
    """
    limit = float(cast(float, chunk_bytes)) if np.isscalar(chunk_bytes) else np.nan
    side = (np.sqrt(dimension**2 + 5.0 * limit / 8.0) - dimension) / 5.0  # 8 (5 side² + 2 side dimension) = limit
    if not side >= 1:
        raise ConfigError(
            f"`chunk_bytes` must hold a pair of samples, {8 * (5 + 2 * dimension)} bytes. "
            f"Received: chunk_bytes={chunk_bytes!r}."
        )
    return int(min(side, 8192))


class Tiles:
    """Squared Euclidean distances of `rows` **(m, D)** to `columns` **(n, D)**, in Gram form.

    Both are moved by `centre` first: far from the origin ‖x‖² + ‖y‖² - 2xᵀy loses its digits.
    """

    def __init__(self, rows: np.ndarray, columns: np.ndarray, centre: np.ndarray, chunk_bytes: float):
        self.rows, self.columns, self.centre = rows, columns, centre
        self.side = tile_side(rows.shape[1], chunk_bytes)

    def row_blocks(self) -> Iterator[slice]:
        """Slices of at most `side` rows."""
        for start in range(0, len(self.rows), self.side):
            yield slice(start, min(start + self.side, len(self.rows)))

    def along(self, block: slice) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """For one block of rows: slices of the columns, squared distances ≥ 0, and the squared norms' sum per pair."""
        left = self._centred(self.rows[block])
        left_norms = np.einsum("ij,ij->i", left, left)[:, None]
        for start in range(0, len(self.columns), self.side):
            part = slice(start, min(start + self.side, len(self.columns)))
            right = self._centred(self.columns[part])
            norms = left_norms + np.einsum("ij,ij->i", right, right)
            squares = left @ right.T
            squares *= -2.0
            squares += norms
            np.maximum(squares, 0.0, out=squares)
            yield part, squares, norms

    def _centred(self, features: np.ndarray) -> np.ndarray:
        return features.astype(np.float64) - self.centre


def centre_of(features: np.ndarray) -> np.ndarray:
    """Mean of **shape (D,)** over the rows, in float64 without a float64 copy of the features."""
    return features.mean(axis=0, dtype=np.float64)
