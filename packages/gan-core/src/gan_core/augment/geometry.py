"""The geometric lines of ADA: each draws the inverse of a map, all multiply into one warp (2006.06676, appendix B).

A line takes the random stream of its own, the number of images, and height and width (float32 scalars); it
returns inverse matrices (count, 3, 3) in pixels from the image centre.
"""

from __future__ import annotations

import math

import tensorflow as tf

from gan_core.random import Stream


def affine(xx, xy, x1, yx, yy, y1) -> tf.Tensor:
    """Matrices (count, 3, 3) with rows (xx, xy, x1), (yx, yy, y1), (0, 0, 1), from (count,) tensors or numbers."""
    entries = (xx, xy, x1, yx, yy, y1, 0, 0, 1)
    shape = tf.shape(next(entry for entry in entries if isinstance(entry, tf.Tensor)))
    entries = [tf.broadcast_to(tf.cast(entry, tf.float32), shape) for entry in entries]
    return tf.reshape(tf.stack(entries, axis=-1), (-1, 3, 3))


def multiply(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Matrix products (count, n, n). Not tf.matmul: that may round to 10 bits, and the identity must stay exact."""
    return tf.reduce_sum(left[:, :, :, tf.newaxis] * right[:, tf.newaxis, :, :], axis=2)


def translation(x, y) -> tf.Tensor:
    """Inverse of a shift by (x, y) pixels, (count,) each."""
    return affine(1, 0, -x, 0, 1, -y)


def scaling(x, y) -> tf.Tensor:
    """Inverse of an enlargement by x and y, (count,) each."""
    return affine(1 / x, 0, 0, 0, 1 / y, 0)


def rotation(cosine, sine) -> tf.Tensor:
    """Inverse of a rotation by the angle with this cosine and sine, (count,) each."""
    return affine(cosine, sine, 0, -sine, cosine, 0)


def turn(angle) -> tf.Tensor:
    """Inverse of a rotation by `angle` radians, (count,)."""
    return rotation(tf.cos(angle), tf.sin(angle))


def _x_flip(stream, count, height, width):
    sign = 1 - 2 * tf.cast(stream.integers((count,), "flip", 2), tf.float32)
    return affine(sign, 0, 0, 0, 1, 0)


def _rotate90(stream, count, height, width):
    quarters = stream.integers((count,), "quarters", 4)
    # From a table: cos(π/2) in float32 is not 0.
    return rotation(tf.gather([1.0, 0.0, -1.0, 0.0], quarters), tf.gather([0.0, 1.0, 0.0, -1.0], quarters))


def _integer_translation(stream, count, height, width):
    return translation(tf.round(stream.uniform((count,), "x", -0.125, 0.125) * width),
                       tf.round(stream.uniform((count,), "y", -0.125, 0.125) * height))


def _isotropic_scale(stream, count, height, width):
    scale = 2.0 ** stream.normal((count,), "scale", stddev=0.2)
    return scaling(scale, scale)


def _rotation(stream, count, height, width):
    return turn(stream.uniform((count,), "angle", -math.pi, math.pi))


def _anisotropic_scale(stream, count, height, width):
    scale = 2.0 ** stream.normal((count,), "scale", stddev=0.2)
    return scaling(scale, 1 / scale)


def _fractional_translation(stream, count, height, width):
    return translation(stream.normal((count,), "x", stddev=0.125) * width,
                       stream.normal((count,), "y", stddev=0.125) * height)


BLIT = {"x_flip": _x_flip, "rotate90": _rotate90, "integer_translation": _integer_translation}
GEOM = {
    "isotropic_scale": _isotropic_scale,
    "pre_rotation": _rotation,
    "anisotropic_scale": _anisotropic_scale,
    "post_rotation": _rotation,
    "fractional_translation": _fractional_translation,
}
#: All geometric lines, in the order in which they are applied.
GEOMETRIC = {**BLIT, **GEOM}


def geometric_matrix(lines: tuple[str, ...], probability: tf.Tensor, stream: Stream, shape: tf.Tensor) -> tf.Tensor:
    """Inverse matrices (batch, 3, 3) of the drawn `lines` (names of `GEOMETRIC`), applied in their order.

    Each line is drawn with `probability` per image, the two rotations with 1 - sqrt(1 - probability) each, so that
    an image is rotated with `probability`.
    """
    count, height, width = shape[0], tf.cast(shape[1], tf.float32), tf.cast(shape[2], tf.float32)
    identity = tf.eye(3, batch_shape=[count])
    inverse = identity
    for line in (name for name in GEOMETRIC if name in lines):
        draws = stream.scoped(line)
        chance = 1.0 - tf.sqrt(1.0 - probability) if line.endswith("_rotation") else probability
        applied = draws.chance((count, 1, 1), "apply", chance)
        step = GEOMETRIC[line](draws, count, height, width)
        # in(A⁻¹ B⁻¹ u) is A first, then B.
        inverse = multiply(inverse, tf.where(applied, step, identity))
    return inverse


def _eighth_turn(stream, count, height, width):
    return turn(stream.uniform((count,), "angle", -math.pi / 4, math.pi / 4))


def _zoom_in(stream, count, height, width):
    return affine(stream.uniform((count,), "x", 0.75, 1.0), 0, 0, 0, stream.uniform((count,), "y", 0.75, 1.0), 0)


#: The lines of the Keras ADA example, in the order in which they are applied.
KERAS_EXAMPLE = {
    "flip": _x_flip,
    "translation": _integer_translation,
    "rotation": _eighth_turn,
    "zoom": _zoom_in,
}


def keras_example_matrix(probability: tf.Tensor, stream: Stream, shape: tf.Tensor) -> tf.Tensor:
    """Inverse matrices (batch, 3, 3) of the augmentation of the Keras ADA example.

    Flip (1/2), shift by up to 1/8 of the size in whole pixels, rotation by up to 1/8 turn, enlargement by sampling the
    middle U(0.75, 1) of height and of width: all four with `probability` per image, or none.
    """
    count, height, width = shape[0], tf.cast(shape[1], tf.float32), tf.cast(shape[2], tf.float32)
    inverse = identity = tf.eye(3, batch_shape=[count])
    for line, draw in KERAS_EXAMPLE.items():
        inverse = multiply(inverse, draw(stream.scoped(line), count, height, width))
    return tf.where(stream.chance((count, 1, 1), "apply", probability), inverse, identity)
