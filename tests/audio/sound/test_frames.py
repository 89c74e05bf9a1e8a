import numpy as np
import pytest

from gan_audio.sound.frames import Spectrogram, frames, hann, overlap_add, runs


@pytest.mark.parametrize("length", [1, 100, 320, 321, 5000])
def test_an_unchanged_spectrogram_gives_the_samples_back(length):
    wave = np.random.default_rng(0).standard_normal(length)
    spectrogram = Spectrogram(wave, 320)
    np.testing.assert_allclose(spectrogram.samples(spectrogram.values), wave, atol=1e-12)


def test_the_hann_window_and_its_shift_sum_to_one():
    np.testing.assert_allclose(hann(320)[:160] + hann(320)[160:], 1, atol=1e-15)


def test_frames_leave_the_rest_out():
    np.testing.assert_array_equal(frames(np.arange(7), 4, 2), [[0, 1, 2, 3], [2, 3, 4, 5]])


def test_overlap_add_sums_what_overlaps():
    np.testing.assert_array_equal(overlap_add(np.ones((2, 4)), 2), [1, 1, 2, 2, 1, 1])


def test_runs_of_true():
    np.testing.assert_array_equal(runs(np.array([1, 1, 0, 1], bool)), [[0, 2], [3, 4]])
