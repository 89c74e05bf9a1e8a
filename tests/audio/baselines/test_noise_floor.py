import numpy as np
import pytest

from gan_audio.baselines.noise_floor import from_first_frames, from_minima


def test_the_first_six_frames_are_averaged():
    power = np.arange(10.0)[:, None] * np.ones((1, 2))
    np.testing.assert_allclose(from_first_frames(power), [[2.5, 2.5]])


def test_minima_follow_the_noise_under_speech():
    power = np.random.default_rng(0).exponential(1.0, (600, 40))
    power[200:260] += 100  # somebody speaks for 0.6 s
    floor = from_minima(power)
    assert floor[300:].mean() == pytest.approx(1.0, abs=0.35)
    assert floor[200:260].max() < 5


def test_the_running_minimum_is_that_of_a_loop():
    power = np.random.default_rng(1).exponential(1.0, (50, 3))
    expected = [power[max(index - 6, 0):index + 1].min(axis=0) for index in range(50)]
    np.testing.assert_allclose(from_minima(power, frames=7, smoothing=0.0, bias=1.0), expected)
