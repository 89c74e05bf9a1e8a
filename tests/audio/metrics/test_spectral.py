import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

from gan_audio.data import synthetic
from gan_audio.metrics import log_likelihood_ratio, log_spectral_distance, weighted_slope_distance
from gan_audio.metrics.inputs import smallest_95_percent, speech_frames
from gan_audio.metrics.weighted_slope import CENTRES, _nearest_peaks, band_levels, critical_filters, slope_weights

RATE = 16_000
NOISE = np.random.default_rng(0).normal(0, 0.1, 16_000)
CLEAN, NOISY = synthetic.pairs(1, 1.0, seed=1, snrs=(5.0,))[0]
ALL = [log_likelihood_ratio, log_spectral_distance, weighted_slope_distance]


@pytest.mark.parametrize("metric", ALL)
def test_identical_signals_have_distance_zero(metric):
    assert metric(CLEAN, CLEAN, RATE) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("metric", ALL)
def test_more_noise_is_further_away(metric):
    assert 0 < metric(CLEAN, CLEAN + 0.2 * (NOISY - CLEAN), RATE) < metric(CLEAN, NOISY, RATE)


def test_a_tenth_of_the_level_is_twenty_decibels_away():
    # the floor of 1e-10 is far below noise of this level
    assert log_spectral_distance(NOISE, 0.1 * NOISE, RATE) == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize("metric", [log_likelihood_ratio, weighted_slope_distance])
def test_the_level_does_not_count(metric):
    assert metric(NOISE, 0.1 * NOISE, RATE) == pytest.approx(0, abs=0.02)


def test_the_likelihood_ratio_agrees_with_scipy():
    def model(frame):
        row = np.array([frame[:480 - lag] @ frame[lag:] for lag in range(17)])
        return np.concatenate([[1], -solve_toeplitz(row[:-1], row[1:])]), row

    values = []
    other = NOISE + 0.5 * np.roll(NOISE, 1)
    for clean, estimate in zip(speech_frames(NOISE, RATE), speech_frames(other, RATE), strict=True):
        (own, row), (foreign, _) = model(clean), model(estimate)
        matrix = row[np.abs(np.subtract.outer(np.arange(17), np.arange(17)))]
        values.append(np.log((foreign @ matrix @ foreign) / (own @ matrix @ own)))
    expected = np.mean(sorted(values)[:round(0.95 * len(values))])
    assert log_likelihood_ratio(NOISE, other, RATE) == pytest.approx(expected, rel=1e-4)


def test_silence_has_a_likelihood_too():
    assert np.isfinite(log_likelihood_ratio(0 * NOISE, NOISE, RATE))


def test_a_tone_is_loudest_in_its_band():
    tone = np.sin(2 * np.pi * CENTRES[12] * np.arange(16_000) / RATE)
    assert set(band_levels(tone, RATE).argmax(axis=1)) == {12}


def test_the_filters_peak_at_their_centres_and_are_cut():
    filters = critical_filters(RATE, 512)
    np.testing.assert_array_equal(filters.argmax(axis=1), np.floor(CENTRES / 8000 * 512))
    assert filters[filters > 0].min() > np.exp(-30 / (2 * 2.303))


def peaks_by_loop(levels):
    """The search of the published scripts, written out."""
    slopes, peaks = np.diff(levels), []
    for band in range(len(slopes)):
        place = band
        if slopes[band] > 0:
            while place < len(slopes) and slopes[place] > 0:
                place += 1
            peaks.append(levels[place - 1])
        else:
            while place >= 0 and slopes[place] <= 0:
                place -= 1
            peaks.append(levels[place + 1])
    return peaks


def test_peaks_are_found_as_by_the_published_loop():
    levels = np.random.default_rng(1).normal(0, 10, (50, 25))
    np.testing.assert_array_equal(_nearest_peaks(levels), [peaks_by_loop(row) for row in levels])


def test_klatts_weights_of_a_single_hill():
    levels = np.array([[0.0, 10.0, 4.0]])
    # band 0 climbs, its peak by the scripts' rule is itself; band 1 falls from its own peak
    np.testing.assert_allclose(slope_weights(levels), [[20 / 30, 20 / 20]])


def test_the_worst_twentieth_is_left_out():
    assert smallest_95_percent(np.array([1.0] * 19 + [1000.0])) == 1.0
