"""What identifies a data set: a hash of all its bytes, whatever it is called and wherever it came from."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

_BLOCK_BYTES = 8 << 20


class RowsHash:
    """The hash of an array whose rows come one after another.

    Example:
        >>> rows = RowsHash()
        >>> for image in images:
        ...     rows.update(image[None])
        >>> rows.hexdigest == rows_hash(images).hexdigest
        True
    """

    def __init__(self):
        self._digest, self._count, self._kind = hashlib.sha256(), 0, ""

    def update(self, rows: np.ndarray) -> None:
        """The next rows, (n, ...)."""
        self._count += len(rows)
        self._kind = f"{rows.dtype} {rows.shape[1:]}"
        self._digest.update(np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data)

    @property
    def hexdigest(self) -> str:
        """SHA-256 of type, shape and all bytes."""
        return hashlib.sha256(f"{self._kind} {self._count} {self._digest.hexdigest()}".encode()).hexdigest()


def rows_hash(rows: np.ndarray | list | tuple) -> RowsHash:
    """The hash of all rows; those of a memory map are read block by block, texts count as UTF-8.

    Args:
        rows: array (n, ...), n texts, or n tuples of texts.
    """
    digest = RowsHash()
    if isinstance(rows, list | tuple):  # texts: the length of each keeps ("ab", "c") apart from ("a", "bc")
        for row in rows:
            if not isinstance(row, str):  # and how many there are, (("a", "b"), ("c",)) from (("a",), ("b", "c"))
                digest.update(np.frombuffer(len(row).to_bytes(8, "little"), np.uint8))
            for text in (row,) if isinstance(row, str) else row:
                encoded = text.encode("utf-8", "surrogatepass")
                digest.update(np.frombuffer(len(encoded).to_bytes(8, "little") + encoded, np.uint8))
        return digest
    step = max(1, _BLOCK_BYTES // max(1, math.prod(rows.shape[1:]) * rows.dtype.itemsize))
    for start in range(0, len(rows), step):
        digest.update(rows[start:start + step])
    return digest


def content_hash(arrays: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the names, types, shapes and all bytes of arrays, in one sequential pass.

    Args:
        arrays: name -> array (n, ...), memory map, or texts.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> content_hash({"real": np.zeros((4, 2))}) == content_hash({"real": np.zeros((4, 2))})
        True
    """
    return combined_hash({name: rows_hash(array).hexdigest for name, array in arrays.items()})


def combined_hash(hashes: Mapping[str, str]) -> str:
    """The hash of a set whose arrays were hashed one by one: name -> the hexadecimal hash of each."""
    return hashlib.sha256("\n".join(f"{name}\0{hashes[name]}" for name in sorted(hashes)).encode()).hexdigest()


def files_hash(paths: Iterable[str | os.PathLike]) -> str:
    """SHA-256 (hex) of the bytes of files in this order, whatever they are called.

    Example:
        >>> files_hash(["a.png"]) == files_hash(["copy-of-a.png"])
        True
    """
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
