"""Indices beyond the edge of an image, mirrored back into it any number of times."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import choose


def _reflect101(index, size):
    period = tf.maximum(2 * (size - 1), 1)  # an image of one pixel has the period 1
    index = tf.math.floormod(index, period)
    return tf.minimum(index, period - index)


def _symmetric(index, size):
    period = 2 * size
    index = tf.math.floormod(index, period)
    return tf.minimum(index, period - 1 - index)


def fold_index(index: tf.Tensor, size, mode: str) -> tf.Tensor:
    """Integer positions folded into 0, ..., size - 1.

    Args:
        index: int32, any shape.
        size: int or scalar int32, at least 1.
        mode: "reflect101" (... 2 1 0 1 2 ...: the edge is not repeated) or "symmetric" (... 1 0 0 1 ..., which Keras
            layers call "reflect").

    Raises:
        ConfigError: unknown `mode`.
    """
    return choose("`mode`", mode, {"reflect101": _reflect101, "symmetric": _symmetric})(index, size)


def fold_coordinate(coordinate: tf.Tensor, size: tf.Tensor, margin: float = 0.0) -> tf.Tensor:
    """Real positions folded into [0, size - 1] like "reflect101"; those within `margin` of it stay as they are."""
    last = tf.cast(size - 1, tf.float32)
    period = tf.maximum(2.0 * last, 1.0)
    folded = tf.math.floormod(coordinate, period)
    folded = tf.minimum(tf.minimum(folded, period - folded), last)
    return tf.where((coordinate >= -margin) & (coordinate <= last + margin), coordinate, folded)


def pad_reflect(images: tf.Tensor, width: int, axis: int) -> tf.Tensor:
    """`images` with `width` mirrored entries at both ends of `axis`; unlike tf.pad, of any width."""
    size = tf.shape(images)[axis]
    return tf.gather(images, fold_index(tf.range(-width, size + width), size, "reflect101"), axis=axis)
