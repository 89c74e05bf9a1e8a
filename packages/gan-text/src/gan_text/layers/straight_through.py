"""Straight-through Gumbel softmax: discrete samples forward, the softmax's gradient backward."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

SMALLEST, LARGEST = 0.1, 1.0  # the temperature is annealed from the largest to the smallest


@keras.saving.register_keras_serializable(package="gan_text")
class StraightThroughGumbel(layers.Layer):
    """y = one_hot(argmax(l + g)) + (soft - stop_gradient(soft)), soft = softmax((l + g) / temperature).

    g is Gumbel noise -log(-log u). In training the output is one-hot; otherwise it is softmax(l), so that decoding can
    choose (Jang et al. 2017; Maddison et al. 2017). The noise is a pure function of the latent, so that equal latents
    give equal samples and nothing random has to be saved.

    Args:
        temperature: float > 0 at the start; the weight `temperature` may be set during training.
    """

    def __init__(self, temperature: float = LARGEST, **options):
        super().__init__(**{"dtype": "float32", **options})
        self.initial_temperature = temperature

    def build(self, input_shape):
        """Make the weight that holds the temperature; it is not trained."""
        self.temperature = self.add_weight(name="temperature", shape=(), trainable=False,
                                           initializer=keras.initializers.Constant(self.initial_temperature))

    def call(self, logits, latent, training=False):
        """Logits (batch, length, vocabulary) and latent (batch, dimension) -> (batch, length, vocabulary)."""
        logits = tf.cast(logits, tf.float32)
        if not training:
            return tf.nn.softmax(logits)
        uniform = tf.random.stateless_uniform(tf.shape(logits), _seed_of(latent), minval=1e-20)
        noisy = logits - tf.math.log(-tf.math.log(uniform))
        soft = tf.nn.softmax(noisy / self.temperature)
        hard = tf.one_hot(tf.argmax(noisy, -1), tf.shape(logits)[-1])
        return hard + (soft - tf.stop_gradient(soft))  # the bracket is exactly zero: the output is exactly one-hot

    def compute_output_shape(self, logits_shape, latent_shape=None):  # noqa: D102
        return logits_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "temperature": self.initial_temperature}


def _seed_of(latent) -> tf.Tensor:
    """Two integers from the bits of a batch of latents."""
    bits = tf.bitcast(tf.cast(tf.stop_gradient(latent), tf.float32), tf.int32)
    return tf.stack([tf.reduce_sum(bits[:, 0::2]), tf.reduce_sum(bits[:, 1::2])])
