"""The drift penalty of ProGAN (Karras et al. 2018, arXiv:1710.10196)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, schedule_text, value_at
from gan_core.game.terms import Regularizer
from gan_core.regularizers.input_gradient import check_strength


class Drift(Regularizer):
    """ε E r²: keeps a critic without boundary from wandering far from zero.

    Karras et al. 2018, arXiv:1710.10196, appendix A.1. r are the logits of real samples; several discriminators
    are summed.

    Args:
        epsilon: float > 0, ε; or a function of the step.

    Raises:
        ConfigError: `epsilon` is not positive.

    Example:
        >>> Objective(Wasserstein(), regularizers=(GradientPenalty(10), Drift(1e-3)))
    """

    name = "drift"

    def __init__(self, epsilon: Scheduled = 1e-3):
        self.epsilon = check_strength("epsilon", epsilon)

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted penalty, scalar float32."""
        return value_at(self.epsilon, forward.stream.step) * tf.add_n([
            tf.reduce_mean(tf.cast(output.logits, tf.float32) ** 2) for output in forward.real_outputs])

    def __repr__(self):
        return f"Drift(epsilon={schedule_text(self.epsilon)})"
