"""The distance of a generated sample from its partner (pix2pix, SEGAN)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.auxiliary.samples import check_order, mean_distance, target_of
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled
from gan_core.game.terms import AuxiliaryLoss


class Reconstruction(AuxiliaryLoss):
    """E|y - G(x)| (order 1) or E(y - G(x))² (order 2), over all elements.

    Isola et al. 2017, arXiv:1611.07004 (λ = 100); Pascual et al. 2017, arXiv:1703.09452. Both sides are taken
    *before* augmentation: two differently warped pictures have no common pixels.

    Args:
        weight: float >= 0, λ, or a function of the step (a schedule).
        target: "real", or the name of a condition to compare with.
        order: 1 or 2.
        name: under which the unweighted value is recorded; give a second reconstruction its own.

    Raises:
        ConfigError: an argument out of range; when called, an unknown target or unequal shapes.

    Example:
        >>> Objective(NonSaturating(), auxiliary=(Reconstruction(100),))
    """

    def __init__(self, weight: Scheduled = 100.0, target: str = "real", *, order: int = 1,
                 name: str = "reconstruction"):
        self.weight = check_scheduled("weight", weight, zero=True)
        self.target, self.order, self.name = target, check_order(order), name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The unweighted distance, scalar float32."""
        target = tf.convert_to_tensor(target_of(forward, self.target))
        return mean_distance(target, forward.fake, self.order, f"`{self.target}` and the generated samples")

    def __repr__(self):
        return f"Reconstruction(weight={self.weight}, target={self.target!r}, order={self.order})"
