"""Feature vectors of unit mean square: what ProGAN's generator normalises with."""

from __future__ import annotations

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="gan_vision")
class PixelNormalization(layers.Layer):
    """x / sqrt(mean_c x² + epsilon): every pixel's feature vector gets a root mean square of 1.

    Karras et al. 2018, arXiv:1710.10196, section 4.2. Not unit length: the mean is taken, not the sum.

    Args:
        epsilon: float > 0.

    Called with:
        inputs: float (batch, ..., channels).

    Example:
        >>> PixelNormalization()(tf.constant([[3.0, 4.0]]))
        <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.8485281, 1.1313709]], dtype=float32)>
    """

    def __init__(self, epsilon: float = 1e-8, **options):
        super().__init__(**options)
        self.epsilon = epsilon

    def call(self, inputs):  # noqa: D102
        full = ops.cast(inputs, "float32")  # the square of a large float16 is infinite
        scale = ops.rsqrt(ops.mean(full**2, axis=-1, keepdims=True) + self.epsilon)
        return inputs * ops.cast(scale, inputs.dtype)

    def compute_output_shape(self, shape):  # noqa: D102
        return shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "epsilon": self.epsilon}
