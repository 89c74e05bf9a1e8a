import numpy as np
import pytest

from gan_audio.data.mixing import fit_noise, generator_for, mix_at_snr, power
from gan_audio.errors import AudioConfigError, AudioDataError

SPEECH = np.concatenate([0.2 * np.sin(np.arange(8000) / 9), np.zeros(8000)])
NOISE = np.random.default_rng(1).normal(0, 0.01, 40_000)


def rng():
    return np.random.default_rng(0)


def decibels(signal, noise):
    return 10 * np.log10(np.mean(np.square(signal)) / np.mean(np.square(noise)))


@pytest.mark.parametrize("snr", [-5.0, 0.0, 2.5, 15.0])
@pytest.mark.parametrize("length", [1000, 16_000, 40_000])
def test_the_measured_snr_is_the_one_asked_for(snr, length):
    mixture = mix_at_snr(SPEECH, NOISE[:length], snr, rng(), level="rms")
    assert decibels(mixture.clean, mixture.noisy - mixture.clean) == pytest.approx(snr, abs=0.01)


def test_pauses_do_not_count_for_the_active_level():
    mixture = mix_at_snr(SPEECH, NOISE, 10.0, rng(), level="active")
    assert decibels(mixture.clean[:7000], mixture.noise) == pytest.approx(10.0, abs=0.1)
    assert power(SPEECH) == pytest.approx(0.02, rel=0.02)
    assert power(SPEECH, "rms") == pytest.approx(0.01, rel=0.02)


def test_a_mix_beyond_full_scale_scales_both_sides():
    loud = 0.9 * np.sin(np.arange(16_000) / 9)
    mixture = mix_at_snr(loud, NOISE, 0.0, rng())
    assert mixture.scale < 1
    assert np.abs(mixture.noisy).max() == pytest.approx(1.0)
    np.testing.assert_allclose(mixture.clean, mixture.scale * loud)
    np.testing.assert_allclose(mixture.noisy, mixture.clean + mixture.noise, atol=1e-12)


def test_a_quiet_mix_is_not_scaled():
    mixture = mix_at_snr(SPEECH, NOISE, 10.0, rng())
    assert mixture.scale == 1.0
    np.testing.assert_array_equal(mixture.clean, SPEECH)


def test_longer_noise_is_cut_at_every_place():
    starts = {int(fit_noise(np.arange(12.0), 10, np.random.default_rng(seed))[0]) for seed in range(40)}
    assert starts == {0, 1, 2}


def test_shorter_noise_is_repeated_with_its_power():
    noise = np.random.default_rng(2).standard_normal(3000)
    long = fit_noise(noise, 50_000, rng(), fade=160)
    assert len(long) == 50_000
    assert np.mean(np.square(long)) == pytest.approx(1.0, abs=0.05)
    assert np.abs(np.diff(long)).max() <= 1.5 * np.abs(np.diff(noise)).max()


@pytest.mark.parametrize(("clean", "noise", "name"), [
    (0 * SPEECH, NOISE, "clean"), (SPEECH, 0 * NOISE, "noise"), (SPEECH, NOISE[:0], "noise"), (SPEECH[:0], NOISE, "clean")])
def test_silence_has_no_snr(clean, noise, name):
    with pytest.raises(AudioDataError, match=f"`{name}` is silent or empty, so no gain gives 5 dB"):
        mix_at_snr(clean, noise, 5.0, rng())


@pytest.mark.parametrize(("snr", "level", "message"), [
    (float("nan"), "rms", "`snr_db` must be a finite"), (5.0, "peak", "`level` must be rms or active")])
def test_impossible_options_are_refused(snr, level, message):
    with pytest.raises(AudioConfigError, match=message):
        mix_at_snr(SPEECH, NOISE, snr, rng(), level=level)


def test_a_file_draws_the_same_whatever_came_before():
    assert generator_for(1, "a").random() == generator_for(1, "a").random()
    assert generator_for(1, "a").random() != generator_for(1, "b").random()
    assert generator_for(1, "a").random() != generator_for(2, "a").random()
