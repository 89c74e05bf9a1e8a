import tensorflow as tf

from gan_core.losses import Wasserstein


def test_a_common_shift_of_the_critic_changes_nothing():
    real, fake = tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])
    assert float(Wasserstein().discriminator(real + 8, fake + 8)) == float(Wasserstein().discriminator(real, fake))


def test_there_are_no_margins_without_a_boundary():
    assert Wasserstein().margins(tf.ones(2), tf.ones(2)) is None
