"""Class ids as vectors: one-hot, or a learnt embedding."""

from __future__ import annotations

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="gan_text")
class LabelEncoding(layers.Layer):
    """Int labels (batch,) -> float (batch, dimension).

    Args:
        classes: int, labels are 0..classes-1.
        dimension: int for a learnt embedding of this size, None for one-hot.
    """

    def __init__(self, classes: int, dimension: int | None = None, **options):
        super().__init__(**options)
        self.classes, self.dimension = classes, dimension

    def build(self, input_shape):
        """Make the table of the embedding, if there is one."""
        if self.dimension is not None:
            self.table = self.add_weight(name="table", shape=(self.classes, self.dimension),
                                         initializer=keras.initializers.RandomNormal(stddev=1.0))

    def call(self, labels):  # noqa: D102
        one_hot = keras.ops.one_hot(keras.ops.cast(labels, "int32"), self.classes, dtype=self.compute_dtype)
        return one_hot if self.dimension is None else one_hot @ keras.ops.cast(self.table, self.compute_dtype)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return (*input_shape, self.classes if self.dimension is None else self.dimension)

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "classes": self.classes, "dimension": self.dimension}
