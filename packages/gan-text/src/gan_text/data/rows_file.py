"""A `.npy` file that grows row by row and is read back as a memory map."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_core.files import commit, new_temporary

_HEADER_BYTES = 128


class RowsFile:
    """Appends rows (n, width) to a file; `close` completes the header and moves the file to its name.

    Args:
        path: where the file appears, complete, after `close`.
        width: int, columns.
        dtype: the type of the elements.
    """

    def __init__(self, path: Path, width: int, dtype: np.dtype):
        self.path, self.width, self.dtype, self.count = path, width, np.dtype(dtype), 0
        self._partial = new_temporary(path)
        self._file = open(self._partial, "wb")
        self._file.write(self._header())

    def append(self, rows: np.ndarray) -> None:
        """Write rows behind the ones already there."""
        np.ascontiguousarray(rows, self.dtype).tofile(self._file)
        self.count += len(rows)

    def close(self) -> None:
        """Write the final shape, flush to disk, and give the file its name."""
        self._file.seek(0)
        self._file.write(self._header())
        self._file.close()
        commit(self._partial, self.path)

    def discard(self) -> None:
        """Remove what was written."""
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def _header(self) -> bytes:
        """The header of format 1.0, padded to one size whatever the shape: rows begin at a fixed offset."""
        text = f"{{'descr': '{self.dtype.str}', 'fortran_order': False, 'shape': ({self.count}, {self.width}), }}"
        text = text.ljust(_HEADER_BYTES - 11) + "\n"
        return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin1")
