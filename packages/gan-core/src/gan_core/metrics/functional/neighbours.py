"""Exact k nearest neighbours in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.metrics.functional.feature_checks import check_integer, check_pair
from gan_core.metrics.functional.tiles import CHUNK_BYTES, ROUNDING, Tiles, centre_of, tile_side

CACHE_BYTES = 2_000_000  # differences are summed in pieces of this size: faster than in main memory


class Neighbours(NamedTuple):
    """Distances **(queries, k)** in float64, ascending, and the bank's row numbers **(queries, k)** in int64."""

    distances: np.ndarray
    indices: np.ndarray


@np.errstate(over="ignore", invalid="ignore")  # answered by DataError below
def nearest_neighbours(
    queries,
    bank,
    k: int = 1,
    *,
    metric: str | Callable = "l2",
    exclude_self: bool = False,
    chunk_bytes: float = CHUNK_BYTES,
) -> Neighbours:
    """The k rows of `bank` nearest to each query, nearest first, equal distances in the order of the bank.

    "l1" sums absolute differences, "l2" is Euclidean. L2 looks for candidates by matrix products and computes the
    distances of the candidates anew from differences, so that an exact copy has distance exactly 0.

    Args:
        queries: numbers of **shape (q, D)**.
        bank: numbers of **shape (n, D)**, n ≥ k (n > k with `exclude_self`).
        k: int ≥ 1.
        metric: "l2", "l1", or a function of float64 **(a, D)** and **(b, D)** that returns **(a, b)** distances ≥ 0.
        exclude_self: bool; `queries` is `bank`, and row i is no neighbour of itself.
        chunk_bytes: number of bytes of working memory beside inputs and result.

    Returns:
        `Neighbours(distances, indices)`.

    Raises:
        DataError: bad features, unequal dimensions, too small a bank, `exclude_self` with two different shapes, or a
            distance function that returns something else than distances.
        ConfigError: unknown `metric`, k below 1, or `chunk_bytes` too small for one pair.

    Example:
        >>> distances, indices = nearest_neighbours([[0.9]], [[0.0], [1.0], [3.0]], 2)
        >>> indices.tolist()
        [[1, 0]]
    """
    k = check_integer("k", k)
    queries, bank = check_pair("queries", queries, "bank", bank)
    if exclude_self and queries.shape != bank.shape:
        raise DataError(
            "`exclude_self` needs the same samples as queries and bank. "
            f"Received: queries.shape={queries.shape}, bank.shape={bank.shape}."
        )
    if len(bank) < k + exclude_self:
        raise DataError(
            f"`bank` must hold at least {k + exclude_self} samples. Received: {len(bank)} with k={k}. Lower `k`."
        )
    if callable(metric):
        return _search_by(metric, queries, bank, k, exclude_self, chunk_bytes)
    return choose("`metric`", metric, _SEARCHES)(queries, bank, k, exclude_self, chunk_bytes)


def _search_l2(queries, bank, k: int, exclude_self: bool, chunk_bytes: float) -> Neighbours:
    tiles = Tiles(queries, bank, centre_of(bank), chunk_bytes)
    distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
    for block in tiles.row_blocks():
        best = _Best(block.stop - block.start, k)
        left = queries[block]
        for part, squares, norms in tiles.along(block):
            if exclude_self and part == block:
                np.fill_diagonal(squares, np.inf)
            # Everything that rounding could still make one of the k nearest is a candidate.
            norms *= ROUNDING
            squares -= norms
            norms *= 2.0
            kept = min(k, squares.shape[1])
            upper = np.partition(squares + norms, kept - 1, axis=1)[:, kept - 1] if kept == k else np.inf
            limit = np.minimum(upper, np.nextafter(best.distances[:, -1] ** 2, np.inf) * (1 + ROUNDING))
            rows, columns = np.nonzero(squares <= np.reshape(limit, (-1, 1)))
            if exclude_self and part == block:
                rows, columns = rows[rows != columns], columns[rows != columns]
            best.offer(rows, part.start + columns, _exact_l2(left, bank[part], rows, columns))
        distances[block], indices[block] = best.distances, best.indices
    if not np.isfinite(distances).all():
        raise DataError(
            "squared distances overflowed float64. The features are too large: divide both sets by one constant."
        )
    return Neighbours(distances, indices)


