"""The residual block of the language critic and generator of Gulrajani et al. (2017)."""

from __future__ import annotations

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="gan_text")
class ResidualBlock1D(layers.Layer):
    """x + scale * conv(relu(conv(relu(x)))): the block's own input is the identity path; no normalisation.

    Args:
        filters: int, channels of input and output.
        kernel_size: int, tokens that one convolution sees.
        scale: float, factor of the residual branch (0.3 in the paper's code).
        kernel_initializer: for both convolutions; biases start at 0.

    Example:
        >>> ResidualBlock1D(64, 5)(keras.ops.zeros((2, 7, 64))).shape
        TensorShape([2, 7, 64])
    """

    def __init__(self, filters: int, kernel_size: int = 5, *, scale: float = 0.3, kernel_initializer="glorot_uniform",
                 **options):
        super().__init__(**options)
        self.filters, self.kernel_size, self.scale = filters, kernel_size, scale
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        # Two convolutions must not share one initializer object: a seeded one would give both the same weights.
        self.first, self.second = (
            layers.Conv1D(filters, kernel_size, padding="same", dtype=self.dtype_policy, name=name,
                          kernel_initializer=_copy(self.kernel_initializer)) for name in ("first", "second"))

    def build(self, input_shape):
        """Make the weights of both convolutions; the input must have `filters` channels."""
        self.first.build(input_shape)
        self.second.build((*input_shape[:-1], self.filters))

    def call(self, inputs):  # noqa: D102
        branch = self.second(keras.ops.relu(self.first(keras.ops.relu(inputs))))
        return inputs + self.scale * branch

    def compute_output_shape(self, input_shape):  # noqa: D102
        return input_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "filters": self.filters, "kernel_size": self.kernel_size, "scale": self.scale,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}


def _copy(initializer):
    return initializer.clone() if hasattr(initializer, "clone") else initializer
