import math

import numpy as np
import pytest

from gan_audio.errors import AudioConfigError, AudioWarning
from gan_audio.metrics import METRICS, segmental_snr, si_sdr, snr
from gan_audio.metrics.inputs import speech_frames

N = np.arange(16_000)
X = np.sin(2 * np.pi * N / 100)
E = 0.1 * np.cos(2 * np.pi * N / 100)
HALF = np.where(N < 8000, X, 0)
RATE = 16_000


@pytest.mark.parametrize(("metric", "reference", "estimate", "value"), [
    (snr, X, X + E, 20.000), (snr, X, 0.5 * X, 6.0206), (snr, X, X, math.inf),
    (si_sdr, X, X + E, 20.000), (si_sdr, X, 3 * (X + E), 20.000), (si_sdr, X, 3 * (X + E) + 0.5, 20.000),
    (segmental_snr, X, X + E, 20.000), (segmental_snr, X, X, 35.0), (segmental_snr, X, -9 * X, -10.0),
    (segmental_snr, HALF, HALF + E, 5.3578)])
def test_exact_values(metric, reference, estimate, value):
    assert metric(reference, estimate, RATE) == pytest.approx(value, abs=1e-4)


def test_silence_can_be_left_out_of_the_segments():
    assert segmental_snr(HALF, HALF + E, RATE, skip_silence=True) == pytest.approx(20.0, abs=0.5)  # frames on the edge count


def test_one_second_has_129_frames():
    assert speech_frames(X, RATE).shape == (129, 480)


def test_frames_at_another_rate():
    assert speech_frames(X[:8000], 8000).shape == (129, 240)


def test_the_window_of_the_frames():
    window = 0.5 * (1 - np.cos(2 * np.pi * np.arange(1, 481) / 481))
    np.testing.assert_allclose(speech_frames(X, RATE)[1], X[120:600] * window)


@pytest.mark.parametrize("metric", [snr, si_sdr])
def test_a_silent_reference_has_no_ratio(metric):
    with pytest.warns(AudioWarning, match="reference is silent"):
        assert math.isnan(metric(0 * X, X, RATE))


@pytest.mark.parametrize("name", sorted(set(METRICS) - {"pesq", "stoi"}))
@pytest.mark.parametrize(("reference", "estimate", "message"), [
    (X, X[:-1], r"equal length. Received: shapes \(16000,\) and \(15999,\)"), (X[:, None], X[:, None], "arrays"),
    (X[:0], X[:0], "equal length"), (X, X * np.nan, "`estimate` holds NaN or infinite samples: 16000")])
def test_unusable_signals_are_refused(name, reference, estimate, message):
    with pytest.raises(AudioConfigError, match=message):
        METRICS[name](reference, estimate, RATE)


@pytest.mark.parametrize("name", ["segmental_snr", "llr", "wss", "log_spectral_distance"])
def test_too_short_signals_are_refused(name):
    with pytest.raises(AudioConfigError, match=r"at least .* ms long.*Received: 6.2 ms"):
        METRICS[name](X[:100], X[:100], RATE)


@pytest.mark.parametrize("name", sorted(set(METRICS) - {"pesq", "stoi"}))
def test_the_callers_arrays_stay_as_they_are(name):
    reference, estimate = X.copy(), X + E
    METRICS[name](reference, estimate, RATE)
    np.testing.assert_array_equal(reference, X)
    np.testing.assert_array_equal(estimate, X + E)


def test_integers_and_lists_are_taken():
    assert snr([1, -1], [1, 0], RATE) == pytest.approx(10 * math.log10(2))
