"""Instance ids: which object each pixel belongs to, of which networks read the edges."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_vision.data.fields.kind import Kind, Origin
from gan_vision.data.fields.nearest import resize_nearest

FORMS = ("edges", "ids", "both")


@dataclasses.dataclass(frozen=True)
class InstanceIds(Kind):
    """The object of each pixel, stored as uint16 (height, width): equal ids, one object.

    It is resized to the nearest pixel. A sheet shows the edges.

    Args:
        form: what it becomes on the device. "edges": float32 (batch, height, width, 1), 1 where `instance_edges` finds
            a boundary. "ids": int32 (batch, height, width), for pooling by object. "both": the ids under the field's
            name and the edges under that name with "_edges".
    """

    is_map: ClassVar[bool] = True
    form: str = "edges"

    def __post_init__(self):
        if self.form not in FORMS:
            raise ConfigError(f"`form` must be one of {', '.join(FORMS)}. Received: form={self.form!r}.")

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.uint16)

    def shape(self, size):  # noqa: D102
        return tuple(size)

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 3 or values.dtype != np.uint16:
            raise DataError(f"`{field}` of {origin.name} must be instance ids, uint16 (n, height, width). Received: "
                            f"{values.dtype} {values.shape}. Read 16-bit files as such: 8 bits merge objects.")
        return values

    def resized(self, value, size, *, fit="center_crop"):  # noqa: D102
        return resize_nearest(value, size, fit=fit)

    def prepared(self, field, values, value_range):  # noqa: D102
        import tensorflow as tf

        ids = tf.cast(values, tf.int32)
        if self.form == "ids":
            return {field: ids}
        edges = tf.cast(instance_edges(ids, tf.pad), tf.float32)[..., None]
        return {field: edges} if self.form == "edges" else {field: ids, f"{field}_edges": edges}

    def pictures(self, values):  # noqa: D102
        return np.where(instance_edges(np.asarray(values)), 255, 0).astype(np.uint8)[..., None]


def instance_edges(ids, pad=np.pad):
    """Where an object ends: pixels with a neighbour above, below, left or right that has another id.

    Both sides of a boundary are marked, as in Wang et al. 2018 (pix2pixHD), arXiv:1711.11585.

    Args:
        ids: (batch, height, width), array or tensor.
        pad: np.pad or tf.pad, of the library that `ids` belongs to.

    Returns:
        bool (batch, height, width).

    Example:
        >>> instance_edges(np.array([[[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 3, 3]]])).astype(int)
        array([[[0, 1, 1, 0],
                [1, 1, 1, 1],
                [1, 1, 1, 1]]])
    """
    below, right = ids[:, 1:] != ids[:, :-1], ids[:, :, 1:] != ids[:, :, :-1]
    return (pad(below, [[0, 0], [1, 0], [0, 0]]) | pad(below, [[0, 0], [0, 1], [0, 0]])
            | pad(right, [[0, 0], [0, 0], [1, 0]]) | pad(right, [[0, 0], [0, 0], [0, 1]]))
