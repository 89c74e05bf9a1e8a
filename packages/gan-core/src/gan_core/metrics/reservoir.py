"""A uniform random selection of the rows of a stream whose length is not known, in bounded memory."""

from __future__ import annotations

import numpy as np


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
