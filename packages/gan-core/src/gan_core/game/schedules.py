"""Numbers that change with the step: weights, learning rates, and how many critic updates a generator update gets."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable

import keras
import tensorflow as tf

from gan_core.errors import ConfigError

#: A number, or a function of the discriminator's step (scalar int64 tensor) -> number or scalar tensor, which runs
#: inside the traced step: write it with TensorFlow's or Keras' operations.
Scheduled = float | Callable[[tf.Tensor], tf.Tensor | float]


def value_at(value: Scheduled, step: tf.Tensor) -> tf.Tensor | float:
    """`value` at `step`: itself, or float32 from its schedule."""
    return tf.cast(value(step), tf.float32) if callable(value) else value


def check_scheduled(name: str, value: Scheduled, *, zero: bool = False, remedy: str = "") -> Scheduled:
    """`value`, if it is a positive finite number or a function of the step.

    Args:
        name: of the argument, for the message.
        value: what was given.
        zero: whether 0 is allowed too.
        remedy: what to do instead.

    Raises:
        ConfigError: another number, or no number.
    """
    if callable(value):
        return value
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value) or (
            value < 0 if zero else value <= 0):
        raise ConfigError(f"`{name}` must be {'a finite number of at least 0' if zero else 'positive and finite'}, or "
                          f"a function of the step. Received: {name}={value!r}. {remedy}".rstrip())
    return float(value)


def schedule_text(value: Scheduled) -> str:
    """A scheduled number for a `repr`."""
    return getattr(value, "__name__", repr(value)) if callable(value) else f"{value:g}"


def wgan_warmup(n: int = 5, boosted: int = 100, *, first: int = 25, every: int = 500) -> Callable[[int], int]:
    """`boosted` critic updates for the first generator steps and every 500th, else `n` (Arjovsky et al. 2017, code).

    Example:
        >>> schedule = wgan_warmup(5, 100)
        >>> schedule(0), schedule(24), schedule(25), schedule(500)
        (100, 100, 5, 100)
    """
    return lambda generator_step: boosted if generator_step < first or generator_step % every == 0 else n


def linear_decay(rate: float, steps: int, *, start: int = 0, updates_per_step: float = 1.0):
    """A learning rate that stays until `start`, then falls linearly to 0 at `steps`.

    Args:
        rate: float > 0, the initial learning rate.
        steps: int, the generator step at which the rate is 0.
        start: int, the generator step at which it begins to fall.
        updates_per_step: this optimizer's updates per generator step (`n_critic` for a critic): optimizers count
            their own updates.
    """
    first, last = round(start * updates_per_step), round(steps * updates_per_step)
    return LinearDecay(rate, first, last)


@keras.saving.register_keras_serializable("gan_core")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """rate · clip((last - update) / (last - first), 0, 1)."""

    def __init__(self, rate: float, first: int, last: int):
        self.rate, self.first, self.last = rate, first, last

    def __call__(self, step):  # noqa: D102
        remaining = (self.last - keras.ops.cast(step, "float32")) / max(self.last - self.first, 1)
        return self.rate * keras.ops.clip(remaining, 0.0, 1.0)

    def get_config(self):  # noqa: D102
        return {"rate": self.rate, "first": self.first, "last": self.last}


@keras.saving.register_keras_serializable("gan_core")
class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """From `first` at step 0 to `last` at `steps` along half a cosine, and constant from then on.

    last + (first - last) (1 + cos(π · min(step, steps) / steps)) / 2. It serves as a learning rate, which counts the
    updates of its optimizer, and wherever a number may be a function of the step: a penalty's weight, Adam's beta_2, an
    augmentation's probability, the half-life of an average.

    Args:
        first: float.
        last: float.
        steps: int of at least 1.

    Raises:
        ConfigError: `steps` below 1.

    Example:
        >>> float(Cosine(2.0, 0.5, 100)(50))
        1.25
    """

    def __init__(self, first: float, last: float, steps: int):
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise ConfigError(f"`steps` must be a whole number of at least 1. Received: steps={steps!r}.")
        self.first, self.last, self.steps = float(first), float(last), steps

    def __call__(self, step):  # noqa: D102
        done = keras.ops.minimum(keras.ops.cast(step, "float32") / self.steps, 1.0)
        return self.last + (self.first - self.last) * 0.5 * (1 + keras.ops.cos(math.pi * done))

    def __repr__(self):
        return f"Cosine({self.first:g} to {self.last:g} in {self.steps:,} steps)"

    def get_config(self):  # noqa: D102
        return {"first": self.first, "last": self.last, "steps": self.steps}
