"""Spectral normalisation (Miyato et al. 2018, arXiv:1802.05957) as layers that keep their raw kernel.

`keras.layers.SpectralNormalization` overwrites the wrapped kernel by W/σ at every training call, several times per
step of a GAN, and sends no gradient through σ. Here W stays a variable of its own, the forward pass uses W/σ(W), and
the gradient is that of W/σ(W): it is orthogonal to W, so training cannot inflate the kernel's norm.
"""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import ops

from gan_core.errors import ConfigError


class _SpectrallyNormalized(keras.layers.Layer):
    """Mixin before a Keras layer with `kernel` (last axis: outputs), `bias` and `activation`."""

    def __init__(self, *args, power_iterations: int = 1, **keywords):
        super().__init__(*args, **keywords)
        if not isinstance(power_iterations, int) or power_iterations < 1:
            raise ConfigError(f"`power_iterations` must be an int of at least 1. Received: "
                              f"power_iterations={power_iterations!r}. The usual value is 1.")
        self.power_iterations = power_iterations

    def add_weight(self, *args, **keywords):
        """As in Keras, but read in full precision: σ from a bfloat16 kernel would be off by a percent."""
        return super().add_weight(*args, **{**keywords, "autocast": False})

    def build(self, input_shape):
        """Make the kernel, the bias and u, the running estimate of the first singular vector on the output side."""
        super().build(input_shape)
        self.u = self.add_weight(name="u", shape=(1, self._kernel.shape[-1]), initializer="random_normal",
                                 trainable=False)

    def normalized_kernel(self, training: bool = False) -> tf.Tensor:
        """W/σ(W), in float32; one power iteration (and an update of u) if `training`."""
        kernel = ops.convert_to_tensor(self._kernel)
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        fixed = ops.stop_gradient(matrix)
        u = _unit(ops.convert_to_tensor(self.u))
        for _ in range(self.power_iterations if training else 0):
            u = _unit(ops.matmul(_unit(ops.matmul(u, ops.transpose(fixed))), fixed))
        v = _unit(ops.matmul(u, ops.transpose(fixed)))
        if training:
            self.u.assign(u)
        # u and v count as constants (arXiv:1802.05957, eq. 11-12); σ is differentiated in W alone.
        sigma = ops.sum(ops.matmul(ops.stop_gradient(v), matrix) * ops.stop_gradient(u))
        return kernel / ops.maximum(sigma, 1e-12)

    def _finish(self, outputs, bias_shape):
        if self.bias is not None:
            outputs = outputs + ops.cast(ops.reshape(self.bias, bias_shape), outputs.dtype)
        return outputs if self.activation is None else self.activation(outputs)

    # Dense and convolutions write their kernel and bias alone, and would lose u.
    def save_own_variables(self, store):
        """Save the kernel, the bias and u."""
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        """Load the kernel, the bias and u."""
        keras.layers.Layer.load_own_variables(self, store)

    def get_config(self):
        """All arguments of the layer."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


def _unit(vector):
    return vector / ops.sqrt(ops.sum(vector**2) + 1e-24)


class _SpectrallyNormalizedConvolution(_SpectrallyNormalized):
    def call(self, inputs, training=False):
        """Convolve with W/σ(W)."""
        padding = self.padding
        if padding == "causal":  # of Conv1D alone, which pads by itself
            inputs, padding = ops.pad(inputs, self._compute_causal_padding()), "valid"
        outputs = ops.conv(inputs, ops.cast(self.normalized_kernel(training), inputs.dtype), list(self.strides),
                           padding, self.data_format, self.dilation_rate)
        last = self.data_format == "channels_last"
        return self._finish(outputs, (1,) * (self.rank + 1) + (-1,) if last else (1, -1) + (1,) * self.rank)


@keras.saving.register_keras_serializable(package="gan_core")
class SNConv1D(_SpectrallyNormalizedConvolution, keras.layers.Conv1D):
    """A 1-D convolution by W/σ(W), σ being the largest singular value of the kernel as a matrix (·, filters).

    Miyato et al. 2018, arXiv:1802.05957. See `SNConv2D`.

    Args:
        power_iterations: int >= 1, power iterations per training call.
        *args: those of `keras.layers.Conv1D`.
        **keywords: those of `keras.layers.Conv1D`.

    Raises:
        ConfigError: `power_iterations` below 1.

    Example:
        >>> SNConv1D(16, 31, strides=2, padding="same")(tf.ones((2, 64, 1))).shape
        TensorShape([2, 32, 16])
    """


@keras.saving.register_keras_serializable(package="gan_core")
class SNConv2D(_SpectrallyNormalizedConvolution, keras.layers.Conv2D):
    """A 2-D convolution by W/σ(W), σ being the largest singular value of the kernel as a matrix (·, filters).

    Miyato et al. 2018, arXiv:1802.05957. The trainable kernel is the raw W; u is a non-trainable weight (the
    first singular vector on the output side), updated at calls with `training=True` only.

    Args:
        power_iterations: int >= 1, power iterations per training call.
        *args: those of `keras.layers.Conv2D`.
        **keywords: those of `keras.layers.Conv2D`.

    Raises:
        ConfigError: `power_iterations` below 1.

    Example:
        >>> SNConv2D(64, 4, strides=2, padding="same")(tf.ones((2, 32, 32, 3))).shape
        TensorShape([2, 16, 16, 64])
    """


@keras.saving.register_keras_serializable(package="gan_core")
class SNDense(_SpectrallyNormalized, keras.layers.Dense):
    """A dense layer with W/σ(W), σ being the largest singular value of the kernel.

    Miyato et al. 2018, arXiv:1802.05957. See `SNConv2D`.

    Args:
        power_iterations: int >= 1, power iterations per training call.
        *args: those of `keras.layers.Dense`.
        **keywords: those of `keras.layers.Dense`.

    Raises:
        ConfigError: `power_iterations` below 1.

    Example:
        >>> SNDense(1)(tf.ones((2, 8))).shape
        TensorShape([2, 1])
    """

    def call(self, inputs, training=False):
        """Multiply by W/σ(W)."""
        outputs = ops.matmul(inputs, ops.cast(self.normalized_kernel(training), inputs.dtype))
        return self._finish(outputs, (-1,))
