"""How much the samples of a batch differ, as one more channel: what tells a discriminator of missing variety."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="gan_vision")
class MinibatchStandardDeviation(layers.Layer):
    """Append a channel with the mean standard deviation of each group of samples.

    Karras et al. 2018, arXiv:1710.10196, section 3; in groups as in the authors' code. In a group of n samples the
    standard deviation sqrt(variance + 1e-8) of every feature at every pixel is taken; the mean of all of them is one
    number for the group.

    Args:
        group_size: int of at least 1, samples in a group. Where it does not divide the batch, the largest number below
            it that does is taken.

    Called with:
        inputs: float (batch, height, width, channels).

    Example:
        >>> MinibatchStandardDeviation()(tf.ones((8, 4, 4, 16))).shape
        TensorShape([8, 4, 4, 17])
    """

    def __init__(self, group_size: int = 4, **options):
        super().__init__(**options)
        self.group_size = group_size

    def call(self, inputs):  # noqa: D102
        full = tf.cast(inputs, tf.float32)
        batch, height, width = (tf.shape(full)[axis] for axis in range(3))
        sizes = tf.range(1, self.group_size + 1)
        size = tf.reduce_max(tf.where(batch % sizes == 0, sizes, 1))
        # Members of a group are as far apart in the batch as there are groups.
        groups = tf.reshape(full, tf.stack([size, batch // size, height, width, full.shape[-1]]))
        variance = tf.reduce_mean((groups - tf.reduce_mean(groups, axis=0)) ** 2, axis=0)
        spread = tf.reduce_mean(tf.sqrt(variance + 1e-8), axis=(1, 2, 3), keepdims=True)
        channel = tf.tile(spread, tf.stack([size, height, width, 1]))
        return tf.concat([inputs, tf.cast(channel, inputs.dtype)], axis=-1)

    def compute_output_shape(self, shape):  # noqa: D102
        return (*shape[:-1], shape[-1] + 1)

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "group_size": self.group_size}
