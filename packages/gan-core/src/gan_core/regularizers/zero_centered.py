"""Penalties that pull a discriminator's input gradient towards zero: R1 on real samples, R2 on generated ones."""

from __future__ import annotations

import tensorflow as tf

from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, schedule_text, value_at
from gan_core.game.terms import Regularizer
from gan_core.regularizers.input_gradient import check_inner_scale, check_strength, input_gradients, squared_norms


class R1(Regularizer):
    """(γ/2) E_i ‖∇D(x_i)‖² on real samples.

    Mescheder et al. 2018, arXiv:1801.04406. The derivative is by the sample *before* augmentation, through it, so
    an augmentation that hides part of a sample hides it from the penalty too (arXiv:2006.06676).

    Args:
        gamma: float > 0, γ, or a function of the step. A starting value is 0.0002·resolution²/batch size
            (arXiv:2006.06676).
        inner_scale: power of two that keeps float16 gradients from vanishing; see `input_gradients`.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> Objective(NonSaturating(), regularizers=(Lazy(R1(10), every=16),))
    """

    name = "r1"

    def __init__(self, gamma: Scheduled = 10.0, *, inner_scale: float = 1.0):
        self.gamma, self.inner_scale = check_strength("gamma", gamma), check_inner_scale(inner_scale)

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted penalty, scalar float32."""
        return self._penalty(forward, forward.real, "real")

    def _penalty(self, forward: ForwardPass, samples: tf.Tensor, role: str) -> tf.Tensor:
        gradients = input_gradients(lambda asked: forward.ask(asked, role=role), tf.stop_gradient(samples),
                                    self.inner_scale)
        return 0.5 * value_at(self.gamma, forward.stream.step) * tf.add_n([
            tf.reduce_mean(squared_norms(gradient)) for gradient in gradients])

    def __repr__(self):
        return f"{type(self).__name__}(gamma={schedule_text(self.gamma)}, inner_scale={self.inner_scale:g})"


class R2(R1):
    """(γ/2) E_i ‖∇D(G(z_i))‖² on generated samples.

    Mescheder et al. 2018, arXiv:1801.04406.

    Args:
        gamma, inner_scale: as in `R1`.

    Example:
        >>> Objective(NonSaturating(), regularizers=(R1(10), R2(10)))
    """

    name = "r2"

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted penalty, scalar float32."""
        return self._penalty(forward, forward.fake, "fake")
