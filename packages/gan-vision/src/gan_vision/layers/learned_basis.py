"""A small picture per channel that is learnt, and weighted: how a generator begins without a dense layer."""

from __future__ import annotations

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="gan_vision")
class LearnedBasis(layers.Layer):
    """y[h, w, c] = basis[h, w, c] · x[c], the basis drawn from N(0, 1) (Huang et al. 2024, arXiv:2501.05441).

    Args:
        size: int of at least 1, height and width of the basis.

    Called with:
        inputs: float (batch, channels), the weights.

    Example:
        >>> LearnedBasis(4)(tf.ones((2, 64))).shape
        TensorShape([2, 4, 4, 64])
    """

    def __init__(self, size: int, **options):
        super().__init__(**options)
        self.size = size

    def build(self, shape):
        """Make the basis."""
        self.basis = self.add_weight(name="basis", shape=(self.size, self.size, shape[-1]),
                                     initializer=keras.initializers.RandomNormal(stddev=1.0))

    def call(self, inputs):  # noqa: D102
        return ops.cast(self.basis, inputs.dtype)[None] * inputs[:, None, None, :]

    def compute_output_shape(self, shape):  # noqa: D102
        return (shape[0], self.size, self.size, shape[-1])

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "size": self.size}
