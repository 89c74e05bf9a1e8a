"""The two losses of Goodfellow et al. 2014 (arXiv:1406.2661), on logits."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses.base import AdversarialLoss
from gan_core.losses.logits import as_logit_pair, as_logits
from gan_core.losses.targets import Targets


class _CrossEntropy(AdversarialLoss):
    """L_D = E softplus(-r) + E softplus(f): cross-entropy of sigmoid(logit), the sum of both halves."""

    def __init__(self, *, targets: Targets = Targets()):  # noqa: B008 (immutable)
        if not isinstance(targets, Targets):
            raise ConfigError(f"`targets` must be a Targets. Received: targets={targets!r}. Write "
                              "`targets=Targets(real=0.9)`.")
        self.targets = targets

    def discriminator(self, real, fake, stream=None):
        real, fake = as_logit_pair(real, fake)
        return (cross_entropy(real, self.targets.draw(real, "real", stream))
                + cross_entropy(fake, self.targets.draw(fake, "fake", stream)))

    def __repr__(self):
        return f"{type(self).__name__}({'' if self.targets == Targets() else f'targets={self.targets}'})"


class Minimax(_CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f), L_G = -E softplus(f): the zero-sum game, saturating for the generator.

    Goodfellow et al. 2014, arXiv:1406.2661. At the optimal discriminator V = 2·JSD - log 4. Where the
    discriminator wins, the generator's gradient vanishes: prefer `NonSaturating` for training.

    Args:
        targets: label tricks, applied to the discriminator's loss only.

    Example:
        >>> float(Minimax().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        1.1301...
    """

    name = "minimax"

    def generator(self, fake, real=None):  # noqa: D102
        return -tf.reduce_mean(tf.nn.softplus(as_logits(fake, "fake")))


class NonSaturating(_CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f), L_G = E softplus(-f).

    Goodfellow et al. 2014, arXiv:1406.2661, section 3. With an uninformative discriminator L_D = 2 ln 2 = 1.386;
    sources that halve the sum log 0.693 for the same state.

    Args:
        targets: label tricks, applied to the discriminator's loss only.

    Example:
        >>> float(NonSaturating().generator(tf.constant([-2.0, 1.0])))
        1.2200...
    """

    name = "non_saturating"

    def generator(self, fake, real=None):  # noqa: D102
        return tf.reduce_mean(tf.nn.softplus(-as_logits(fake, "fake")))


def cross_entropy(logits: tf.Tensor, target) -> tf.Tensor:
    """E[t·softplus(-l) + (1-t)·softplus(l)]: two non-negative parts, so nothing cancels at large logits."""
    if isinstance(target, float | int) and target in (0, 1):
        return tf.reduce_mean(tf.nn.softplus(-logits if target else logits))
    return tf.reduce_mean(target * tf.nn.softplus(-logits) + (1 - target) * tf.nn.softplus(logits))
