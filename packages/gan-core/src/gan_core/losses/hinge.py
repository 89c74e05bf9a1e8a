"""The hinge loss (Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957)."""

from __future__ import annotations

import tensorflow as tf

from gan_core.losses.base import AdversarialLoss
from gan_core.losses.logits import as_logit_pair, as_logits


class Hinge(AdversarialLoss):
    """L_D = E relu(1 - r) + E relu(1 + f), L_G = -E f.

    Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957.

    Example:
        >>> float(Hinge().discriminator(tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])))
        1.5
    """

    name = "hinge"

    def discriminator(self, real, fake, stream=None):  # noqa: D102
        real, fake = as_logit_pair(real, fake)
        return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + fake))

    def generator(self, fake, real=None):  # noqa: D102
        return -tf.reduce_mean(as_logits(fake, "fake"))
