"""Parts of arrays that are read when they are indexed: rows of a memory map, a field of a source."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gan_vision.data.example_source import ExampleSource


class RowSubset:
    """Some rows of a memory-mapped array, read when they are indexed: a split of a large set copies nothing.

    Args:
        array: (n, ...).
        rows: int (m,), positions in `array`.
    """

    def __init__(self, array, rows: np.ndarray):
        self._array, self._rows = array, rows
        self.shape, self.dtype, self.ndim = (len(rows), *array.shape[1:]), array.dtype, array.ndim

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, index) -> np.ndarray:
        if isinstance(index, tuple):
            return self._array[self._rows[index[0]]][(slice(None),) * (np.ndim(self._rows[index[0]])) + index[1:]]
        return self._array[self._rows[index]]

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._array[self._rows], dtype=dtype)

    @property
    def nbytes(self) -> int:
        """Bytes the rows would take in memory."""
        return int(np.prod(self.shape)) * self.dtype.itemsize


class LazyField:
    """One field of a source as an array (n, ...) that is gathered when it is indexed.

    Args:
        source: where the examples are.
        name: of the field.
    """

    def __init__(self, source: ExampleSource, name: str):
        self._source, self._name = source, name

    @functools.cached_property
    def _first(self) -> np.ndarray:
        return self._gather(np.zeros(1, np.int64))

    def _gather(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self._source.gather(rows, (self._name,))[self._name])

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, ...); the first example is read for it."""
        return (len(self._source), *self._first.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """That of the first example."""
        return self._first.dtype

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self._first.ndim

    def __len__(self):
        return len(self._source)

    def __getitem__(self, index) -> np.ndarray:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        rows = np.arange(len(self))[first]
        found = self._gather(np.atleast_1d(rows))[(slice(None), *rest)]
        return found[0] if np.ndim(rows) == 0 else found

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype=dtype)
