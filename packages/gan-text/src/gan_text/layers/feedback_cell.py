"""The recurrent generator cell that reads its own previous output distribution (Rajeswar et al. 2017)."""

from __future__ import annotations

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="gan_text")
class FeedbackLSTMCell(layers.Layer):
    """One step: p_t = softmax(W h_t + b), h_t = LSTM([z, p_(t-1)], h_(t-1)); p_0 = 0.

    Everything is differentiable: the distribution itself is fed back, not a drawn token.

    Args:
        units: int, size of the LSTM's state.
        vocabulary_size: int, size of p.
        helped: bool; the input then is [z, q_(t-1)], where q is a one-hot row that replaces p_(t-1), or zeros.
    """

    def __init__(self, units: int, vocabulary_size: int, helped: bool = False, **options):
        super().__init__(**options)
        self.units, self.vocabulary_size, self.helped = units, vocabulary_size, helped
        self.recurrent = layers.LSTMCell(units, dtype=self.dtype_policy, name="recurrent")
        self.projection = layers.Dense(vocabulary_size, activation="softmax", dtype="float32", name="projection")
        self.state_size = [units, units, vocabulary_size]
        self.output_size = vocabulary_size

    def build(self, input_shape):
        """Make the weights; the input is the noise of shape (batch, latent), and what is given beside it."""
        latent = input_shape[-1] - self.vocabulary_size * self.helped
        self.recurrent.build((input_shape[0], latent + self.vocabulary_size))
        self.projection.build((input_shape[0], self.units))

    def call(self, inputs, states, training=False):  # noqa: D102
        hidden, carry, previous = states
        previous = keras.ops.cast(previous, inputs.dtype)
        if self.helped:
            inputs, given = inputs[..., :-self.vocabulary_size], inputs[..., -self.vocabulary_size:]
            previous = given + (1 - keras.ops.sum(given, axis=-1, keepdims=True)) * previous
        joined = keras.ops.concatenate([inputs, previous], axis=-1)
        output, (hidden, carry) = self.recurrent(joined, [hidden, carry], training=training)
        distribution = self.projection(output)
        return distribution, [hidden, carry, keras.ops.cast(distribution, states[2].dtype)]

    def get_initial_state(self, batch_size=None):
        """Zeros: the first step has no previous output."""
        return [keras.ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "units": self.units, "vocabulary_size": self.vocabulary_size,
                "helped": self.helped}
