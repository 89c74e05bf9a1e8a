"""A clear error where a window does not fit the strides of a network."""

from __future__ import annotations

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("gan_audio")
class CheckLength(keras.layers.Layer):
    """Passes (batch, time, channels) on if time is a multiple of `multiple`.

    Args:
        multiple: int, the product of all strides.

    Raises:
        ValueError: it is not (`InvalidArgumentError` inside a graph of unknown length).
    """

    def __init__(self, multiple: int, **options):
        super().__init__(**options)
        self.multiple = multiple

    def call(self, inputs):  # noqa: D102
        rule = (f"the generator needs a number of samples that is a multiple of {self.multiple}, the product of its "
                "strides. Pad the window, or use `gan_audio.enhancement.enhancer.Enhancer`, which does")
        time = inputs.shape[1]
        if time is None:
            check = tf.debugging.assert_equal(tf.shape(inputs)[1] % self.multiple, 0, message=rule)
            with tf.control_dependencies([] if check is None else [check]):
                return tf.identity(inputs)
        if time % self.multiple:
            raise ValueError(f"{rule}. Received: {time} samples.")
        return inputs

    def compute_output_shape(self, input_shape):  # noqa: D102
        return input_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "multiple": self.multiple}
