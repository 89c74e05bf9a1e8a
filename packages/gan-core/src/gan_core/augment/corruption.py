"""The corruption lines of ADA: additive noise and cutout (2006.06676, appendix B)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.random import Stream


def add_noise(images: tf.Tensor, stream: Stream) -> tf.Tensor:
    """Images (batch, height, width, channels) in [-1, 1] plus N(0, σ²) per element, σ = |N(0, 0.1²)| per image."""
    shape = tf.shape(images)
    stddev = tf.abs(stream.normal((shape[0], 1, 1, 1), "stddev", stddev=0.1))
    return images + stddev * stream.normal(shape, "noise")


def cut_out(images: tf.Tensor, stream: Stream) -> tf.Tensor:
    """Images (batch, height, width, channels) with a rectangle of half their height and width set to 0.

    Its centre is uniform over the image, so that it may reach beyond the edge.
    """
    shape = tf.shape(images)

    def inside(axis, size):
        position = (tf.range(size, dtype=tf.float32) + 0.5) / tf.cast(size, tf.float32)
        return tf.abs(position - stream.uniform((shape[0], 1), axis)) < 0.25

    hole = inside("y", shape[1])[:, :, tf.newaxis, tf.newaxis] & inside("x", shape[2])[:, tf.newaxis, :, tf.newaxis]
    return tf.where(hole, 0.0, images)


CORRUPTION = {"noise": add_noise, "cutout": cut_out}
