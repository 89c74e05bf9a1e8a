"""Wasserstein GAN (Arjovsky et al. 2017, arXiv:1701.07875)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.losses.base import AdversarialLoss
from gan_core.losses.logits import as_logit_pair, as_logits


class Wasserstein(AdversarialLoss):
    """L_D = E f - E r, L_G = -E f; -L_D estimates the Wasserstein-1 distance up to the critic's Lipschitz constant.

    Arjovsky et al. 2017, arXiv:1701.07875. The critic must be kept Lipschitz: add `GradientPenalty`,
    `WeightClipping` or spectral normalisation. It has no decision boundary, so no accuracy is reported.

    Example:
        >>> float(Wasserstein().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        -1.5
    """

    name = "wasserstein"
    boundary = None

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = as_logit_pair(real, fake)
        return tf.reduce_mean(fake) - tf.reduce_mean(real)

    def generator(self, fake, real=None):  # noqa: D102
        return -tf.reduce_mean(as_logits(fake, "fake"))
