import numpy as np
import pytest

from gan_audio.baselines import BASELINES, baseline
from gan_audio.data import synthetic
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.metrics import si_sdr


@pytest.fixture(scope="module")
def recording():
    """Two seconds of a voice after a breath of noise alone, at about 5 dB."""
    clean, noisy = synthetic.pairs(1, 2.0, seed=3, snrs=(5.0,))[0]
    noise = noisy - clean
    return np.concatenate([np.zeros(2400, np.float32), clean]), np.concatenate([noise[:2400], noisy])


@pytest.mark.parametrize("name", sorted(BASELINES))
@pytest.mark.parametrize("shape", [(1,), (1000,), (4801, 2)])
def test_every_baseline_keeps_shape_and_type(name, shape):
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, shape)
    result = baseline(name).enhance(wave, 16_000)
    assert (result.shape, result.dtype) == (shape, np.float32)
    assert np.isfinite(result).all()


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_silence_stays_silent(name):
    assert not baseline(name).enhance(np.zeros(5000), 16_000).any()


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_channels_do_not_mix(name):
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, (4000, 2))
    both = baseline(name).enhance(wave, 16_000)
    np.testing.assert_array_equal(both[:, 1], baseline(name).enhance(wave[:, 1], 16_000))


def test_identity_returns_its_input(recording):
    np.testing.assert_array_equal(baseline("identity").enhance(recording[1], 16_000), recording[1])


@pytest.mark.parametrize(("name", "options"), [
    ("spectral_subtraction", {}), ("spectral_subtraction", {"noise": "minimum"}), ("wiener", {}), ("wiener", {"power": 0.5})])
def test_noise_filters_gain_at_least_three_decibels(recording, name, options):
    clean, noisy = recording
    enhanced = baseline(name, **options).enhance(noisy, 16_000)
    assert si_sdr(clean, enhanced, 16_000) > si_sdr(clean, noisy, 16_000) + 3


@pytest.mark.parametrize(("name", "options", "message"), [
    ("weiner", {}, "unknown baseline. Received: 'weiner'. Did you mean 'wiener'"),
    ("wiener", {"floor": 1}, "baseline 'wiener' takes the options power, .*Received: floor"),
    ("spectral_subtraction", {"noise": "last"}, "`noise` must be first or minimum"),
    ("conceal", {"method": "copy"}, "`method` must be ar or pitch")])
def test_unknown_names_and_options_are_refused(name, options, message):
    with pytest.raises(AudioConfigError, match=message):
        baseline(name, **options)


def test_what_is_not_finite_is_refused():
    with pytest.raises(AudioDataError, match="1 samples are NaN"):
        baseline("wiener").enhance(np.array([0.0, np.nan]), 16_000)
