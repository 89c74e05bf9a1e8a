"""Classes, of which every example has one."""

from __future__ import annotations

import dataclasses

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class ClassLabel(Kind):
    """The number of a class, stored as int32; the device gets the number, a sheet shows the name.

    Args:
        names: of the classes in the order of their numbers; () if they have none.
    """

    names: tuple[str, ...] = ()

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.int32)

    def shape(self, size):  # noqa: D102
        return ()

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
            raise DataError(f"`{field}` of {origin.name} must be classes, whole numbers (n,). "
                            f"Received: {values.dtype} {values.shape}.")
        highest = len(self.names) - 1 if self.names else np.iinfo(np.int32).max
        wrong = (values < 0) | (values > highest)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(f"`{field}` of {origin.row(row)} must be a class of 0..{highest}. "
                            f"Found: {values[row]}.")
        return np.asarray(values, np.int32)

    def texts(self, values):  # noqa: D102
        return [self.names[number] if self.names else str(number) for number in values]
