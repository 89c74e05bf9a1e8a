"""Label maps: what is at each pixel, as the number of a class."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_vision.data.fields.kind import Kind, Origin
from gan_vision.data.fields.nearest import resize_nearest


@dataclasses.dataclass(frozen=True)
class LabelMap(Kind):
    """The class of each pixel, stored as uint8 or, beyond 256 ids, uint16 (height, width).

    It is resized to the nearest pixel: a mean of two ids is a third class. On the device it becomes one-hot float32
    (batch, height, width, channels). A sheet shows it in a fixed palette.

    Args:
        classes: int, how many; ids are 0..classes-1.
        ignore: ids, inside or outside that range, that mean "unknown": together they have a channel of their own, the
            last. -1 stands for 65535, as which 16 bits store it.
    """

    is_map: ClassVar[bool] = True
    classes: int
    ignore: tuple[int, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "ignore", tuple(2**16 - 1 if number == -1 else number for number in self.ignore))
        if not 1 <= self.classes <= 2**16 or not all(0 <= number < 2**16 for number in self.ignore):
            raise ConfigError("`classes` must be 1..65536, and `ignore` ids of 0..65535, or -1. "
                              f"Received: classes={self.classes!r}, ignore={self.ignore!r}.")

    @property
    def channels(self) -> int:
        """Of the one-hot form: one for each class, and one more for what is unknown."""
        return self.classes + bool(self.ignore)

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.uint8 if max(self.classes - 1, *self.ignore, 0) < 256 else np.uint16)

    def shape(self, size):  # noqa: D102
        return tuple(size)

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 3 or values.dtype not in (np.uint8, np.uint16):
            raise DataError(f"`{field}` of {origin.name} must be a label map, uint8 or uint16 (n, height, width). "
                            f"Received: {values.dtype} {values.shape}.")
        for row, value in enumerate(values):
            if found := self.unknown(value):
                raise DataError(f"`{field}` of {origin.row(row)}: {found}. Raise `classes`, or name it in `ignore`.")
        return values.astype(self.dtype, copy=False)

    def unknown(self, ids: np.ndarray) -> str | None:
        """The first id of a map (height, width) that means nothing, with its place; None if all have a meaning."""
        known = np.zeros(2**16, bool)
        known[:self.classes] = True
        known[list(self.ignore)] = True
        if (right := known[ids]).all():
            return None
        row, column = np.unravel_index(np.argmin(right), ids.shape)
        return (f"found the id {int(ids[row, column])} at the pixel in row {row}, column {column}; "
                f"expected 0..{self.classes - 1}")

    def resized(self, value, size, *, fit="center_crop"):  # noqa: D102
        return resize_nearest(value, size, fit=fit, outside=self.ignore[0] if self.ignore else 0)

    def prepared(self, field, values, value_range):  # noqa: D102
        import tensorflow as tf

        ids = tf.cast(values, tf.int32)
        for number in self.ignore:
            ids = tf.where(ids == number, self.classes, ids)
        return {field: tf.one_hot(ids, self.channels)}

    def pictures(self, values):  # noqa: D102
        return PALETTE[np.asarray(values) & 255]


def _palette() -> np.ndarray:
    """256 colours of which neighbours differ: the bits of an id, three at a time, from the highest bit of each channel.

    The colours of the PASCAL VOC segmentation challenge (Everingham et al. 2010); 0 is black.
    """
    ids, colors = np.arange(256), np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            colors[:, channel] |= ((ids >> (3 * place + channel) & 1) << (7 - place)).astype(np.uint8)
    return colors


PALETTE = _palette()
