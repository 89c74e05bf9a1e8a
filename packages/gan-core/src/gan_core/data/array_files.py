"""Arrays in `.npy` and `.npz` files, read in blocks and never through pickle."""

from __future__ import annotations

import math
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

from gan_core.errors import DataError
from gan_core.images.decode import printable

_USUAL_KEYS = ("images", "samples", "arr_0")
_BLOCK_BYTES = 1 << 20
_READ_BYTES = 1 << 20  # of an archive at a time


@dataclass(frozen=True)
class ArrayFile:
    """An array on disk whose header was checked: numbers, complete, at least one row.

    Attributes:
        path: Path.
        key: str, the member of an `.npz`; None for `.npy`.
        shape: tuple, at least one dimension.
        dtype: bool, integer or floating point.
        fortran_order: bool.
    """

    path: Path
    key: str | None
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran_order: bool

    def __len__(self):
        return self.shape[0]

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * math.prod(self.shape[1:])

    def blocks(self, rows: np.ndarray, size: int | None = None) -> Iterator[np.ndarray]:
        """The given rows in order, in arrays of at most `size` rows; memory stays bounded by one block.

        Args:
            rows: int (m,), ascending.
            size: int, rows of a block; by default what makes 1 MiB.

        Raises:
            DataError: the file is damaged after its header.
        """
        size = max(1, _BLOCK_BYTES // max(1, self.row_bytes)) if size is None else size
        if self.key is None or self.fortran_order:
            array = self.memory_map()
            for start in range(0, len(rows), size):
                yield np.array(array[rows[start:start + size]])
            return
        with _damage(self.path), zipfile.ZipFile(self.path) as archive, archive.open(f"{self.key}.npy") as stream:
            _header(stream, self.path)
            for start in range(0, len(self), size):
                first, last = np.searchsorted(rows, (start, start + size))
                if first == len(rows):
                    return
                count = min(size, len(self) - start)
                content = _read(stream, count * self.row_bytes)
                if len(content) < count * self.row_bytes:
                    raise DataError(f"{printable(self.path)}: the array {self.key!r} ends early. Save the file again.")
                if first < last:
                    yield np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])[rows[first:last] - start]

    def read(self, rows: np.ndarray | None = None) -> np.ndarray:
        """The given rows (ascending), or all, in memory.

        Raises:
            DataError: the file is damaged after its header.
        """
        rows = np.arange(len(self)) if rows is None else rows
        result, done = np.empty((len(rows), *self.shape[1:]), self.dtype), 0
        for block in self.blocks(rows):
            result[done:done + len(block)] = block
            done += len(block)
        return result

    def memory_map(self) -> np.ndarray:
        """The array as a memory map; a member of an archive is unpacked into a nameless temporary file first."""
        with _damage(self.path):
            if self.key is None:
                return np.load(self.path, mmap_mode="r", allow_pickle=False)
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{self.key}.npy") as stream, \
                    tempfile.TemporaryFile() as file:
                shutil.copyfileobj(stream, file, _READ_BYTES)
                file.seek(0)
                offset = _header(file, self.path)[-1]
                return np.memmap(file, self.dtype, "r", offset, self.shape, "F" if self.fortran_order else "C")


def array_names(path: Path) -> tuple[str, ...] | None:
    """The names of the arrays in an archive, in its order; None of an `.npy` file.

    Raises:
        DataError: neither of the two, or damaged.
    """
    with _damage(path):
        if not zipfile.is_zipfile(path):
            if path.suffix.lower() == ".npz":
                raise DataError(f"{printable(path)}: not an .npz archive (or cut short). Save it again with "
                                "numpy.savez.")
            return None
        with zipfile.ZipFile(path) as archive:
            return tuple(name[:-4] for name in archive.namelist() if name.endswith(".npy"))


