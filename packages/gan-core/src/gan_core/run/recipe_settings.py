"""Settings that recur in recipes, and the parts that are made of them. Imports no TensorFlow."""

from __future__ import annotations

import pydantic

from gan_core.run.config import RunConfig


class AdamConfig(RunConfig):
    """Settings of a recipe whose two players have an Adam optimizer each, with the same numbers."""

    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of both Adam optimizers."""
    beta_1: float = pydantic.Field(0.5, ge=0, lt=1)
    """Adam's first momentum."""
    beta_2: float = pydantic.Field(0.999, ge=0, lt=1)
    """Adam's second momentum."""

    def optimizers(self, *, generator_rate=None, discriminator_rate=None):
        """The two optimizers, in the order that `GAN.compile` takes.

        Args:
            generator_rate: a number or schedule instead of `learning_rate`.
            discriminator_rate: likewise.
        """
        import keras

        return tuple(keras.optimizers.Adam(self.learning_rate if rate is None else rate, self.beta_1, self.beta_2)
                     for rate in (generator_rate, discriminator_rate))
