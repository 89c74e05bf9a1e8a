"""Where examples come from: arrays in memory, memory maps, or files that are decoded when they are asked for."""

from __future__ import annotations

import abc
import functools
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from gan_core.data.content_hash import combined_hash, files_hash, rows_hash
from gan_core.errors import DataError
from gan_core.images.decode import printable
from gan_vision.data.row_subset import LazyField, RowSubset


class ExampleSource(abc.ABC):
    """Anything with a length that can gather the fields of some of its examples."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many examples there are."""

    @abc.abstractmethod
    def gather(self, rows: np.ndarray, names: Sequence[str]) -> Mapping[str, Any]:
        """The named fields of these examples, in this order: a pure function of the rows.

        It is called from several threads at once, and should hold no more than it returns.

        Args:
            rows: int (m,), positions in 0..len-1.
            names: the fields asked for: what is not asked for need not be decoded.

        Returns:
            name -> array (m, ...), or m texts, or tuples of texts, for captions.

        Raises:
            DataError: an example cannot be read; the message names it.
        """

    @property
    def content_hash(self) -> str | None:
        """What identifies the data, whatever they are called; None where it is not known."""
        return None

    def place(self, row: int) -> str:
        """What a message calls an example: its file, or its number."""
        return f"row {row}"

    def field(self, name: str) -> Any:
        """All values of one field, as an array (n, ...) or as something that is read when it is indexed."""
        return LazyField(self, name)

    def select(self, rows: np.ndarray) -> ExampleSource:
        """The examples at `rows`, int (m,), in that order."""
        return _Selection(self, rows)


class _Selection(ExampleSource):
    def __init__(self, source: ExampleSource, rows: np.ndarray):
        self._source, self._rows = source, rows

    def __len__(self):
        return len(self._rows)

    def gather(self, rows, names):
        return self._source.gather(self._rows[rows], names)

    @functools.cached_property
    def content_hash(self):
        return selection_hash(self._source.content_hash, self._rows)

    def place(self, row):
        return self._source.place(int(self._rows[row]))

    def select(self, rows):
        return _Selection(self._source, self._rows[rows])


def selection_hash(whole: str | None, rows: np.ndarray) -> str | None:
    """What identifies some rows of a set: the hash of the set and the rows, so that nothing is read twice."""
    if whole is None:
        return None
    return hashlib.sha256(whole.encode() + np.ascontiguousarray(rows, "<i8").tobytes()).hexdigest()


Decoder = Callable[[int], Any]


class Columns(ExampleSource):
    """Fields that are arrays, memory maps, lists of texts or of tuples of texts, or functions that decode one example.

    Functions run on all processors; the values of the rows asked for are all that is held.

    Args:
        columns: name -> array (n, ...), memory map, n texts or tuples of texts, or a function row -> value. A tuple of
            names -> a function that returns as many values: one file may hold several fields.
        count: int, how many examples; needed only if all columns are functions.
        files: the path of the file (or the paths) of every example, (n,) or (n, k), for functions: what messages call
            an example, and whose bytes identify the data.
        content_hash: of the whole, or a function that finds it; by default that of all bytes of the arrays and `files`.

    Raises:
        DataError: no columns, columns of different lengths, or no length.

    Example:
        >>> paths = sorted(Path("photos").glob("*.jpg"))
        >>> source = Columns({"real": lambda row: decode_image(paths[row]), "label": ids}, files=paths)
    """

    def __init__(self, columns: Mapping[str | tuple[str, ...], Any], *, count: int | None = None,
                 files: Sequence | None = None, content_hash: str | Callable[[], str | None] | None = None):
        self._arrays: dict[str, Any] = {}
        self._decoders: dict[tuple[str, ...], Decoder] = {}
        for names, column in columns.items():
            if callable(column):
                self._decoders[(names,) if isinstance(names, str) else names] = column
            else:
                self._arrays[str(names)] = column
        self._files, self._known_hash = files, content_hash
        lengths = {name: len(column) for name, column in self._arrays.items()}
        lengths |= {} if files is None else {"files": len(files)}
        lengths |= {} if count is None else {"count": count}
        if not columns or len(set(lengths.values())) != 1:
            raise DataError("all columns of a source must have one length. Received: "
                            f"{lengths or 'none that has a length: pass `count`'}.")
        self._count = next(iter(lengths.values()))

    def __len__(self):
        return self._count

    def gather(self, rows, names):  # noqa: D102
        found = {name: _rows_of(column, rows) for name, column in self._arrays.items() if name in names}
        for group, decode in self._decoders.items():
            if set(group) & set(names):
                each = map if len(rows) == 1 else _pool().map
                decoded = list(each(decode, map(int, rows)))
                parts = [decoded] if len(group) == 1 else zip(*decoded, strict=True)
                found |= {name: self._stacked(part, name, rows)
                          for name, part in zip(group, parts, strict=True) if name in names}
        return found

    def _stacked(self, values: Sequence, name: str, rows: np.ndarray):
        if _is_text(values[0]):
            return list(values)
        arrays = list(map(np.asarray, values))
        for row, array in zip(rows, arrays, strict=True):
            if array.shape != arrays[0].shape:
                raise DataError(f"`{name}` of {self.place(int(row))} must have the shape of the others. Found: "
                                f"{array.shape} beside {arrays[0].shape}. Resize it when it is decoded.")
        return np.stack(arrays)

    @property
    def is_decoded_on_demand(self) -> bool:
        """Whether a field is decoded each time."""
        return bool(self._decoders)

    @functools.cached_property
    def content_hash(self) -> str | None:  # noqa: D102
        if callable(self._known_hash):
            return self._known_hash()
        if self._known_hash is not None or (self._decoders and self._files is None):
            return self._known_hash
        hashes = {name: rows_hash(column).hexdigest for name, column in self._arrays.items()}
        if self._decoders:
            hashes["files"] = files_hash(path for row in self._files or () for path in _paths(row))
        return combined_hash(hashes)

    def place(self, row: int) -> str:  # noqa: D102
        return f"row {row}" if self._files is None else " and ".join(map(printable, _paths(self._files[row])))

    def field(self, name: str) -> Any:  # noqa: D102
        return self._arrays[name] if name in self._arrays else LazyField(self, name)

    def select(self, rows: np.ndarray) -> Columns:  # noqa: D102
        columns: dict = {name: _part(column, rows) for name, column in self._arrays.items()}
        for group, decode in self._decoders.items():
            columns[group] = lambda row, decode=decode: decode(int(rows[row]))
        return Columns(columns, count=len(rows), files=None if self._files is None else _part(self._files, rows),
                       content_hash=lambda: selection_hash(self.content_hash, rows))

    def replaced(self, arrays: Mapping[str, Any]) -> Columns:
        """The same source with some of its arrays in another form."""
        columns = {**self._arrays, **arrays, **self._decoders}
        return Columns(columns, count=self._count, files=self._files, content_hash=self._known_hash)


def _is_text(value) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(text, str) for text in value))


def _rows_of(column, rows):
    return column[rows] if hasattr(column, "dtype") else [column[row] for row in rows]


def _part(column, rows: np.ndarray) -> Any:
    """Some rows: those of a memory map stay on disk."""
    if isinstance(column, np.memmap | RowSubset):
        return RowSubset(column, rows)
    return _rows_of(column, rows)


def _paths(entry) -> Iterable:
    return (entry,) if isinstance(entry, str | os.PathLike) else entry


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(os.cpu_count() or 1, 8), "decode")
