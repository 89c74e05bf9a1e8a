"""Labels as vectors: one-hot, or a learnt embedding."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_core.errors import ConfigError


@keras.saving.register_keras_serializable(package="gan_core")
class LabelEncoding(layers.Layer):
    """Class ids, or attributes, as float (batch, dimension).

    One-hot codes of ids (attributes are such a code already), or the sum of the rows of a learnt table that they
    select: for an id, its embedding.

    Args:
        classes: int, ids are 0..classes-1; or the number of attributes.
        dimension: int for a learnt table (classes, dimension), None for one-hot.
        stddev: float > 0, of the table's first values, drawn from N(0, stddev²).

    Called with:
        int (batch,) ids or float (batch, classes) attributes.

    Raises:
        ConfigError: an id that is no class, where its value is known; otherwise the step fails with its message
            (`one_hot` alone would give zeros).

    Example:
        >>> LabelEncoding(3)(np.array([2, 0]))
        <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
        array([[0., 0., 1.],
               [1., 0., 0.]], dtype=float32)>
    """

    def __init__(self, classes: int, dimension: int | None = None, *, stddev: float = 1.0, **options):
        super().__init__(**options)
        self.classes, self.dimension, self.stddev = classes, dimension, stddev

    def build(self, input_shape):
        """Make the table of the embedding, if there is one."""
        if len(input_shape) == 2 and input_shape[-1] != self.classes:
            raise ConfigError(f"attributes must be as many as `classes`. Received: {input_shape[-1]} attributes, "
                              f"classes={self.classes}.")
        if self.dimension is not None:
            self.table = self.add_weight(name="table", shape=(self.classes, self.dimension),
                                         initializer=keras.initializers.RandomNormal(stddev=self.stddev))

    def call(self, labels):  # noqa: D102
        code = labels if len(labels.shape) == 2 else self._one_hot(labels)
        code = keras.ops.cast(code, self.compute_dtype)
        return code if self.dimension is None else code @ keras.ops.cast(self.table, self.compute_dtype)

    def _one_hot(self, labels):
        labels = tf.cast(labels, tf.int32)
        message = f"class ids must lie in 0..{self.classes - 1}"
        if tf.executing_eagerly():
            values = np.asarray(labels)
            if values.size and not 0 <= values.min() <= values.max() < self.classes:
                raise ConfigError(f"{message}. Received: values from {values.min()} to {values.max()}.")
        else:
            tf.debugging.Assert(tf.reduce_all((labels >= 0) & (labels < self.classes)), [message, labels])
        return tf.one_hot(labels, self.classes)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return (input_shape[0], self.classes if self.dimension is None else self.dimension)

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "classes": self.classes, "dimension": self.dimension, "stddev": self.stddev}
