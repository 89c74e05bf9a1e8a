"""Arrays in `.npy` and `.npz` files, read in blocks and never through pickle."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

from gan_core.errors import DataError

_USUAL_KEYS = ("images", "samples", "arr_0")


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

    def blocks(self, rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
        """The given rows (ascending) in order, in arrays of at most about `size` rows; memory stays bounded.

        Raises:
            DataError: the file is damaged after its header.
        """
        if self.key is None or self.fortran_order:
            array = self._whole()
            for start in range(0, len(rows), size):
                yield np.array(array[rows[start:start + size]])
            return
        row_bytes = self.dtype.itemsize * int(np.prod(self.shape[1:]))
        with _damage(self.path), zipfile.ZipFile(self.path) as archive, archive.open(f"{self.key}.npy") as stream:
            _header(stream, self.path)
            for start in range(0, self.shape[0], size):
                count = min(size, self.shape[0] - start)
                content = stream.read(count * row_bytes)
                if len(content) < count * row_bytes:
                    raise DataError(f"{self.path}: the array {self.key!r} ends early. Save the file again.")
                wanted = rows[np.searchsorted(rows, start):np.searchsorted(rows, start + count)] - start
                if len(wanted):
                    yield np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])[wanted]

    def _whole(self) -> np.ndarray:
        with _damage(self.path):
            if self.key is None:
                return np.load(self.path, mmap_mode="r")
            with np.load(self.path) as archive:
                return archive[self.key]


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
    with _damage(path):
        if path.suffix.lower() == ".npz":
            if not zipfile.is_zipfile(path):
                raise DataError(f"{path}: not an .npz archive (or cut short). Save it again with numpy.savez.")
            with zipfile.ZipFile(path) as archive:
                key = _choose_key(path, key, [name[:-4] for name in archive.namelist() if name.endswith(".npy")])
                with archive.open(f"{key}.npy") as stream:
                    shape, fortran_order, dtype, offset = _header(stream, path)
                stored = archive.getinfo(f"{key}.npy").file_size - offset
        else:
            if key is not None:
                raise DataError(f"{path}: an .npy file holds one array without a name. Received: {key!r}. Remove it.")
            with path.open("rb") as stream:
                shape, fortran_order, dtype, offset = _header(stream, path)
            stored = path.stat().st_size - offset
    declared = dtype.itemsize * int(np.prod(shape, dtype=object))
    if declared > stored:
        raise DataError(f"{path}: the header declares {declared:,} bytes of numbers but the file holds {stored:,}. "
                        "It was cut short; save it again.")
    if not shape or 0 in shape:
        raise DataError(f"{path}: the array is empty or a single number. Found: shape {shape}. "
                        "Expected at least one image.")
    return ArrayFile(path, key, shape, dtype, fortran_order)


def _choose_key(path: Path, key: str | None, keys: list[str]) -> str:
    if not keys:
        raise DataError(f"{path}: the archive holds no array. Save it with numpy.savez(path, images=array).")
    if key is None:
        usual = [name for name in _USUAL_KEYS if name in keys]
        if len(keys) > 1 and not usual:
            raise DataError(f"{path}: holds several arrays. Found: {', '.join(sorted(keys))}. "
                            f"Choose one by writing {path.name}:{sorted(keys)[0]}.")
        return usual[0] if usual else keys[0]
    if key not in keys:
        raise DataError(f"{path}: has no array {key!r}. Found: {', '.join(sorted(keys))}.")
    return key


def _header(stream, path: Path) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    try:
        version = npy_format.read_magic(stream)
        read = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}.get(version)
        if read is None:  # version 3 exists only for named fields, which pictures do not have
            raise ValueError(f"format version {version}")
        shape, fortran_order, dtype = read(stream)
    except ValueError as error:
        raise DataError(f"{path}: not a readable NumPy array ({str(error).splitlines()[0]}). "
                        "Save it with numpy.save(path, array).") from error
    if dtype.hasobject:
        raise DataError(f"{path}: holds Python objects, which could run code when loaded. Found: dtype {dtype}. "
                        "Expected numbers: images of one size stacked with numpy.stack, then saved.")
    if dtype.kind not in "buif":
        raise DataError(f"{path}: holds no plain numbers. Found: dtype {dtype}. Expected uint8 or floating point.")
    return shape, fortran_order, dtype, stream.tell()


@contextmanager
def _damage(path: Path):
    """Turn what damaged archives raise into one line that names the file."""
    try:
        yield
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path}: damaged ({error}). Save it again.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
