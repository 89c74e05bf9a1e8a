"""Random circular shifts between layers (SEGAN+; after the "phase shuffle" of WaveGAN, Donahue et al. 2019)."""

from __future__ import annotations

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("gan_audio")
class PhaseShift(keras.layers.Layer):
    """Rolls all examples along time by 1..`most` samples to a random side, in training only.

    A discriminator can then not tell generated sounds by the phase of artefacts of transposed convolutions.

    Args:
        most: int >= 1, samples.
        seed: int or None. The state of the draw is a variable of the layer and belongs to every checkpoint, so a
            resumed run continues with the draws it would have seen.

    Input and output: float (batch, time, channels).
    """

    def __init__(self, most: int, seed: int | None = None, **options):
        super().__init__(**options)
        self.most, self.seed = most, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):  # noqa: D102
        if not training:
            return inputs
        # 2·most values: -most..-1 and 1..most
        draw = keras.random.randint((), 0, 2 * self.most, seed=self.seed_generator)
        shift = tf.where(draw < self.most, draw - self.most, draw - self.most + 1)
        return tf.roll(inputs, shift, axis=1)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return input_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "most": self.most, "seed": self.seed}
