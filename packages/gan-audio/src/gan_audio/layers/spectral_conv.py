"""Convolution over time with spectral normalisation (Miyato et al. 2018)."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable("gan_audio")
class SNConv1D(keras.layers.Conv1D):
    """`Conv1D` whose kernel, as a matrix (kernel·inputs, filters), is divided by its largest singular value σ.

    σ is followed by one step of power iteration per training call; the kernel variable itself stays unnormalised, and
    gradients flow through σ = uᵀ·W·v with u, v held fixed.

    Args:
        filters: int.
        kernel_size: int.
        options: of `keras.layers.Conv1D`.
    """

    def build(self, input_shape):  # noqa: D102
        super().build(input_shape)
        self.direction = self.add_weight(name="direction", shape=(1, self.filters), trainable=False,
                                         initializer=keras.initializers.RandomNormal(0.0, 1.0))

    def call(self, inputs, training=None):  # noqa: D102
        matrix = ops.reshape(self.kernel, (-1, self.filters))
        kernel = ops.stop_gradient(matrix)
        right = ops.convert_to_tensor(self.direction)
        left = _unit(ops.matmul(right, ops.transpose(kernel)))
        right = _unit(ops.matmul(left, kernel))
        if training:
            self.direction.assign(right)
        sigma = ops.sum(ops.matmul(left, matrix) * right)
        result = ops.conv(inputs, ops.cast(self.kernel / sigma, inputs.dtype), strides=list(self.strides),
                          padding=self.padding, data_format="channels_last")
        if self.use_bias:
            result = result + ops.cast(self.bias, result.dtype)
        return result if self.activation is None else self.activation(result)


def _unit(vector):
    return vector / (ops.norm(vector) + 1e-12)
