"""HDF5 files from anywhere: only what lies in the file itself is read, and only after its size was looked at.

A file may declare terabytes that the library would allocate, and may lead it to other files on the machine: by
external links, by external storage, by virtual data sets. Each of these is refused before any of it is opened.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.errors import DataError
from gan_core.images.decode import printable

if TYPE_CHECKING:
    import h5py

MOST_IMAGE_BYTES = 256 << 20
MOST_NUMBERS = 65_536  # of a vector
MOST_TEXT_BYTES = 1 << 20
_NUMBER_BYTES = 16  # of the longest floating point number
# What the library raises for damaged files, and for types that NumPy does not have.
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError)


class CheckedHdf5:
    """A file of groups and data sets, opened by each process when it first reads, by one thread at a time.

    A handle must not pass into a forked process: both would move one position in the file.

    Args:
        path: the file.

    Raises:
        DataError: it is no HDF5 file, or cut short.

    Example:
        >>> archive = CheckedHdf5("flowers.hdf5")
        >>> with archive.opened() as file:
        ...     keys = archive.names(file)
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.shown = Path(path), printable(path)
        self._of_process: dict[int, _Handle] = {}
        if not self.path.is_file():  # opening a pipe would wait forever
            found = "a folder" if self.path.is_dir() else "no such file" if not self.path.exists() else "no file"
            raise DataError(f"cannot read {self.shown}: found {found}; expected an HDF5 file. Correct the path.")
        with self.opened():
            pass

    @contextlib.contextmanager
    def opened(self) -> Iterator[h5py.File]:
        """The file while inside; other threads wait."""
        handle = self._of_process.setdefault(os.getpid(), _Handle())
        with handle.lock:
            if handle.file is None:
                handle.file = self._open()
            yield handle.file

    def _open(self) -> h5py.File:
        import h5py

        try:
            if not h5py.is_hdf5(self.path):
                raise DataError(f"cannot read {self.shown}: found {_sniff(self.path)}; expected an HDF5 file. Correct "
                                "the path, or copy the file again.")
            return h5py.File(self.path, "r", swmr=False)
        except _DAMAGE as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"cannot read {self.shown}: found a damaged or truncated HDF5 file ({_line(error)}). Copy "
                            "or download it again.") from error

    # -------------------------------------------------------------------------------------- groups and data sets

    def names(self, group: h5py.Group) -> list[str]:
        """The sorted names in a group; nothing is opened."""
        try:
            return sorted(group)
        except _DAMAGE as error:
            raise self._damaged(group.name, error) from error

    def group(self, parent: h5py.Group, name: str) -> h5py.Group:
        """A group in `parent`.

        Raises:
            DataError: there is none, or it is a link or something else.
        """
        import h5py

        found = self._member(parent, name)
        if not isinstance(found, h5py.Group):
            raise self._wrong(found.name, f"a {_kind_of(found)}", "a group")
        return found

    def dataset(self, parent: h5py.Group, name: str, most_bytes: int) -> h5py.Dataset:
        """A data set in `parent` that lies in the file and declares no more than the file can hold.

        Args:
            parent: where it is.
            name: what it is called there.
            most_bytes: int, that it may have.

        Raises:
            DataError: there is none, it is a link or something else, its values lie in other files, or it is too large.
        """
        import h5py

        found = self._member(parent, name)
        if not isinstance(found, h5py.Dataset):
            raise self._wrong(found.name, f"a {_kind_of(found)}", "a data set")
        where = str(found.name)
        try:
            shape, size, made = found.shape, found.dtype.itemsize, found.id.get_create_plist()
            layout, external, filtered = made.get_layout(), made.get_external_count() > 0, made.get_nfilters() > 0
            chunks = made.get_chunk() if layout == h5py.h5d.CHUNKED else ()
        except _DAMAGE as error:
            raise self._damaged(where, error) from error
        if external or layout == h5py.h5d.VIRTUAL:
            raise self._wrong(where, "external storage" if external else "a virtual data set",
                              "values that lie in this file", "Copy them into the file.")
        if shape is None:
            raise self._wrong(where, "no values", "some")
        declared = size * max(math.prod(shape), math.prod(chunks))  # a chunk is read as a whole
        room = most_bytes if filtered else min(most_bytes, self.path.stat().st_size)
        if declared > room:
            raise self._wrong(where, f"{declared:,} bytes declared", f"at most {room:,}",
                              "It is damaged, or was made to exhaust the memory: download it again.")
        return found

    def _member(self, parent: h5py.Group, name: str) -> Any:
        import h5py

        where = f"{str(parent.name).rstrip('/')}/{name}"
        try:
            encoded = name.encode("utf-8", "surrogateescape")
            if not parent.id.links.exists(encoded):
                raise self._wrong(where, "nothing of this name", "it to be there")
            # Asked without following it: opening an external link opens another file.
            kind = parent.id.links.get_info(encoded).type
            if kind != h5py.h5l.TYPE_HARD:
                named = {h5py.h5l.TYPE_SOFT: "a soft link", h5py.h5l.TYPE_EXTERNAL: "an external link"}
                raise self._wrong(where, named.get(kind, "a link of an unknown kind"), "something that lies here",
                                  "Copy what it points to into its place.")
            return parent[name]
        except _DAMAGE as error:
            if isinstance(error, DataError):
                raise
            raise self._damaged(where, error) from error

    # -------------------------------------------------------------------------------------- values

    def image_bytes(self, parent: h5py.Group, name: str) -> int:
        """How many bytes the encoded picture has; none is read.

        Raises:
            DataError: it is neither one opaque value nor a row of bytes.
        """
        found = self.dataset(parent, name, MOST_IMAGE_BYTES)
        if found.shape == () and found.dtype.kind == "V" and found.dtype.names is None and found.dtype.subdtype is None:
            return found.dtype.itemsize
        if found.ndim == 1 and found.dtype == np.uint8:
            return found.shape[0]
        raise self._wrong(str(found.name), f"{found.dtype} {found.shape}",
                          "the bytes of a picture as one opaque value, or as uint8 (n,)")

    def image(self, parent: h5py.Group, name: str) -> bytes:
        """The bytes of an encoded picture, zeros at the end included."""
        self.image_bytes(parent, name)
        return self._read(parent[name]).tobytes()

    def vector(self, parent: h5py.Group, name: str) -> np.ndarray:
        """Numbers (k,) as float32; what is too large becomes infinite."""
        found = self.dataset(parent, name, MOST_NUMBERS * _NUMBER_BYTES)
        if found.ndim != 1 or found.dtype.kind not in "uif" or not 0 < found.shape[0] <= MOST_NUMBERS:
            raise self._wrong(str(found.name), f"{found.dtype} {found.shape}",
                              f"numbers (k,) with k at most {MOST_NUMBERS:,}")
        with np.errstate(over="ignore"):
            return np.asarray(self._read(found)).astype(np.float32)

    def text(self, parent: h5py.Group, name: str) -> str:
        """One text, without white space at its ends.

        Raises:
            DataError: it is no text, is empty, or is not UTF-8.
        """
        import h5py

        found = self.dataset(parent, name, MOST_TEXT_BYTES)
        where = str(found.name)
        if math.prod(found.shape) != 1 or h5py.check_string_dtype(found.dtype) is None:
            raise self._wrong(where, f"{found.dtype} {found.shape}", "one text")
        content = np.asarray(self._read(found)).reshape(-1)[0]
        try:
            text = content.decode("utf-8").strip() if isinstance(content, bytes) else str(content).strip()
        except UnicodeDecodeError as error:
            raise self._wrong(where, f"the byte 0x{content[error.start]:02x} at position {error.start}",
                              "text in UTF-8", "Write it again in UTF-8.") from None
        if not text:
            raise self._wrong(where, "an empty text", "a text")
        return text

    def _read(self, found: h5py.Dataset) -> Any:
        try:
            return found[()]
        except _DAMAGE as error:
            raise self._damaged(str(found.name), error) from error

    # -------------------------------------------------------------------------------------- what is refused

    def _wrong(self, where: str | None, found: str, expected: str,
               remedy: str = "Write the file again, or take this group out.") -> DataError:
        place = printable(str(where).lstrip("/"))
        return DataError(f"{self.shown}, {place}: found {found}; expected {expected}. {remedy}")

    def _damaged(self, where: str | None, error: Exception) -> DataError:
        return self._wrong(where, f"damaged data ({_line(error)})", "what the HDF5 library can read",
                           "Copy or download the file again.")


class _Handle:
    """Of one process."""

    def __init__(self):
        self.lock, self.file = threading.Lock(), None


def _kind_of(found: Any) -> str:
    return {"Group": "group", "Dataset": "data set", "Datatype": "named type"}.get(type(found).__name__, "something")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _sniff(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    return f"a file that begins with {head.hex(' ')}" if head else "an empty file"
