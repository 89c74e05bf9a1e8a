"""Critic updates per generator update, and decaying learning rates."""

import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.game.schedules import Cosine, LinearDecay, linear_decay, wgan_warmup


def test_the_first_25_generator_steps_are_boosted():
    schedule = wgan_warmup(5, 100)
    assert [schedule(step) for step in range(30)] == [100] * 25 + [5] * 5


def test_every_500th_generator_step_is_boosted():
    schedule = wgan_warmup(5, 100)
    assert [schedule(step) for step in (498, 499, 500, 501, 1000)] == [5, 5, 100, 5, 100]


def test_the_warm_up_can_be_shortened():
    schedule = wgan_warmup(2, 7, first=1, every=3)
    assert [schedule(step) for step in range(7)] == [7, 2, 2, 7, 2, 2, 7]


def test_a_linear_decay_waits_then_falls_to_zero_and_stays():
    schedule = linear_decay(0.4, 10, start=6)
    np.testing.assert_allclose([schedule(step) for step in (0, 6, 7, 8, 10, 50)], [0.4, 0.4, 0.3, 0.2, 0, 0], atol=1e-7)


def test_a_decay_counts_the_updates_of_its_own_optimizer():
    generator, critic = linear_decay(0.4, 10, start=6), linear_decay(0.4, 10, start=6, updates_per_step=5)
    for step in range(12):
        assert float(critic(5 * step)) == pytest.approx(float(generator(step)), abs=1e-7)


def test_an_optimizer_with_a_decay_survives_its_config():
    optimizer = keras.optimizers.Adam(linear_decay(0.4, 10))
    copy = keras.optimizers.Adam.from_config(optimizer.get_config())
    assert isinstance(copy._learning_rate, LinearDecay)
    assert copy._learning_rate.get_config() == {"rate": 0.4, "first": 0, "last": 10}


@pytest.mark.parametrize(("step", "value"), [(0, 2.0), (25, 0.5 + 1.5 * (1 + 0.5**0.5) / 2), (50, 1.25), (100, 0.5), (1000, 0.5)])
def test_half_a_cosine_goes_from_the_first_value_to_the_last_and_stays(step, value):
    assert float(Cosine(2.0, 0.5, 100)(step)) == pytest.approx(value, rel=1e-6)


def test_a_cosine_comes_back_from_its_configuration():
    schedule = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Cosine(0.0, 5.0, 7)))
    assert repr(schedule) == "Cosine(0 to 5 in 7 steps)"


@pytest.mark.parametrize("steps", [0, -1, 2.5, True])
def test_a_cosine_needs_a_number_of_steps(steps):
    with pytest.raises(ConfigError, match=r"`steps` must be a whole number of at least 1\. Received: steps="):
        Cosine(1.0, 0.0, steps)
