"""The mean of features over each object of a picture."""

from __future__ import annotations

import keras
from keras import layers, ops

IDS = 2**16  # instance maps have 16 bits


@keras.saving.register_keras_serializable(package="gan_vision")
class InstanceMean(layers.Layer):
    """Every pixel gets the mean over the pixels of its instance, per channel and picture (Wang et al. 2018,
    arXiv:1711.11585, section 3.4).

    An instance is told by its id within one picture: the same id in two pictures is two instances.

    Called with:
        inputs: float (batch, height, width, channels).
        instances: int (batch, height, width), ids in 0..65535.

    Returns:
        As `inputs`.

    Example:
        >>> features = InstanceMean()(features, instances)
    """

    def call(self, inputs, instances):  # noqa: D102
        shape, channels = ops.shape(inputs), inputs.shape[-1]
        pictures = ops.reshape(ops.arange(shape[0]), (-1, 1, 1))
        # A row for every id of every picture, whether it occurs or not: 0.8 MB a picture with three channels.
        ids = ops.reshape(pictures * IDS + ops.cast(instances, "int32"), (-1,))
        values = ops.cast(ops.reshape(inputs, (-1, channels)), "float32")
        total = ops.segment_sum(values, ids, shape[0] * IDS)
        count = ops.segment_sum(ops.ones_like(values[:, :1]), ids, shape[0] * IDS)
        means = ops.take(total, ids, axis=0) / ops.take(count, ids, axis=0)
        return ops.cast(ops.reshape(means, shape), inputs.dtype)

    def compute_output_shape(self, inputs_shape, instances_shape):  # noqa: D102
        return inputs_shape