def _exact_l2(left: np.ndarray, right: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Distances of the pairs (left[rows], right[columns]) from their differences."""
    repeats = None
    if len(rows) > 64 * (len(left) + len(right)):  # masses of ties: copies of samples; compute each distinct pair once
        first_left, first_right = _first_copies(left), _first_copies(right)
        pairs = first_left[rows] * np.int64(len(right)) + first_right[columns]
        pairs, repeats = np.unique(pairs, return_inverse=True)
        rows, columns = np.divmod(pairs, len(right))
    found = np.empty(len(rows))
    step = max(1, CACHE_BYTES // (8 * left.shape[1]))
    for start in range(0, len(rows), step):
        piece = slice(start, start + step)
        difference = left[rows[piece]].astype(np.float64)
        difference -= right[columns[piece]]
        difference *= difference
        found[piece] = np.sqrt(difference.sum(axis=1))
    return found if repeats is None else found[repeats]


def _first_copies(features: np.ndarray) -> np.ndarray:
    """For each row the number of the first row with the same bytes."""
    features = np.ascontiguousarray(features)
    rows = features.view(np.dtype((np.void, features.dtype.itemsize * features.shape[1]))).ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    return first[inverse.ravel()].astype(np.int64)


class _Best:
    """The k nearest so far of each query, ascending by (distance, index)."""

    def __init__(self, queries: int, k: int):
        self.distances = np.full((queries, k), np.inf)
        self.indices = np.full((queries, k), np.iinfo(np.int64).max)

    def offer_tile(self, start: int, values: np.ndarray) -> None:
        """Take in exact distances **(queries, n)** to the bank's rows from `start` on."""
        limit, k = self.distances[:, -1], self.distances.shape[1]
        if k < values.shape[1]:
            limit = np.minimum(limit, np.partition(values, k - 1, axis=1)[:, k - 1])
        rows, columns = np.nonzero((values <= limit[:, None]) & np.isfinite(values))
        self.offer(rows, start + columns, values[rows, columns])

    def offer(self, rows: np.ndarray, indices: np.ndarray, distances: np.ndarray) -> None:
        count, k = self.distances.shape
        rows = np.concatenate([np.repeat(np.arange(count), k), rows])
        indices = np.concatenate([self.indices.ravel(), indices])
        distances = np.concatenate([self.distances.ravel(), distances])
        order = np.lexsort((indices, distances, rows))
        starts = np.searchsorted(rows[order], np.arange(count))
        chosen = order[starts[:, None] + np.arange(k)]  # each query offers at least its k old ones
        self.distances, self.indices = distances[chosen], indices[chosen]


def _search_l1(queries, bank, k: int, exclude_self: bool, chunk_bytes: float) -> Neighbours:
    distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
    row_bytes = 8 * bank.shape[1]
    tile_side(bank.shape[1], chunk_bytes)  # refuses a limit that holds no pair
    rows_at_once = max(1, int(min(chunk_bytes / 4, CACHE_BYTES) // row_bytes))
    queries_at_once = max(1, int(chunk_bytes // (64 * (rows_at_once + k))))
    for top in range(0, len(queries), queries_at_once):
        block = slice(top, min(top + queries_at_once, len(queries)))
        best = _Best(block.stop - top, k)
        for start in range(0, len(bank), rows_at_once):
            part = bank[start : start + rows_at_once].astype(np.float64)
            sums = np.empty((block.stop - top, len(part)))
            buffer = np.empty_like(part)
            for row in range(block.stop - top):
                np.subtract(part, queries[top + row], out=buffer)
                np.abs(buffer, out=buffer)
                buffer.sum(axis=1, out=sums[row])
            if exclude_self:
                inside = np.arange(max(top, start), min(block.stop, start + len(part)))
                sums[inside - top, inside - start] = np.inf
            best.offer_tile(start, sums)
        distances[block], indices[block] = best.distances, best.indices
    if not np.isfinite(distances).all():
        raise DataError("distances overflowed float64. The features are too large: divide both sets by one constant.")
    return Neighbours(distances, indices)


def _search_by(distance: Callable, queries, bank, k: int, exclude_self: bool, chunk_bytes: float) -> Neighbours:
    tiles = Tiles(queries, bank, np.zeros(bank.shape[1]), chunk_bytes)
    found = []
    for block in tiles.row_blocks():
        best = _Best(block.stop - block.start, k)
        for start in range(0, len(bank), tiles.side):
            part = bank[start : start + tiles.side].astype(np.float64)
            values = np.array(distance(queries[block].astype(np.float64), part), np.float64)
            if values.shape != (block.stop - block.start, len(part)) or not (values >= 0).all():
                raise DataError(
                    f"`metric` must return distances of shape {(block.stop - block.start, len(part))}, all at least 0. "
                    f"Received: shape {values.shape}, minimum {values.min() if values.size else 'of nothing'}."
                )
            if exclude_self and start == block.start:
                np.fill_diagonal(values, np.inf)
            best.offer_tile(start, values)
        found.append((best.distances, best.indices))
    distances, indices = (np.concatenate(parts) for parts in zip(*found, strict=True))
    if not np.isfinite(distances).all():
        raise DataError(f"`metric` must return finite distances to at least k={k} rows of the bank.")
    return Neighbours(distances, indices)


_SEARCHES: dict[str, Callable[..., Neighbours]] = {"l2": _search_l2, "l1": _search_l1}
