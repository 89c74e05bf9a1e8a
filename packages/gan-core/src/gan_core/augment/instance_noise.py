"""Instance noise: Gaussian noise on real and generated samples that fades out (Sønderby et al. 2016, 1610.04490)."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_core.errors import ConfigError


@keras.saving.register_keras_serializable(package="gan_core")
class InstanceNoise(Augmentation):
    """Samples plus N(0, σ_t²), σ_t = stddev · max(0, 1 - t/steps), t the discriminator step.

    Overlaps the distributions of real and generated samples as long as they are disjoint. Safe at any strength:
    additive noise cannot leak into generated samples.

    Args:
        stddev: float ≥ 0, σ at the start, in the units of the samples.
        steps: int ≥ 1, discriminator steps until the noise is gone; None: constant noise.

    Raises:
        ConfigError: a number outside its range.

    Example:
        >>> noise = InstanceNoise(0.1, steps=1000)
        >>> round(float(noise.stddev_at(500)), 3)
        0.05
    """

    image_only = False

    def __init__(self, stddev: float = 0.1, steps: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if not stddev >= 0:
            raise ConfigError(f"`stddev` must be at least 0. Received: stddev={stddev!r}. The usual value is 0.1.")
        if steps is not None and not steps >= 1:
            raise ConfigError(f"`steps` must be at least 1. Received: steps={steps!r}. Pass None for constant noise.")
        self.stddev, self.steps = stddev, steps

    def stddev_at(self, step) -> tf.Tensor:
        """Scalar float32, σ at a discriminator step."""
        if self.steps is None:
            return tf.constant(self.stddev, tf.float32)
        return self.stddev * tf.maximum(0.0, 1.0 - tf.cast(step, tf.float32) / self.steps)

    def call(self, samples, maps, stream):  # noqa: D102
        return samples + self.stddev_at(stream.step) * stream.normal(tf.shape(samples), "instance-noise"), maps

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "stddev": self.stddev, "steps": self.steps}
