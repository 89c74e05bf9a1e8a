import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

from gan_audio.sound.linear_prediction import autocorrelation, extrapolate, levinson


def test_levinson_solves_the_normal_equations():
    frames = np.random.default_rng(0).standard_normal((5, 400)).cumsum(axis=1)
    correlation = autocorrelation(frames, 16)
    for row, filters in zip(correlation, levinson(correlation), strict=True):
        np.testing.assert_allclose(filters[1:], -solve_toeplitz(row[:-1], row[1:]), rtol=1e-6, atol=1e-8)


def test_autocorrelation_of_a_short_frame():
    np.testing.assert_allclose(autocorrelation(np.array([1.0, 2.0, 3.0]), 2), [14, 8, 3])


def test_a_silent_frame_predicts_nothing():
    np.testing.assert_array_equal(levinson(np.zeros((1, 4))), [[1, 0, 0, 0]])


def test_a_tone_is_continued():
    tone = np.sin(np.arange(1300) / 7)
    assert extrapolate(tone[:1200], 100)[:40] == pytest.approx(tone[1200:1240], abs=0.1)
