"""Layers that treat each sample of a batch by itself: see `gan_core.PerSample`."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import row_uniform


@keras.saving.register_keras_serializable("gan_core")
class SampleDropout(keras.layers.Layer):
    """Dropout that is always on, with a mask for each sample from the sample's seed.

    Args:
        rate: float in [0, 1), share of the values that become 0; the others are divided by 1 - rate.
        number: int, tells the dropouts of a network apart.
    """

    def __init__(self, rate: float, *, number: int = 0, **keywords):
        super().__init__(**keywords)
        self.rate, self.number = float(rate), int(number)

    def call(self, values, seeds):
        """`values` (batch, ...) with the mask of `seeds`, int64 (batch, 2)."""
        if not self.rate:
            return values
        drawn = row_uniform(seeds, f"dropout/{self.number}", tf.shape(values)[1:])
        drawn = tf.ensure_shape(drawn, values.shape)
        return tf.where(drawn >= self.rate, values / tf.cast(1 - self.rate, values.dtype), tf.zeros_like(values))

    def compute_output_spec(self, values, seeds):
        """As it came."""
        return keras.KerasTensor(values.shape, values.dtype)

    def get_config(self):
        """Rate and number."""
        return {**super().get_config(), "rate": self.rate, "number": self.number}


@keras.saving.register_keras_serializable("gan_core")
class OwnStatistics(keras.layers.Layer):
    """A batch normalisation that takes mean and variance from each sample, over its pixels, and is not changed by it.

    In batches of one that is what the layer computes in training.

    Args:
        normalization: a built `BatchNormalization` of channels last, whose scale, shift and epsilon count.
    """

    def __init__(self, normalization: keras.layers.BatchNormalization, **keywords):
        super().__init__(**keywords)
        self.normalization = normalization

    def call(self, values):
        """`values` (batch, ..., channels), normalised."""
        layer, wide = self.normalization, tf.cast(values, tf.float32)
        if values.shape.rank < 3:
            raise ConfigError("a sample's own statistics are those of its pixels. Received: values of shape "
                              f"{tuple(values.shape)}. Use statistics='stored'.")
        mean, variance = tf.nn.moments(wide, list(range(1, values.shape.rank - 1)), keepdims=True)
        scaled = (wide - mean) * tf.math.rsqrt(variance + layer.epsilon)
        scaled = scaled * layer.gamma if layer.scale else scaled
        return tf.cast(scaled + layer.beta if layer.center else scaled, values.dtype)

    def compute_output_spec(self, values):
        """As it came."""
        return keras.KerasTensor(values.shape, values.dtype)

    def get_config(self):
        """The normalisation and the layer's own settings."""
        return {**super().get_config(),
                "normalization": keras.saving.serialize_keras_object(self.normalization)}

    @classmethod
    def from_config(cls, config):
        """The layer of a config."""
        config = dict(config)
        return cls(keras.saving.deserialize_keras_object(config.pop("normalization")), **config)

    def build(self, shape):
        """Build what it wraps, if it comes from a config."""
        if not self.normalization.built:
            self.normalization.build(shape)
        self.built = True
