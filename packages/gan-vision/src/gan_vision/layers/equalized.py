"""Layers with an equalised learning rate (Karras et al. 2018, arXiv:1710.10196, section 4.1).

Kernels are drawn from N(0, 1) and multiplied by gain / sqrt(fan in) when they are used, so that Adam, whose steps do
not depend on the scale of a gradient, moves all of them at the same relative pace. Biases are not scaled.
"""

from __future__ import annotations

import math

import keras
from keras import layers

HE_GAIN = math.sqrt(2)


class _Equalized(layers.Layer):
    """Mixin before a Keras layer with a `kernel` whose last axis are the outputs."""

    def __init__(self, *args, gain: float = HE_GAIN, **keywords):
        super().__init__(*args, **{"kernel_initializer": keras.initializers.RandomNormal(stddev=1.0), **keywords})
        self.gain = gain

    @property
    def kernel(self):
        """The kernel as it is used: gain / sqrt(fan in) times what is learnt."""
        fan_in = math.prod(self._kernel.shape[:-1])
        return self._kernel * (self.gain / math.sqrt(fan_in))

    def save_own_variables(self, store):
        """Save what is learnt, not the scaled kernel."""
        layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        """Load what is learnt."""
        layers.Layer.load_own_variables(self, store)

    def get_config(self):
        """All arguments of the layer."""
        return {**super().get_config(), "gain": self.gain}


@keras.saving.register_keras_serializable(package="gan_vision")
class EqualizedDense(_Equalized, layers.Dense):
    """A dense layer with an equalised learning rate.

    Karras et al. 2018, arXiv:1710.10196.

    Args:
        gain: float > 0; sqrt(2) keeps the variance before a ReLU, 1 that of a linear output.
        *args: those of `keras.layers.Dense`.
        **keywords: those of `keras.layers.Dense`.

    Example:
        >>> EqualizedDense(8)(tf.ones((2, 4))).shape
        TensorShape([2, 8])
    """


@keras.saving.register_keras_serializable(package="gan_vision")
class EqualizedConv2D(_Equalized, layers.Conv2D):
    """A 2-D convolution with an equalised learning rate.

    Karras et al. 2018, arXiv:1710.10196.

    Args:
        gain: float > 0; sqrt(2) keeps the variance before a ReLU, 1 that of a linear output.
        *args: those of `keras.layers.Conv2D`.
        **keywords: those of `keras.layers.Conv2D`.

    Example:
        >>> EqualizedConv2D(8, 3, padding="same")(tf.ones((2, 4, 4, 3))).shape
        TensorShape([2, 4, 4, 8])
    """
