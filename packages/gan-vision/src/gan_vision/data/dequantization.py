"""Noise that spreads the 256 levels of pixels over their range."""

from __future__ import annotations

import tensorflow as tf

from gan_core.random import Stream


def dequantize(photos: tf.Tensor, value_range: tuple[float, float], stream: Stream) -> tf.Tensor:
    """The levels x = 0..255 of photos become low + (x + u) (high - low) / 256 with u ~ U[0, 1) per pixel.

    As in the code of Gulrajani et al. 2017, arXiv:1704.00028.

    Args:
        photos: uint8 (batch, height, width, channels).
        value_range: (low, high).
        stream: of the step; the noise is a function of the seed and the step alone.

    Returns:
        float32, the same shape.
    """
    low, high = map(float, value_range)
    level = tf.cast(photos, tf.float32)
    return (level + stream.uniform(tf.shape(level), "level")) * ((high - low) / 256) + low
