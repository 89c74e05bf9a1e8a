"""Affine warp of images with an exact gradient.

Keras' geometric layers rest on an operation whose registered gradient is not the adjoint of its forward pass
(cosine 0.76 to 1 to the true gradient, measured), and the generator learns through this gradient. Here the warp
is a gather and a weighted sum, so that automatic differentiation is exact to any order, and XLA can compile it.
"""

from __future__ import annotations

import tensorflow as tf

from gan_core.augment.antialias import MARGIN, PHASE, downsample, upsample
from gan_core.augment.folding import fold_coordinate, fold_index
from gan_core.errors import choose


def warp(images: tf.Tensor, inverse: tf.Tensor, *, mode: str = "reflect101", resample: str = "bilinear") -> tf.Tensor:
    """Images moved by affine maps: out(u) = in(inverse · u), u = (x, y, 1) in pixels from the image centre.

    Args:
        images: float32 (batch, height, width, channels).
        inverse: float32 (batch, 3, 3), from output to input coordinates; the last row is (0, 0, 1).
        mode: what lies outside: "reflect101" (mirror without repeating the edge pixel) or "symmetric" (with).
        resample: "bilinear"; "antialiased": bilinear between a two-fold up- and down-sampling by the sym6 low-pass
            (Karras et al. 2020, 2006.06676, appendix B), a few times the work, folded as "reflect101"; or "nearest",
            which makes no value that was not there: for maps of classes.

    Returns:
        float32, the shape of `images`.

    Raises:
        ConfigError: unknown `mode` or `resample`.

    Example:
        >>> images = tf.reshape(tf.range(4.0), (1, 2, 2, 1))
        >>> tf.squeeze(warp(images, tf.constant([[[-1.0, 0, 0], [0, 1, 0], [0, 0, 1]]]))).numpy().tolist()
        [[1.0, 0.0], [3.0, 2.0]]
    """
    execute = choose("`resample`", resample, {"bilinear": _warp_bilinear, "antialiased": _warp_antialiased,
                                               "nearest": _warp_nearest})
    result = execute(images, inverse, mode)
    return tf.ensure_shape(result, images.shape)


def _warp_bilinear(images, inverse, mode):
    return sample_bilinear(images, *_source_coordinates(images, inverse), mode)


def _warp_nearest(images, inverse, mode):
    y, x = (tf.cast(tf.floor(coordinate + 0.5), tf.int32) for coordinate in _source_coordinates(images, inverse))
    height, width = tf.shape(images)[1], tf.shape(images)[2]
    position = fold_index(y, height, mode) * width + fold_index(x, width, mode)
    pixels = tf.reshape(images, (tf.shape(images)[0], height * width, images.shape[-1]))
    return tf.gather(pixels, position, batch_dims=1)


def _source_coordinates(images, inverse):
    """Where each pixel of the result comes from: y and x (batch, height, width), in pixels from the first."""
    height, width = tf.shape(images)[1], tf.shape(images)[2]
    center_y, center_x = _center(height), _center(width)
    y, x = _transform(inverse, tf.range(height, dtype=tf.float32) - center_y,
                      tf.range(width, dtype=tf.float32) - center_x)
    return y + center_y, x + center_x


def _warp_antialiased(images, inverse, mode):
    height, width = tf.shape(images)[1], tf.shape(images)[2]
    center_y, center_x = _center(height), _center(width)
    fine = upsample(upsample(images, axis=1), axis=2)
    # Pixel n of the image lies at 2n + PHASE on the fine grid.
    y, x = _transform(inverse, (tf.range(2 * height + 10, dtype=tf.float32) - PHASE) / 2.0 - center_y,
                      (tf.range(2 * width + 10, dtype=tf.float32) - PHASE) / 2.0 - center_x)
    # Fold before sampling: the fine grid reaches three pixels beyond the image and no further.
    y = 2.0 * fold_coordinate(y + center_y, height, 3) + PHASE + MARGIN
    x = 2.0 * fold_coordinate(x + center_x, width, 3) + PHASE + MARGIN
    return downsample(downsample(sample_bilinear(fine, y, x, mode), axis=1), axis=2)


def sample_bilinear(images: tf.Tensor, y: tf.Tensor, x: tf.Tensor, mode: str = "reflect101") -> tf.Tensor:
    """Bilinear values of `images` (batch, h, w, channels) at pixel coordinates `y`, `x` (batch, rows, columns)."""
    shape = tf.shape(images)
    batch, height, width, channels = shape[0], shape[1], shape[2], shape[3]
    top, left = tf.floor(y), tf.floor(x)
    weight_y, weight_x = (y - top)[..., tf.newaxis], (x - left)[..., tf.newaxis]
    top, left = tf.cast(top, tf.int32), tf.cast(left, tf.int32)
    rows = [fold_index(top + step, height, mode) * width for step in (0, 1)]
    columns = [fold_index(left + step, width, mode) for step in (0, 1)]
    corners = tf.stack([row + column for row in rows for column in columns], axis=1)
    pixels = tf.reshape(images, (batch, height * width, channels))
    values = tf.gather(pixels, tf.reshape(corners, (batch, -1)), batch_dims=1)
    values = tf.reshape(values, tf.concat([tf.shape(corners), [channels]], axis=0))
    top_left, top_right, bottom_left, bottom_right = tf.unstack(values, num=4, axis=1)
    upper = top_left + (top_right - top_left) * weight_x
    lower = bottom_left + (bottom_right - bottom_left) * weight_x
    return upper + (lower - upper) * weight_y


def _center(size):
    return (tf.cast(size, tf.float32) - 1.0) / 2.0


def _transform(matrix, y, x):
    """Coordinates (batch, rows, columns) of the grid y × x under `matrix`."""
    y, x = y[tf.newaxis, :, tf.newaxis], x[tf.newaxis, tf.newaxis, :]
    entry = [[matrix[:, row, column, tf.newaxis, tf.newaxis] for column in range(3)] for row in range(2)]
    # Products one by one, not a matmul: that may run with 10-bit mantissas and would move pixels.
    new_x, new_y = (row[0] * x + row[1] * y + row[2] for row in entry)
    return new_y, new_x
