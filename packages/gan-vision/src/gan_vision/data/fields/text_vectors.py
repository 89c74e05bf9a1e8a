"""Vectors of captions: numbers that an encoder of text made of each caption of a picture."""

from __future__ import annotations

import dataclasses

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class TextVectors(Kind):
    """The vectors of the captions of a picture, stored as float32 (captions, size): row k is that of caption k.

    A picture with fewer captions has rows of zeros at the end. The device gets the mean over the rows that are not all
    zero, (size,): the text of the picture.

    Args:
        size: int, numbers of one vector.
        captions: int, rows: the most captions that a picture has.
    """

    size: int
    captions: int

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.float32)

    def shape(self, size):  # noqa: D102
        return (self.captions, self.size)

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 3 or values.shape[1:] != (self.captions, self.size) or values.dtype.kind not in "buif":
            raise DataError(f"`{field}` of {origin.name} must be {self.captions} vectors of {self.size} numbers for "
                            f"each example, (n, {self.captions}, {self.size}). "
                            f"Received: {values.dtype} {values.shape}.")
        with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused
            numbers = np.asarray(values, np.float32)
        if not (finite := np.isfinite(numbers)).all():
            row = int(np.argmin(finite.all(axis=(1, 2))))
            caption, position = map(int, np.argwhere(~finite[row])[0])
            raise DataError(f"`{field}` of {origin.row(row)} must be finite. Found: {numbers[row, caption, position]} "
                            f"at position {position} of the vector of caption {caption}. Leave this example out.")
        if not (present := numbers.any(axis=(1, 2))).all():
            raise DataError(f"`{field}` of {origin.row(int(np.argmin(present)))} must have a vector that is not all "
                            "zero. Found: zeros alone. Encode its captions again, or leave this example out.")
        return numbers

    def prepared(self, field, values, value_range):
        """The mean of the vectors of each example, over the rows that are not all zero.

        Args:
            field: the name in the batch.
            values: tensor (batch, k, size): all rows of the examples, or some of them.
            value_range: not used.

        Returns:
            {field: float32 (batch, size)}; zeros where all rows given are zero.
        """
        import tensorflow as tf

        vectors = tf.cast(values, tf.float32)
        present = tf.cast(tf.reduce_any(vectors != 0, axis=-1, keepdims=True), tf.float32)
        return {field: tf.reduce_sum(vectors, axis=-2) / tf.maximum(tf.reduce_sum(present, axis=-2), 1.0)}
