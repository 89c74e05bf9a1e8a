import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import InstanceNoise
from gan_core.errors import ConfigError
from gan_core.random import Stream


@pytest.mark.parametrize(("step", "expected"), [(0, 0.2), (250, 0.15), (999, 0.0002), (1000, 0.0), (5000, 0.0)])
def test_the_deviation_falls_linearly_to_zero(step, expected):
    noise = InstanceNoise(0.2, steps=1000)(tf.zeros((200, 50)), Stream(0, step))
    assert np.std(noise) == pytest.approx(expected, rel=0.03, abs=1e-9)


def test_without_steps_the_noise_stays():
    assert np.std(InstanceNoise(0.2)(tf.zeros((200, 50)), Stream(0, 10**9))) == pytest.approx(0.2, rel=0.03)


def test_the_noise_is_added_to_the_samples():
    stream = Stream(0, 3)
    noise = InstanceNoise(0.2)
    np.testing.assert_allclose(noise(tf.fill((4, 5), 0.5), stream) - noise(tf.zeros((4, 5)), stream), 0.5, atol=1e-6)


@pytest.mark.parametrize("shape", [(4, 16), (4, 16, 2), (4, 8, 8, 3)])
def test_samples_of_any_rank_are_noised(shape):
    assert InstanceNoise(0.1)(tf.zeros(shape), Stream(0, 0)).shape == shape


def test_every_scope_gets_its_own_noise():
    noise, stream = InstanceNoise(0.1), Stream(0, 0)
    real, fake = (noise(tf.zeros((4, 5)), stream.scoped(role)) for role in ("real", "fake"))
    assert not np.isclose(real, fake).any()


def test_it_comes_back_from_its_configuration():
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(InstanceNoise(0.3, steps=7)))
    assert (copy.stddev, copy.steps) == (0.3, 7)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"stddev": -1}, r"`stddev` must be at least 0. Received: stddev=-1"),
    ({"steps": 0}, r"`steps` must be at least 1. Received: steps=0. Pass None"),
])
def test_numbers_outside_their_range_are_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        InstanceNoise(**arguments)
