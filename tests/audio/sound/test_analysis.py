"""analyse: numbers of sounds whose numbers are known."""

import math

import numpy as np
import pytest

from gan_audio.sound.analysis import analyse

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE


def test_a_sine_has_its_level_peak_and_frequency():
    found = analyse(0.5 * np.sin(2 * np.pi * 1000 * TIME), RATE)
    assert found.seconds == 2.0
    assert found.peak == pytest.approx(20 * math.log10(0.5), abs=0.01)
    assert found.level == pytest.approx(20 * math.log10(0.5) - 10 * math.log10(2), abs=0.01)
    assert found.centroid == pytest.approx(1000, rel=0.01)
    assert found.bandwidth == pytest.approx(1000, abs=60)
    assert found.clipped == 0.0


def test_pauses_change_neither_level_nor_centroid():
    tone = np.sin(2 * np.pi * 1000 * TIME)
    alone, spaced = analyse(tone, RATE), analyse(np.concatenate([tone, np.zeros(4 * RATE)]), RATE)
    assert spaced.level == pytest.approx(alone.level, abs=0.1)
    assert spaced.centroid == pytest.approx(alone.centroid, rel=0.01)


def test_white_noise_fills_the_band_and_band_limited_noise_does_not():
    noise = np.random.default_rng(0).standard_normal(2 * RATE) * 0.1
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(noise), 1 / RATE) > 3400] = 0
    assert analyse(noise, RATE).bandwidth == pytest.approx(7920, rel=0.01)  # 99 % of 8 kHz
    assert analyse(noise, RATE).centroid == pytest.approx(4000, rel=0.02)
    assert analyse(np.fft.irfft(spectrum), RATE).bandwidth == pytest.approx(3366, rel=0.02)


def test_clipping_is_counted():
    assert analyse(np.clip(np.sin(2 * np.pi * 100 * TIME), -0.5, 0.5), RATE).clipped == pytest.approx(2 / 3, abs=0.02)


def test_silence_has_no_spectrum_and_a_floor():
    found = analyse(np.zeros(RATE), RATE)
    assert (found.peak, found.level) == (-200.0, -200.0)
    assert math.isnan(found.centroid)
    assert math.isnan(found.bandwidth)


@pytest.mark.parametrize("count", [1, 100, 600])
def test_a_recording_shorter_than_a_frame_is_measured(count):
    assert math.isfinite(analyse(np.random.default_rng(0).standard_normal(count), RATE).centroid)
