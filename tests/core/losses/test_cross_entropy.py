import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses import Minimax, NonSaturating, Targets
from gan_core.random import Stream

REAL, FAKE = tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])


def test_one_sided_smoothing_changes_the_real_term_by_a_tenth_of_the_mean_logit():
    assert float(NonSaturating(targets=Targets(real=0.9)).discriminator(REAL, FAKE)) == pytest.approx(1.230132, abs=1e-6)


@pytest.mark.parametrize("loss", [Minimax, NonSaturating])
def test_targets_leave_the_generators_loss_alone(loss):
    assert float(loss(targets=Targets(real=0.9, noise=0.1)).generator(FAKE)) == float(loss().generator(FAKE))


def test_the_discriminators_loss_is_the_sum_of_the_keras_cross_entropies_of_both_sides():
    oracle = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = oracle(tf.ones((2, 1)), REAL[:, None]) + oracle(tf.zeros((2, 1)), FAKE[:, None])
    assert float(NonSaturating().discriminator(REAL, FAKE)) == pytest.approx(float(expected), abs=1e-6)


def test_fake_targets_above_zero_reward_raising_the_logit():
    # E[(1-t) softplus(f) + t softplus(-f)] - E softplus(f) = -t E f = -0.1 * -0.5
    smoothed = NonSaturating(targets=Targets(fake=0.1)).discriminator(REAL, FAKE)
    assert float(smoothed) == pytest.approx(1.130132 + 0.05, abs=1e-6)


def test_random_targets_enter_the_loss_as_the_stream_draws_them():
    targets, stream = Targets(real=0.9, noise=0.1, flip=0.3), Stream(5, 7)
    real, fake = np.random.default_rng(0).normal(size=(2, 64, 2)).astype("float32")
    t_real = np.asarray(targets.draw(tf.constant(real), "real", stream), np.float64)
    t_fake = np.asarray(targets.draw(tf.constant(fake), "fake", stream), np.float64)

    def entropy(logit, target):
        return (target * np.logaddexp(0, -logit) + (1 - target) * np.logaddexp(0, logit)).mean()

    value = NonSaturating(targets=targets).discriminator(tf.constant(real), tf.constant(fake), stream=stream)
    assert float(value) == pytest.approx(entropy(real, t_real) + entropy(fake, t_fake), rel=1e-6)
    assert len(np.unique(t_real)) > 30


def test_random_targets_without_a_stream_are_refused():
    with pytest.raises(ConfigError, match="random targets need a `stream`"):
        Minimax(targets=Targets(flip=0.1)).discriminator(REAL, FAKE)


def test_targets_of_another_type_are_refused():
    with pytest.raises(ConfigError, match=r"`targets` must be a Targets. Received: targets=0.9"):
        NonSaturating(targets=0.9)


def test_small_losses_of_confident_logits_are_not_rounded_away():
    value = NonSaturating().discriminator(tf.constant([40.0]), tf.constant([-40.0]))
    assert float(value) == pytest.approx(2 * np.exp(-40.0), rel=1e-5)


def test_the_generators_gradient_vanishes_in_the_minimax_game_only():
    fake = tf.Variable([-20.0])
    with tf.GradientTape(persistent=True) as tape:
        saturating, non_saturating = Minimax().generator(fake), NonSaturating().generator(fake)
    assert abs(float(tape.gradient(saturating, fake)[0])) < 1e-8
    assert float(tape.gradient(non_saturating, fake)[0]) == pytest.approx(-1.0, abs=1e-6)
