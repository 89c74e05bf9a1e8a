"""Least-squares GAN (Mao et al. 2017, arXiv:1611.04076)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses.base import AdversarialLoss
from gan_core.losses.logits import as_logit_pair, as_logits


class LeastSquares(AdversarialLoss):
    """L_D = ½E(r - b)² + ½E(f - a)², L_G = ½E(f - c)².

    Mao et al. 2017, arXiv:1611.04076. With (a, b, c) = (-1, 1, 0) the game minimises Pearson's χ² divergence.

    Args:
        a: float, the discriminator's target for generated samples.
        b: float, its target for real samples; b > a.
        c: float, the value the generator wants to reach; c > a.

    Raises:
        ConfigError: b <= a or c <= a.

    Example:
        >>> float(LeastSquares().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        1.75
    """

    def __init__(self, a: float = 0.0, b: float = 1.0, *, c: float = 1.0):
        for name, value in (("b", b), ("c", c)):
            if not value > a:
                raise ConfigError(f"`{name}` must exceed `a`, since a high output means real. Received: a={a}, "
                                  f"{name}={value}. The usual values are a=0, b=1, c=1.")
        self.a, self.b, self.c = float(a), float(b), float(c)
        self.boundary = (self.a + self.b) / 2
        self.name = "least_squares_pearson" if (self.a, self.b, self.c) == (-1, 1, 0) else "least_squares"

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = as_logit_pair(real, fake)
        return 0.5 * tf.reduce_mean((real - self.b) ** 2) + 0.5 * tf.reduce_mean((fake - self.a) ** 2)

    def generator(self, fake, real=None):  # noqa: D102
        return 0.5 * tf.reduce_mean((as_logits(fake, "fake") - self.c) ** 2)

    def __repr__(self):
        return f"LeastSquares(a={self.a:g}, b={self.b:g}, c={self.c:g})"
