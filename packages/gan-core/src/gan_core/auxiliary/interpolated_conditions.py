"""Samples for conditions between those of the data, which the generator must make pass as well (GAN-INT).

Reed et al. 2016, arXiv:1605.05396, section 4.3: mixes of two captions have no picture in the data, yet the
discriminator can judge whether a picture is real and fits. It never learns from them.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled
from gan_core.game.terms import AuxiliaryLoss
from gan_core.losses.base import AdversarialLoss


class InterpolatedConditions(AuxiliaryLoss):
    """The adversarial loss of G(z, β t_i + (1 - β) t_j), for the i of one half of the batch and the j of the other.

    Batch/2 further samples, each judged beside its own mix. With a weight of 1/2 every sample counts alike: the mean
    over n plus half the mean over n/2 is the sum over 1.5 n, divided by n. A batch of one is mixed with itself.

    Args:
        adversarial: the loss of the game.
        names: the conditions to mix, float32 (batch, ...); those that are left out are taken of i.
        weight: float >= 0, or a function of the step.
        share: β in [0, 1], or None to draw it anew from U(0, 1) for each sample.
        name: under which the unweighted value is recorded.

    Raises:
        ConfigError: an argument out of its range; when called, a condition that is missing or no number.

    Example:
        >>> game = NonSaturating()
        >>> Objective(game, auxiliary=(InterpolatedConditions(game, ["text"]),))
    """

    def __init__(self, adversarial: AdversarialLoss, names: Sequence[str], weight: Scheduled = 0.5, *,
                 share: float | None = 0.5, name: str = "interpolated"):
        if share is not None and not 0 <= share <= 1:
            raise ConfigError(f"`share` must be in [0, 1], or None to draw it. Received: share={share!r}.")
        self.adversarial, self.names, self.share = adversarial, tuple(names), share
        self.weight, self.name = check_scheduled("weight", weight, zero=True), name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The unweighted loss, scalar float32, summed over the discriminators."""
        half = tf.maximum(tf.shape(forward.real)[0] // 2, 1)
        mixed = {name: self._mixed(forward, name, half) if name in self.names else value[:half]
                 for name, value in forward.condition.items()}
        if missing := [name for name in self.names if name not in mixed]:
            raise ConfigError(f"there is no condition {missing[0]!r} to interpolate. Received: "
                              f"{', '.join(sorted(mixed)) or 'no condition'}. Add the key to the data.")
        fake = forward.generate(mixed, self.name)
        real = [output.logits[:half] for output in forward.real_outputs] if self.adversarial.relativistic else None
        losses = [self.adversarial.generator(output.logits, None if real is None else real[number])
                  for number, output in enumerate(forward.ask(fake, mixed, role=self.name))]
        return tf.add_n(losses)

    def _mixed(self, forward: ForwardPass, name: str, half: tf.Tensor) -> tf.Tensor:
        value = forward.condition[name]
        if not value.dtype.is_floating:
            raise ConfigError(f"only numbers can be interpolated. Received: `{name}` of {value.dtype}. Leave it out of "
                              "`names`.")
        shape = tf.concat([[half], tf.ones(value.shape.rank - 1, tf.int32)], 0)
        share = self.share if self.share is not None else forward.stream.uniform(shape, f"share of {self.name}")
        return share * value[:half] + (1 - share) * value[-half:]
