"""Relativistic losses (Jolicoeur-Martineau 2018, arXiv:1807.00734): is a real sample *more* real than a fake one?

r̃ = r - mean(f) and f̃ = f - mean(r), means over every element; gradients flow through the means. The generator's
losses look at real logits, taken from the updated discriminator. The average losses are the paper's sums; the
author's reference code halves them, which matters only beside regularizer weights.
"""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses.base import AdversarialLoss
from gan_core.losses.logits import as_logit_pair


class _RelativisticLoss(AdversarialLoss):
    relativistic = True
    paired = False

    def margins(self, real, fake):
        """How far each logit lies above the mean logit of the other side."""
        return real - tf.reduce_mean(fake), fake - tf.reduce_mean(real)

    def generator(self, fake, real=None):
        """The discriminator's loss with the sides swapped."""
        if real is None:
            raise ConfigError(
                f"the generator's loss of {self.name!r} compares with real logits. Received: real=None. Pass "
                "`real`, the updated discriminator's logits of a real batch."
            )
        real, fake = as_logit_pair(real, fake, paired=self.paired)
        return self.discriminator(fake, real)


class Relativistic(_RelativisticLoss):
    """L_D = E softplus(-(r - f)), L_G = E softplus(-(f - r)): RSGAN, element i of r against element i of f.

    Jolicoeur-Martineau 2018, arXiv:1807.00734. Real and generated batches must have equal sizes, and the data
    must be shuffled.

    Example:
        >>> float(Relativistic().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        0.6657...
    """

    name = "rsgan"
    paired = True

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = as_logit_pair(real, fake, paired=True)
        return tf.reduce_mean(tf.nn.softplus(fake - real))


class RelativisticAverage(_RelativisticLoss):
    """L_D = E softplus(-r̃) + E softplus(f̃), L_G = E softplus(-f̃) + E softplus(r̃): RaSGAN.

    Jolicoeur-Martineau 2018, arXiv:1807.00734.

    Example:
        >>> float(RelativisticAverage().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        0.6473...
    """

    name = "rasgan"

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = self.margins(*as_logit_pair(real, fake))
        return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))


class RelativisticLeastSquares(_RelativisticLoss):
    """L_D = E(r̃ - 1)² + E(f̃ + 1)², L_G = E(f̃ - 1)² + E(r̃ + 1)²: RaLSGAN.

    Jolicoeur-Martineau 2018, arXiv:1807.00734.

    Example:
        >>> float(RelativisticLeastSquares().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        3.75
    """

    name = "ralsgan"

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = self.margins(*as_logit_pair(real, fake))
        return tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean((fake + 1) ** 2)


class RelativisticHinge(_RelativisticLoss):
    """L_D = E relu(1 - r̃) + E relu(1 + f̃), L_G = E relu(1 - f̃) + E relu(1 + r̃): RaHingeGAN.

    Jolicoeur-Martineau 2018, arXiv:1807.00734.

    Example:
        >>> float(RelativisticHinge().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        0.75
    """

    name = "rahinge"

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = self.margins(*as_logit_pair(real, fake))
        return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + fake))
