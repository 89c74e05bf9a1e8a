"""What every kind of field says: how it is checked, moved, brought to the device and shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np


@dataclasses.dataclass(frozen=True)
class Origin:
    """Where values come from, for messages.

    Args:
        name: the data set.
        row: position among the values -> the file or row that it was read from.
    """

    name: str
    row: Callable[[int], str]

    @classmethod
    def of_rows(cls, name: str) -> Origin:
        """Values whose positions are the rows of the data set."""
        return cls(name, lambda row: f"row {row} of {name}")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of field; subclasses say what it means.

    Attributes:
        is_map: whether it has rows and columns of pixels, which move with those of the other maps of an example.
        stays_on_host: whether it is left out of batches.
    """

    is_map: ClassVar[bool] = False
    stays_on_host: ClassVar[bool] = False

    @property
    def dtype(self) -> np.dtype:
        """How a value is stored."""
        raise NotImplementedError

    def shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """Of one stored value; `size` is the (height, width) of the maps."""
        raise NotImplementedError

    def checked(self, values, field: str, origin: Origin):
        """The values (n, ...) as they are stored.

        Raises:
            DataError: another type or shape, or values that this kind cannot have; the message names field and row.
        """
        raise NotImplementedError

    def resized(self, value: np.ndarray, size: int | tuple[int, int], *, fit: str = "center_crop") -> np.ndarray:
        """One map, (h, w, ...), at another size; `fit` as in `resize_image`."""
        raise TypeError(f"{type(self).__name__} has no pixels to resize")

    def prepared(self, field: str, values: Any, value_range: tuple[float, float]) -> dict[str, Any]:
        """The tensors that the networks read, by name; run on the device, in the traced step.

        Args:
            field: the name in the batch.
            values: tensor (batch, ...) of stored values.
            value_range: (low, high) of the generator's pictures.
        """
        return {field: values}

    def pictures(self, values) -> np.ndarray | None:
        """How stored values (n, ...) look in a sheet: uint8 (n, h, w, 1, 3 or 4); None if they are no pictures."""
        return None

    def texts(self, values) -> list[str] | None:
        """What is printed under the pictures of an example, or None."""
        return None
