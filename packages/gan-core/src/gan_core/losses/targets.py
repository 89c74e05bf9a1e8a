"""Label tricks of the cross-entropy losses: what the discriminator is told instead of 1 and 0."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream


@dataclass(frozen=True)
class Targets:
    """The discriminator's targets: real t = `real` - `noise`·u, fake t = `fake` + `noise`·u, u ~ U(0, 1) per sample.

    One-sided smoothing (Salimans et al. 2016, arXiv:1606.03498) is `real=0.9`. With probability `flip` a sample gets
    the other side's target. The generator's target always stays 1: smoothing it too would only weaken its gradient.

    Args:
        real: float in (0.5, 1], target of real samples.
        fake: float in [0, 0.5), target of generated samples.
        noise: float, largest deviation; `real - noise` and `fake + noise` must stay within [0, 1].
        flip: float in [0, 0.5), probability per sample of swapping the targets.

    Raises:
        ConfigError: a value outside its range: a target beyond [0, 1] makes cross-entropy unbounded below.

    Example:
        >>> NonSaturating(targets=Targets(real=0.9, noise=0.1, flip=0.05))
    """

    real: float = 1.0
    fake: float = 0.0
    noise: float = 0.0
    flip: float = 0.0

    def __post_init__(self):
        rules = (
            ("real", 0.5 < self.real <= 1, "lie in (0.5, 1]", "One-sided smoothing is real=0.9."),
            ("fake", 0 <= self.fake < 0.5, "lie in [0, 0.5)", "The usual value is 0."),
            ("noise", 0 <= self.noise <= min(self.real, 1 - self.fake), "keep both targets within [0, 1]",
             "A usual value is 0.1."),
            ("flip", 0 <= self.flip < 0.5, "lie in [0, 0.5)", "A usual value is 0.05."),
        )
        for name, holds, rule, remedy in rules:
            if not holds:
                raise ConfigError(f"`{name}` must {rule}. Received: {name}={getattr(self, name)!r}. {remedy}")

    @property
    def random(self) -> bool:
        """Whether the targets need a stream."""
        return bool(self.noise or self.flip)

    def draw(self, logits: tf.Tensor, side: str, stream: Stream | None) -> tf.Tensor | float:
        """The targets for `logits` of one side ("real" or "fake"): a number, or float32 (batch, 1, ..., 1).

        Raises:
            ConfigError: random targets without a stream.
        """
        if not self.random:
            return getattr(self, side)
        if stream is None:
            raise ConfigError(
                f"random targets need a `stream`. Received: stream=None, targets={self}. Pass "
                "`stream=Stream(seed, step)`, or use noise=0 and flip=0."
            )
        shape = tf.concat([tf.shape(logits)[:1], tf.ones([tf.rank(logits) - 1], tf.int32)], 0)
        jitter = self.noise * stream.uniform(shape, f"target-noise/{side}")
        real, fake = self.real - jitter, self.fake + jitter
        own, other = (real, fake) if side == "real" else (fake, real)
        return tf.where(stream.chance(shape, f"target-flip/{side}", self.flip), other, own)
