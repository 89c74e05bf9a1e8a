"""The averaged generator."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.averaging import ExponentialMovingAverage, recalibrate_batch_norm


class OneNumber(keras.Model):
    """A network of one weight, and an integer that counts."""

    input_names = ("latent",)

    def __init__(self):
        super().__init__()
        self.w = self.add_weight((), "zeros", name="w")
        self.count = self.add_weight((), "zeros", "int64", trainable=False, name="count")
        self.built = True

    def call(self, latent, training=False):
        return latent * self.w

    def get_config(self):
        return {}


class GrowsLater(OneNumber):
    def grow(self):
        self.more = self.add_weight((), "zeros", name="more")


def normalised():
    return keras.Sequential([keras.Input((3,), name="latent"), keras.layers.Dense(4), keras.layers.BatchNormalization()])


def moved(variables, by):
    for variable in variables:
        variable.assign(variable + by)


def test_the_average_starts_as_a_copy_of_the_generator(make_generator):
    generator = make_generator(batch_norm=True)
    average = ExponentialMovingAverage(0.9).copy(generator)
    for ours, theirs in zip(average.get_weights(), generator.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_copy_has_variables_of_its_own(make_generator):
    generator = make_generator()
    average = ExponentialMovingAverage(0.9).copy(generator)
    before = average.get_weights()
    moved(generator.weights, 1.0)
    for ours, old in zip(average.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, old)


def test_a_subclassed_generator_is_copied_through_its_config():
    generator = OneNumber()
    generator.w.assign(3.0)
    average = ExponentialMovingAverage(0.9).copy(generator)
    assert isinstance(average, OneNumber)
    assert float(average.w) == 3.0


def test_a_linear_ramp_is_followed_with_the_closed_forms_lag():
    """w_t = t gives a_t = t - β(1 - β^t)/(1 - β)."""
    generator, ema = OneNumber(), ExponentialMovingAverage(0.8)
    average = ema.copy(generator)
    for t in range(1, 31):
        generator.w.assign(t)
        ema.update(average, generator, t - 1, 16)
        assert float(average.w) == pytest.approx(t - 0.8 * (1 - 0.8**t) / 0.2, rel=1e-5)


def test_half_of_a_jump_is_forgotten_after_the_half_life():
    generator, ema = OneNumber(), ExponentialMovingAverage(0.99)
    average = ema.copy(generator)
    generator.w.assign(1.0)
    for step in range(69):
        ema.update(average, generator, step, 1)
    assert float(average.w) == pytest.approx(0.5, abs=2e-3)


def test_batch_statistics_are_averaged_like_weights():
    generator, ema = normalised(), ExponentialMovingAverage(0.75)
    average = ema.copy(generator)
    moved(generator.non_trainable_weights, 4.0)
    ema.update(average, generator, 0, 1)
    np.testing.assert_allclose(average.layers[-1].moving_mean, 1.0)
    np.testing.assert_allclose(average.layers[-1].moving_variance, 2.0)


def test_batch_statistics_can_be_copied_instead():
    generator, ema = normalised(), ExponentialMovingAverage(0.75, statistics="copy")
    average = ema.copy(generator)
    moved(generator.weights, 4.0)
    ema.update(average, generator, 0, 1)
    np.testing.assert_array_equal(average.layers[-1].moving_mean, generator.layers[-1].moving_mean)
    np.testing.assert_allclose(average.layers[-1].gamma, 2.0)


def test_counters_are_copied():
    generator, ema = OneNumber(), ExponentialMovingAverage(0.9)
    average = ema.copy(generator)
    generator.count.assign(7)
    ema.update(average, generator, 0, 1)
    assert int(average.count) == 7


@pytest.mark.parametrize(("step", "beta"), [(0, 0.1), (1, 2 / 11), (8, 0.5), (89, 90 / 99), (10**6, 0.999)])
def test_warm_up_starts_with_a_short_memory(step, beta):
    assert float(ExponentialMovingAverage(0.999, warmup=True).beta(step, 1)) == pytest.approx(beta, rel=1e-5)


@pytest.mark.parametrize(("batch", "beta"), [(32, 0.99778), (128, 0.99117)])
def test_a_half_life_in_thousands_of_images_gives_the_published_decay(batch, beta):
    assert float(ExponentialMovingAverage(half_life_kimg=10).beta(0, batch)) == pytest.approx(beta, abs=5e-6)


def test_a_warmed_up_half_life_is_a_twentieth_of_the_examples_seen():
    ema = ExponentialMovingAverage(half_life_kimg=10, warmup=True)
    assert float(ema.beta(1000, 32)) == pytest.approx(0.5 ** (32 / 1600), rel=1e-5)
    assert float(ema.beta(10**6, 32)) == pytest.approx(0.5 ** (32 / 10_000), rel=1e-5)


def test_a_warmed_up_half_life_begins_with_the_generator_itself():
    assert float(ExponentialMovingAverage(half_life_kimg=10, warmup=True).beta(0, 32)) == 0.0


@pytest.mark.parametrize("training_first", [False, True])
def test_recalibration_reproduces_the_population_statistics(training_first):
    network = normalised()
    latents = np.random.default_rng(0).normal(2.0, 3.0, (40, 50, 3)).astype("float32")
    if training_first:
        network(latents[0], training=True)
    recalibrate_batch_norm(network, ({"latent": tf.constant(batch)} for batch in latents))
    hidden = latents.reshape(-1, 3) @ network.layers[0].kernel.numpy() + network.layers[0].bias.numpy()
    within = np.mean([(batch @ network.layers[0].kernel.numpy()).var(0) for batch in latents], 0)
    np.testing.assert_allclose(network.layers[-1].moving_mean, hidden.mean(0), rtol=1e-4)
    np.testing.assert_allclose(network.layers[-1].moving_variance, within, rtol=1e-4)  # the mean of 40 variances
    np.testing.assert_allclose(within, hidden.var(0), rtol=0.05)


def test_recalibration_leaves_momentum_and_weights_as_they_were():
    network = normalised()
    weights = [variable.numpy() for variable in network.trainable_weights]
    recalibrate_batch_norm(network, [{"latent": tf.ones((4, 3))}])
    assert network.layers[-1].momentum == 0.99
    for ours, old in zip(network.trainable_weights, weights, strict=True):
        np.testing.assert_array_equal(ours, old)


def uncopiable():
    generator = GrowsLater()
    generator.grow()
    return generator


@pytest.mark.parametrize(("action", "message"), [
    (lambda: ExponentialMovingAverage(0.0), r"`decay` must lie in \(0, 1\). Received: decay=0.0"),
    (lambda: ExponentialMovingAverage(1.0), r"`decay` must lie in \(0, 1\). Received: decay=1.0"),
    (lambda: ExponentialMovingAverage("0.99"), r"`decay` must lie in \(0, 1\). Received: decay='0.99'"),
    (lambda: ExponentialMovingAverage(statistics="mean"), "`statistics` must be 'average' or 'copy'. Received: statistics='mean'"),
    (lambda: ExponentialMovingAverage(half_life_kimg=0), "`half_life_kimg` must be positive and finite, or a function of the step. Received: half_life_kimg=0"),
    (lambda: ExponentialMovingAverage(0.9).copy(uncopiable()), "gives 2 weights. Expected: 3. Create all variables"),
], ids=["decay 0", "decay 1", "decay text", "statistics", "half-life", "copy"])
def test_bad_averages_are_refused(action, message):
    with pytest.raises(ConfigError, match=message):
        action()


def test_a_half_life_may_follow_a_schedule_that_begins_with_zero():
    """At 0 the average is the generator; at 2,000 images a batch of 500 leaves 0.5^(1/4)."""
    average = ExponentialMovingAverage(half_life_kimg=lambda step: 2.0 * tf.cast(step, tf.float32))
    assert float(average.beta(tf.constant(0, tf.int64), 500)) == 0.0
    assert float(average.beta(tf.constant(1, tf.int64), 500)) == pytest.approx(0.5**0.25)
