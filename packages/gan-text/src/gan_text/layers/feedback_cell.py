"""The recurrent generator cell that reads its own previous output distribution (Rajeswar et al. 2017)."""

from __future__ import annotations

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="gan_text")
class FeedbackLSTMCell(layers.Layer):
    """One step: p_t = softmax(W h_t + b), h_t = LSTM([z, p_(t-1)], h_(t-1)); p_0 = 0.

    Everything is differentiable: the distribution itself is fed back, not a drawn token, and never a real one.

    Args:
        units: int, size of the LSTM's state.
        vocabulary_size: int, size of p.
    """

    def __init__(self, units: int, vocabulary_size: int, **options):
        super().__init__(**options)
        self.units, self.vocabulary_size = units, vocabulary_size
        self.recurrent = layers.LSTMCell(units, dtype=self.dtype_policy, name="recurrent")
        self.projection = layers.Dense(vocabulary_size, activation="softmax", dtype="float32", name="projection")
        self.state_size = [units, units, vocabulary_size]
        self.output_size = vocabulary_size

    def build(self, input_shape):
        """Make the weights; the input is the noise of shape (batch, latent)."""
        self.recurrent.build((input_shape[0], input_shape[-1] + self.vocabulary_size))
        self.projection.build((input_shape[0], self.units))

    def call(self, inputs, states, training=False):  # noqa: D102
        hidden, carry, previous = states
        joined = keras.ops.concatenate([inputs, keras.ops.cast(previous, inputs.dtype)], axis=-1)
        output, (hidden, carry) = self.recurrent(joined, [hidden, carry], training=training)
        distribution = self.projection(output)
        return distribution, [hidden, carry, keras.ops.cast(distribution, previous.dtype)]

    def get_initial_state(self, batch_size=None):
        """Zeros: the first step has no previous output."""
        return [keras.ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "units": self.units, "vocabulary_size": self.vocabulary_size}
