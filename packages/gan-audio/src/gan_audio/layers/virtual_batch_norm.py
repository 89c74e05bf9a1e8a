"""Virtual batch normalisation (Salimans et al. 2016, section 3.4): statistics of a fixed reference batch.

A reference batch, chosen once before training, runs through the network beside the live examples; every layer
normalises a live example with the reference's statistics and, with weight 1/(R+1), its own. So an example's
output does not depend on the other live examples. (The first SEGAN release departs from this: its reference is
the current real minibatch, and its live statistics are over the whole live minibatch.)
"""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("gan_audio")
class ReferenceBatch(keras.layers.Layer):
    """Puts the reference examples before the live ones: (batch, time, channels) -> (R + batch, time, channels).

    The examples are non-trainable weights, so a checkpoint is complete. They are set with `assign`.

    Args:
        size: int, R.
    """

    def __init__(self, size: int, **options):
        super().__init__(**options)
        self.size = size

    def build(self, input_shape):  # noqa: D102
        self.examples = self.add_weight(name="examples", shape=(self.size, *input_shape[1:]), initializer="zeros",
                                        trainable=False)
        self.is_set = self.add_weight(name="is_set", shape=(), initializer="zeros", trainable=False, autocast=False)

    def assign(self, examples) -> None:
        """Fix the reference: (R, time, channels), with the channels in the order of the network's input."""
        self.examples.assign(examples)
        self.is_set.assign(1.0)

    def call(self, inputs):  # noqa: D102
        with tf.init_scope():  # the value itself, even while a graph is being traced
            ready = not tf.executing_eagerly() or bool(self.is_set.value.numpy())
        if not ready:
            raise RuntimeError("virtual batch normalisation needs its reference examples before the first call. "
                               "Received: none. Call `set_reference(discriminator, sample=clean, noisy=noisy)`.")
        return ops.concatenate([ops.cast(self.examples, inputs.dtype), inputs], axis=0)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return (None, *input_shape[1:])

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("gan_audio")
class LiveExamples(keras.layers.Layer):
    """Takes the reference examples away again: (R + batch, ...) -> (batch, ...).

    Args:
        size: int, R.
    """

    def __init__(self, size: int, **options):
        super().__init__(**options)
        self.size = size

    def call(self, inputs):  # noqa: D102
        return inputs[self.size:]

    def compute_output_shape(self, input_shape):  # noqa: D102
        return (None, *input_shape[1:])

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("gan_audio")
class VirtualBatchNorm(keras.layers.Layer):
    """(x - m)/sqrt(max(q - m², 0) + ε)·γ + β, per channel, for (R + batch, time, channels).

    m_r, q_r: mean and mean square over all reference examples and time; m_i, q_i: those of live example i over time.
    With w = 1/(R+1), a live example gets m = w·m_i + (1-w)·m_r and q alike; reference examples get m_r, q_r.

    Args:
        size: int, R, how many of the first examples are the reference.
        epsilon: float.
    """

    def __init__(self, size: int, epsilon: float = 1e-5, **options):
        super().__init__(**options)
        self.size, self.epsilon = size, epsilon

    def build(self, input_shape):  # noqa: D102
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=channels, autocast=False,
                                     initializer=keras.initializers.RandomNormal(1.0, 0.02))
        self.beta = self.add_weight(name="beta", shape=channels, autocast=False, initializer="zeros")

    def call(self, inputs):  # noqa: D102
        values = ops.cast(inputs, "float32")  # q - m² cancels in lower precision
        means = ops.mean(values, axis=1, keepdims=True)
        squares = ops.mean(ops.square(values), axis=1, keepdims=True)
        means, squares = (self._mix(statistic) for statistic in (means, squares))
        variance = ops.maximum(squares - ops.square(means), 0.0)
        result = (values - means) * ops.rsqrt(variance + self.epsilon) * self.gamma + self.beta
        return ops.cast(result, self.compute_dtype)

    def _mix(self, statistic):
        """Per-example statistics (R + batch, 1, channels) turned into those each example is normalised with."""
        reference = ops.mean(statistic[: self.size], axis=0, keepdims=True)
        weight = 1.0 / (self.size + 1)
        live = weight * statistic[self.size:] + (1 - weight) * reference
        return ops.concatenate([ops.repeat(reference, self.size, axis=0), live], axis=0)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return input_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "size": self.size, "epsilon": self.epsilon}
