"""Conversion between the range of the samples and [-1, 1], in which the colour lines are defined."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from gan_core.errors import ConfigError


class ValueRange(NamedTuple):
    """The values of black and of white."""

    low: float
    high: float

    @classmethod
    def parse(cls, value) -> ValueRange:
        """Check a pair such as (-1, 1) or (0, 1).

        Raises:
            ConfigError: not a pair of increasing numbers.
        """
        try:
            low, high = (float(bound) for bound in value)
        except (TypeError, ValueError):
            low = high = 0.0
        if not low < high:
            raise ConfigError(
                f"`value_range` must be (low, high) with low < high. Received: value_range={value!r}. "
                "Pass (-1, 1) for a tanh generator, (0, 1) for a sigmoid one."
            )
        return cls(low, high)

    def to_signed(self, samples: tf.Tensor) -> tf.Tensor:
        """[low, high] -> [-1, 1]."""
        if self == (-1.0, 1.0):
            return samples
        return (samples - self.low) * (2.0 / (self.high - self.low)) - 1.0

    def from_signed(self, samples: tf.Tensor) -> tf.Tensor:
        """[-1, 1] -> [low, high]."""
        if self == (-1.0, 1.0):
            return samples
        return (samples + 1.0) * ((self.high - self.low) / 2.0) + self.low
