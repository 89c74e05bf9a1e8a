"""Linear filters along one axis of an image, as a product with the filter's matrix.

One product costs less than a dozen shifted copies and their gradients, and the matrix holds the mirrored edges too.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf


def filter_matrix(function: Callable[[tf.Tensor], tf.Tensor], size) -> tf.Tensor:
    """The matrix (..., m, size) of a linear map of columns (size, k) -> (..., m, k)."""
    return function(tf.eye(size))


def apply_along(matrix: tf.Tensor, images: tf.Tensor, axis: int) -> tf.Tensor:
    """`matrix` (m, n), or one per image (batch, m, n), times axis 1 or 2 of `images`, of size n.

    Returns:
        float32 (batch, m, width, channels) or (batch, height, m, channels).
    """
    if axis == 2:
        return tf.transpose(apply_along(matrix, tf.transpose(images, (0, 2, 1, 3)), 1), (0, 2, 1, 3))
    shape = tf.shape(images)
    columns = tf.reshape(images, (shape[0], shape[1], shape[2] * shape[3]))
    if matrix.shape.rank == 2:
        matrix = tf.broadcast_to(matrix, tf.concat([shape[:1], tf.shape(matrix)], axis=0))
    return tf.reshape(tf.matmul(matrix, columns), (shape[0], tf.shape(matrix)[1], shape[2], shape[3]))
