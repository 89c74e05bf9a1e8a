"""Captions as the numbers of their words, which an encoder makes vectors of on the device."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind


@dataclasses.dataclass(frozen=True)
class CaptionCodes(Kind):
    """The captions of an example, int32 (captions, words, runs) of `WordCodes`; zeros where it has fewer.

    The networks read the mean of the vectors of the captions that are there.

    Args:
        encoder: what makes vectors (batch, k) of codes (batch, words, runs).
        captions: int, how many rows there are.
    """

    encoder: Any
    captions: int

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.int32)

    def shape(self, size):  # noqa: D102
        return (self.captions, self.encoder.words, self.encoder.runs)

    def checked(self, values, field, origin):  # noqa: D102
        if values.dtype != np.int32 or values.shape[1:] != self.shape((0, 0)):
            raise DataError(f"`{field}` of {origin.name} must be codes of captions, int32 (n, {self.captions}, "
                            f"{self.encoder.words}, {self.encoder.runs}). Received: {values.dtype} {values.shape}.")
        return values

    def prepared(self, field, values, value_range):  # noqa: D102
        import tensorflow as tf

        codes = tf.convert_to_tensor(values)
        shape = tf.shape(codes)  # (batch, captions, words, runs); some of the captions may have been chosen
        vectors = self.encoder(tf.reshape(codes, [-1, *codes.shape[2:]]))
        vectors = tf.stop_gradient(tf.reshape(vectors, [shape[0], shape[1], self.encoder.size]))
        present = tf.cast(tf.reduce_any(codes > 0, axis=[2, 3]), tf.float32)[..., None]
        return {field: tf.reduce_sum(vectors * present, 1) / tf.maximum(tf.reduce_sum(present, 1), 1.0)}
