"""The falling temperature of the straight-through Gumbel output, as a Keras callback."""

from __future__ import annotations

import keras

from gan_text.layers.straight_through import LARGEST, SMALLEST, StraightThroughGumbel


class AnnealTemperature(keras.callbacks.Callback):
    """tau(t) = (0.1)^(t / steps): from 1 to 0.1, then constant; t is the discriminator's step.

    A pure function of the step counter, so that a resumed run continues with the same temperatures.

    Args:
        gan: whose generator has a `StraightThroughGumbel` layer.
        steps: int >= 1, until the smallest temperature.
    """

    def __init__(self, gan, steps: int):
        super().__init__()
        self.gan, self.steps = gan, steps
        self.layer = next(layer for layer in gan.generator.layers if isinstance(layer, StraightThroughGumbel))

    def on_train_batch_begin(self, batch, logs=None):
        """Set the temperature of the coming step."""
        progress = min(int(self.gan.discriminator_steps) / self.steps, 1.0)
        self.layer.temperature.assign(LARGEST * (SMALLEST / LARGEST) ** progress)
