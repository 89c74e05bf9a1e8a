"""Every broken loss must be caught."""

import pytest
import tensorflow as tf

from gan_core.losses.base import AdversarialLoss
from gan_core.testing import check_loss

REAL, FAKE = [2.0, 0.0], [-2.0, 1.0]


class Sound(AdversarialLoss):
    name = "sound"

    def discriminator(self, real, fake, stream=None):
        return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))

    def generator(self, fake, real=None):
        return tf.reduce_mean(tf.nn.softplus(-fake))


class Nameless(Sound):
    name = ""


class Swapped(Sound):
    def discriminator(self, real, fake, stream=None):
        return super().discriminator(fake, real)


class Helpful(Sound):
    def generator(self, fake, real=None):
        return tf.reduce_mean(tf.nn.softplus(fake))


class Saturating(Sound):
    def generator(self, fake, real=None):
        return -tf.reduce_mean(tf.nn.softplus(fake))


class Clipped(Sound):
    """Cross-entropy of clipped probabilities: no gradient where it is needed."""

    def discriminator(self, real, fake, stream=None):
        real, fake = (tf.clip_by_value(tf.sigmoid(x), 1e-7, 1 - 1e-7) for x in (real, fake))
        return -tf.reduce_mean(tf.math.log(real)) - tf.reduce_mean(tf.math.log(1 - fake))


class Overflowing(Sound):
    def generator(self, fake, real=None):
        return tf.reduce_mean(tf.exp(-2 * fake))


class Halved(Sound):
    def discriminator(self, real, fake, stream=None):
        return super().discriminator(real, fake) / 2


class PerSample(Sound):
    def generator(self, fake, real=None):
        return tf.nn.softplus(-fake)


class FalselyRelativistic(Sound):
    relativistic = True


VALUES = [(REAL, FAKE, 1.130132, 1.220095)]


def test_a_sound_loss_passes():
    check_loss(Sound(), values=VALUES)


def test_a_saturating_loss_passes_if_announced():
    check_loss(Saturating(), saturating=True)


@pytest.mark.parametrize(("loss", "message"), [
    (Nameless(), "Nameless has no `name`"),
    (Swapped(), r"Swapped.discriminator\(.*\) .* is 2.63013., expected 1.130132"),
    (Halved(), "is 0.565066, expected 1.130132"),
    (PerSample(), r"PerSample.generator returns float32 \(2,\), expected a float32 scalar"),
    (Helpful(), "Helpful.generator"),
    (Saturating(), "Saturating.generator"),
])
def test_wrong_numbers_are_caught(loss, message):
    with pytest.raises(AssertionError, match=message):
        check_loss(loss, values=VALUES)


@pytest.mark.parametrize(("loss", "message"), [
    (Swapped(), "the discriminator of Swapped must push real logits up"),
    (Helpful(), "the generator of Helpful must push fake logits up"),
    (Saturating(), "Saturating gives a rejected generator no gradient"),
    (Clipped(), "Clipped gives a fooled discriminator no gradient"),
    (Overflowing(), "Overflowing is not finite"),
    (FalselyRelativistic(), "FalselyRelativistic says `relativistic`"),
])
def test_wrong_behaviour_is_caught_without_numbers(loss, message):
    with pytest.raises(AssertionError, match=message):
        check_loss(loss)
