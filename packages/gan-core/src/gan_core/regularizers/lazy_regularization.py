"""Regularization at every k-th step only (Karras et al. 2020, arXiv:1912.04958, appendix B)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.terms import Regularizer


class Lazy(Regularizer):
    """k times the regularizer at every k-th step, zero in between: the same mean at a fraction of the cost.

    Karras et al. 2020, arXiv:1912.04958. Change the discriminator's Adam with it: `lazy_adam`. The record shows the
    term under the regularizer's own name, whose mean over k steps is comparable with the eager form, and nothing else
    that the regularizer measures.

    Args:
        regularizer: the term to apply lazily.
        every: int >= 1, k, in discriminator steps.

    Raises:
        ConfigError: `every` below 1, or no regularizer.

    Example:
        >>> Objective(NonSaturating(), regularizers=(Lazy(R1(10), every=16),))
    """

    def __init__(self, regularizer: Regularizer, *, every: int = 16):
        if not isinstance(regularizer, Regularizer):
            raise ConfigError(f"`regularizer` must be a term of the discriminators' loss. Received: {regularizer!r}. "
                              "Pass another part to the objective directly.")
        self.regularizer, self.every, self.name = regularizer, check_interval(every), regularizer.name

    def check(self, discriminators) -> None:
        """What the regularizer itself has to say."""
        self.regularizer.check(discriminators)

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted term, scalar float32."""
        if self.every == 1:
            return self.regularizer(forward)
        # Asked here, or answers first asked inside the branch would be cached beyond its reach.
        _ = forward.real_outputs, forward.fake_outputs
        return tf.cond(tf.equal(forward.stream.step % self.every, 0), lambda: self._now(forward),
                       lambda: tf.constant(0.0))

    def _now(self, forward: ForwardPass) -> tf.Tensor:
        before = dict(forward.measured)
        value = float(self.every) * self.regularizer(forward)
        forward.measured = before  # what is measured in a branch cannot leave it
        return value

    def __repr__(self):
        return f"Lazy({self.regularizer!r}, every={self.every})"


def lazy_adam(learning_rate: float, beta_1: float = 0.9, *, beta_2: float = 0.999, every: int = 16) -> dict[str, float]:
    """Adam's constants for a discriminator with `Lazy(..., every=k)`: lr·c, β₁^c, β₂^c with c = k/(k + 1).

    Karras et al. 2020, arXiv:1912.04958, appendix B: the regularizer's own step made k + 1 updates of k.

    Args:
        learning_rate: float > 0, as it would be without laziness.
        beta_1: float in [0, 1).
        beta_2: float in [0, 1).
        every: int >= 1, k.

    Returns:
        The keyword arguments `learning_rate`, `beta_1`, `beta_2` of `keras.optimizers.Adam`.

    Raises:
        ConfigError: `every` below 1.

    Example:
        >>> keras.optimizers.Adam(**lazy_adam(2.5e-3, 0.0, beta_2=0.99, every=16))
    """
    share = check_interval(every) / (every + 1)
    return {"learning_rate": learning_rate * share, "beta_1": beta_1**share, "beta_2": beta_2**share}


def check_interval(every: int) -> int:
    """`every`, if it is a whole number of at least one step.

    Raises:
        ConfigError: otherwise.
    """
    if not isinstance(every, int) or isinstance(every, bool) or every < 1:
        raise ConfigError(f"`every` must be an int of at least 1. Received: every={every!r}. The usual value is 16.")
    return every
