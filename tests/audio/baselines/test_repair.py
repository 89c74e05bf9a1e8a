import numpy as np
import pytest

from gan_audio.baselines import Conceal, Declip
from gan_audio.baselines.conceal import pitch_period
from gan_audio.data import synthetic
from gan_audio.metrics import snr
from gan_audio.sound.damage import Clip

VOICE = synthetic.voice(2.0, np.random.default_rng(0))


@pytest.mark.parametrize("percentile", [99, 95, 90])
def test_declipping_gains_at_least_one_decibel(percentile):
    clipped = Clip(percentile=percentile)(VOICE)
    assert snr(VOICE, Declip().enhance(clipped, 16_000), 16_000) > snr(VOICE, clipped, 16_000) + 1


def test_declipped_samples_lie_beyond_the_level_and_others_are_untouched():
    clipped = Clip(level=0.1)(VOICE)
    result = Declip(level=0.1).enhance(clipped, 16_000)
    changed = result != clipped
    assert changed.any()
    assert (np.abs(result[changed]) >= 0.1 - 1e-6).all()
    assert (np.abs(clipped[changed]) > 0.1 - 1e-4).all()


def test_a_sine_is_restored():
    sine = np.sin(2 * np.pi * np.arange(4000) / 40 + 0.3)
    clipped = np.clip(sine, -0.8, 0.8)
    result = Declip().enhance(clipped, 16_000)
    assert np.abs(result - sine)[50:-50].max() < 0.05 < np.abs(clipped - sine).max()


def test_single_peaks_are_not_changed():
    np.testing.assert_array_equal(Declip().enhance(VOICE, 16_000), VOICE)


@pytest.mark.parametrize("method", ["ar", "pitch"])
def test_concealment_gains_at_least_two_decibels(method):
    damaged = VOICE.copy()
    for start in (4000, 12_000, 20_000):
        damaged[start:start + 200] = 0
    assert snr(VOICE, Conceal(method=method).enhance(damaged, 16_000), 16_000) > snr(VOICE, damaged, 16_000) + 2


def test_only_the_gap_changes():
    damaged = VOICE.copy()
    damaged[8000:8300] = 0
    result = Conceal().enhance(damaged, 16_000)
    np.testing.assert_array_equal(np.delete(result, np.s_[8000:8300]), np.delete(damaged, np.s_[8000:8300]))
    assert result[8000:8300].any()


def test_longer_silence_is_taken_as_meant():
    damaged = VOICE.copy()
    damaged[8000:13_000] = 0
    np.testing.assert_array_equal(Conceal().enhance(damaged, 16_000), damaged)


@pytest.mark.parametrize("place", [slice(0, 300), slice(-300, None)])
def test_a_gap_at_an_end_is_filled_from_the_other_side(place):
    damaged = VOICE[2000:10_000].copy()
    damaged[place] = 0
    assert np.isfinite(Conceal().enhance(damaged, 16_000)).all()


def test_the_pitch_period_of_a_tone():
    assert pitch_period(np.sin(2 * np.pi * np.arange(800) / 100), 16_000) == 100
