"""Batch normalisation whose scale and shift belong to the class of each image."""

from __future__ import annotations

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="gan_vision")
class ConditionalBatchNormalization(layers.Layer):
    """gamma[y] · (x - mean) / sqrt(variance + epsilon) + beta[y] (de Vries et al. 2017, arXiv:1707.00683).

    Mean and variance are those of the whole batch in training, of all classes together, and the moving ones otherwise;
    gamma starts at 1 and beta at 0 for every class.

    Args:
        classes: int.
        momentum: float in [0, 1), of the moving statistics.
        epsilon: float > 0.

    Called with:
        inputs: float (batch, ..., channels).
        code: float (batch, classes), one-hot codes of the classes.

    Example:
        >>> x = ConditionalBatchNormalization(10)(x, LabelEncoding(10)(label))
    """

    def __init__(self, classes: int, *, momentum: float = 0.99, epsilon: float = 1e-3, **options):
        super().__init__(**options)
        self.classes, self.momentum, self.epsilon = classes, momentum, epsilon
        self.normalize = layers.BatchNormalization(momentum=momentum, epsilon=epsilon, center=False, scale=False,
                                                   dtype=self.dtype_policy, name="normalize")

    def build(self, inputs_shape, code_shape):
        """Make the two tables, (classes, channels) each."""
        self.normalize.build(inputs_shape)
        shape = (self.classes, inputs_shape[-1])
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")

    def call(self, inputs, code, training=None):  # noqa: D102
        normal = self.normalize(inputs, training=training)
        code = ops.cast(code, normal.dtype)
        gamma, beta = (self._per_image(code, table, len(inputs.shape)) for table in (self.gamma, self.beta))
        return gamma * normal + beta

    def _per_image(self, code, table, rank):
        """(batch, 1, ..., 1, channels): the row of each image's class."""
        rows = code @ ops.cast(table, code.dtype)
        return ops.expand_dims(rows, list(range(1, rank - 1))) if rank > 2 else rows

    def compute_output_shape(self, inputs_shape, code_shape):  # noqa: D102
        return inputs_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "classes": self.classes, "momentum": self.momentum, "epsilon": self.epsilon}