def open_array(path: Path, *, key: str | None = None) -> ArrayFile:
    """Check the header of an `.npy` or `.npz` file without reading its numbers.

    Args:
        path: the file.
        key: which array of an `.npz`; needed only if it holds several and none is called images, samples or arr_0.

    Raises:
        DataError: not such a file, truncated, holding Python objects or no numbers, empty, or without the `key`.

    Example:
        >>> open_array(Path("fake.npy")).shape
        (1000, 28, 28)
    """
    shown, keys = printable(path), array_names(path)
    with _damage(path):
        if keys is not None:
            key = _choose_key(path, key, keys)
            with zipfile.ZipFile(path) as archive:
                with archive.open(f"{key}.npy") as stream:
                    shape, fortran_order, dtype, offset = _header(stream, path)
                stored = archive.getinfo(f"{key}.npy").file_size - offset
        else:
            if key is not None:
                raise DataError(f"{shown}: an .npy file holds one array without a name. Received: {key!r}. Remove it.")
            with path.open("rb") as stream:
                shape, fortran_order, dtype, offset = _header(stream, path)
            stored = path.stat().st_size - offset
    declared = dtype.itemsize * math.prod(shape)
    if declared > stored:  # a header may promise terabytes that NumPy would allocate first
        raise DataError(f"{shown}: the header declares {declared:,} bytes of numbers but the file holds {stored:,}. "
                        "It was cut short; save it again.")
    if not shape or 0 in shape:
        raise DataError(f"{shown}: the array is empty or a single number. Found: shape {shape}. "
                        "Expected at least one image.")
    return ArrayFile(path, key, tuple(shape), dtype, fortran_order)


def _choose_key(path: Path, key: str | None, keys: tuple[str, ...]) -> str:
    shown = printable(path)
    if not keys:
        raise DataError(f"{shown}: the archive holds no array. Save it with numpy.savez(path, images=array).")
    if key is None:
        usual = [name for name in _USUAL_KEYS if name in keys]
        if len(keys) > 1 and not usual:
            raise DataError(f"{shown}: holds several arrays. Found: {', '.join(map(printable, sorted(keys)))}. "
                            f"Choose one by writing {path.name}:{sorted(keys)[0]}.")
        return next(iter(usual or keys))
    if key not in keys:
        raise DataError(f"{shown}: has no array {key!r}. Found: {', '.join(map(printable, sorted(keys)))}.")
    return key


def _read(stream, count: int) -> bytearray:
    """`count` bytes, or what there is: piece by piece, since a large read of an archive holds them several times."""
    content, done = bytearray(count), 0
    view = memoryview(content)
    while done < count and (got := stream.readinto(view[done:done + _READ_BYTES])):
        done += got
    view.release()
    return content if done == count else content[:done]


def _header(stream, path: Path) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    shown = printable(path)
    try:
        version = npy_format.read_magic(stream)
        read = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}.get(version)
        if read is None:  # version 3 exists only for named fields, which pictures do not have
            raise ValueError(f"format version {version}")
        shape, fortran_order, dtype = read(stream)
    except ValueError as error:
        raise DataError(f"{shown}: not a readable NumPy array ({str(error).splitlines()[0]}). "
                        "Save it with numpy.save(path, array).") from error
    if dtype.hasobject:
        raise DataError(f"{shown}: holds Python objects, which could run code when loaded. Found: dtype {dtype}. "
                        "Expected numbers: images of one size stacked with numpy.stack, then saved.")
    if dtype.kind not in "buif":
        raise DataError(f"{shown}: holds no plain numbers. Found: dtype {dtype}. Expected uint8 or floating point.")
    return shape, fortran_order, dtype, stream.tell()


@contextmanager
def _damage(path: Path):
    """Turn what damaged archives raise into one line that names the file."""
    try:
        yield
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{printable(path)}: damaged ({error}). Save it again.") from error
    except OSError as error:
        raise DataError(f"{printable(path)}: cannot be read ({error.strerror or error}).") from error
