"""The adversarial loss of SEGAN: least squares without the factor 1/2."""

from __future__ import annotations

import gan_core as core


class SeganLoss(core.LeastSquares):
    """L_D = E(D(clean) - 1)² + E D(G)², L_G = E(D(G) - 1)².

    The papers put ½ before each term; neither of the authors' releases does, and beside the distance of weight 100 the
    factor matters: `half=True` restores it.

    Args:
        half: bool.
        adversary: bool; False makes the generator's term 0, so that it learns from the distance alone.

    Example:
        >>> float(SeganLoss().generator(tf.constant([[3.0]])))
        4.0
    """

    def __init__(self, *, half: bool = False, adversary: bool = True):
        super().__init__()
        self.factor, self.adversary = 1.0 if half else 2.0, adversary

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        return self.factor * super().discriminator(real, fake, stream)

    def generator(self, fake, real=None):  # noqa: D102
        return self.factor * float(self.adversary) * super().generator(fake, real)

    def __repr__(self):
        return f"SeganLoss(half={self.factor == 1.0}, adversary={self.adversary})"
