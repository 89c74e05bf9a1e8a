"""The colour lines of ADA: each draws an affine map of (red, green, blue), all multiply into one (2006.06676, app. B).

A line takes the random stream of its own and the number of images; it returns matrices (count, 4, 4) that act on
(red, green, blue, 1) in [-1, 1]. Opacity, the fourth channel of images that have it, is no colour and stays as it is.
"""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from gan_core.augment.geometry import multiply
from gan_core.errors import ConfigError
from gan_core.random import Stream

_IDENTITY = np.eye(4, dtype="float32")
_COLORS = np.diag([1, 1, 1, 0]).astype("float32")
#: Projection on the grey axis v = (1, 1, 1)/√3: v vᵀ.
_GREY = np.pad(np.full((3, 3), 1 / 3, "float32"), (0, 1))
#: The cross product with v.
_CROSS = np.pad(np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], "float32") / math.sqrt(3), (0, 1))
_CORNER = _IDENTITY - _COLORS


def _brightness(stream, count):
    bias = stream.normal((count, 1, 1), "bias", stddev=0.2)
    return _IDENTITY + bias * np.array([[0, 0, 0, 1]] * 3 + [[0] * 4], "float32")


def _contrast(stream, count):
    return 2.0 ** stream.normal((count, 1, 1), "gain", stddev=0.5) * _COLORS + _CORNER


def _luma_flip(stream, count):
    return _IDENTITY - 2.0 * tf.cast(stream.integers((count, 1, 1), "flip", 2), tf.float32) * _GREY


def _hue(stream, count):
    angle = stream.uniform((count, 1, 1), "angle", -math.pi, math.pi)
    # Rodrigues: rotation about v.
    return tf.cos(angle) * _COLORS + tf.sin(angle) * _CROSS + (1.0 - tf.cos(angle)) * _GREY + _CORNER


def _saturation(stream, count):
    return _GREY + _CORNER + 2.0 ** stream.normal((count, 1, 1), "gain") * (_COLORS - _GREY)


#: The colour lines, in the order in which they are applied.
COLOR = {
    "brightness": _brightness,
    "contrast": _contrast,
    "luma_flip": _luma_flip,
    "hue": _hue,
    "saturation": _saturation,
}
_NEED_RGB = ("hue", "saturation")


def color_matrix(lines: tuple[str, ...], probability: tf.Tensor, stream: Stream, count: tf.Tensor, channels: int):
    """Matrices (count, 4, 4) of the drawn `lines` (names of `COLOR`), each with `probability` per image."""
    matrix = tf.eye(4, batch_shape=[count])
    for line in (name for name in COLOR if name in lines and (channels != 1 or name not in _NEED_RGB)):
        draws = stream.scoped(line)
        applied = draws.chance((count, 1, 1), "apply", probability)
        matrix = multiply(tf.where(applied, COLOR[line](draws, count), _IDENTITY), matrix)
    return matrix


def apply_color(images: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """Images (batch, height, width, 1, 3 or 4) in [-1, 1] with colours mapped by `matrix` (batch, 4, 4).

    One channel is mapped by the mean of the three output rows: gain = its row sum, and its bias. The fourth is opacity,
    which comes out as it went in.
    """
    matrix = matrix[:, :3]
    if images.shape[-1] == 1:
        row = tf.reduce_mean(matrix, axis=1)
        gain, bias = tf.reduce_sum(row[:, :3], axis=1), row[:, 3]
        return images * gain[:, tf.newaxis, tf.newaxis, tf.newaxis] + bias[:, tf.newaxis, tf.newaxis, tf.newaxis]
    columns = [matrix[:, tf.newaxis, tf.newaxis, :, index] for index in range(4)]
    mapped = images[..., 0:1] * columns[0] + images[..., 1:2] * columns[1] + images[..., 2:3] * columns[2] + columns[3]
    return mapped if images.shape[-1] == 3 else tf.concat([mapped, images[..., 3:]], axis=-1)


def check_channels(channels: int | None) -> None:
    """Refuse images for which colour has no meaning.

    Raises:
        ConfigError: neither gray, RGB, nor RGB with opacity.
    """
    if channels not in (1, 3, 4):
        raise ConfigError(
            f"colour lines need images with 1, 3 or 4 (RGB and opacity) `channels`. Received: channels={channels}. "
            "Choose `transforms` without colour, such as 'bg'."
        )
