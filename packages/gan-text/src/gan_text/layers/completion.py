"""Sequences of which a part is given: what a generator must write, what it gets, what nobody shall see."""

from __future__ import annotations

import keras
from keras import layers, ops

WRITE, HIDDEN = -1, -2


@keras.saving.register_keras_serializable(package="gan_text")
class Completion(layers.Layer):
    """Given tokens as one-hot rows, the generator's distributions where it is to write, zeros where nothing is shown.

    Called with (given, distributions): int (batch, length) of ids, `WRITE` (-1) or `HIDDEN` (-2), and float
    (batch, length, vocabulary); returns float32 of the latter shape.
    """

    def call(self, given, distributions):  # noqa: D102
        written = ops.cast(ops.equal(given, WRITE), "float32")[..., None]
        return one_hot(given, distributions.shape[-1]) + written * ops.cast(distributions, "float32")

    def compute_output_shape(self, given_shape, distributions_shape):  # noqa: D102
        return distributions_shape


@keras.saving.register_keras_serializable(package="gan_text")
class PreviousGiven(layers.Layer):
    """What is given one position earlier, as one-hot rows (zeros where nothing is): int (batch, length) -> float.

    Args:
        vocabulary_size: int.
    """

    def __init__(self, vocabulary_size: int, **options):
        super().__init__(**options)
        self.vocabulary_size = vocabulary_size

    def call(self, given):  # noqa: D102
        return ops.pad(one_hot(given, self.vocabulary_size)[:, :-1], ((0, 0), (1, 0), (0, 0)))

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size}


def one_hot(given, vocabulary_size: int):
    """float32 (batch, length, vocabulary); positions without an id become zeros."""
    return ops.one_hot(ops.maximum(given, 0), vocabulary_size, dtype="float32") * ops.cast(
        ops.greater_equal(given, 0), "float32")[..., None]
