"""Vectors: numbers that describe an example, such as the embedding of its text."""

from __future__ import annotations

import dataclasses

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class Vector(Kind):
    """Numbers (k,), stored as float32; the device gets them as they are, a sheet shows nothing.

    Args:
        size: int, k.
    """

    size: int

    @property
    def described(self) -> str:
        """What one value per example is, for messages."""
        return f"vectors of {self.size} numbers"

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.float32)

    def shape(self, size):  # noqa: D102
        return (self.size,)

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 2 or values.shape[1] != self.size or values.dtype.kind not in "buif":
            raise DataError(f"`{field}` of {origin.name} must be {self.described}, (n, {self.size}). "
                            f"Received: {values.dtype} {values.shape}.")
        numbers = np.asarray(values, np.float32)
        if not (finite := np.isfinite(numbers)).all():
            row = int(np.argmin(finite.all(axis=1)))
            raise DataError(f"`{field}` of {origin.row(row)} must be finite. Found: {numbers[row][~finite[row]][0]} at "
                            f"position {int(np.argmin(finite[row]))}. Leave this example out.")
        return numbers
