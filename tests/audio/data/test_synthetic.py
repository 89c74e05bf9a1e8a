import numpy as np
import pytest

from gan_audio.data import synthetic
from gan_audio.data.mixing import power
from gan_audio.errors import AudioConfigError


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("source", [synthetic.voice, synthetic.tones])
def test_voices_have_the_length_level_and_seed_asked_for(source):
    wave = source(0.5, rng(), sample_rate=8000)
    assert (wave.shape, wave.dtype) == ((4000,), np.float32)
    assert np.abs(wave).max() == pytest.approx(0.5)
    np.testing.assert_array_equal(wave, source(0.5, rng(), sample_rate=8000))
    assert not np.array_equal(wave, source(0.5, rng(1), sample_rate=8000))


def test_a_voice_has_most_energy_where_vowels_have_it():
    spectrum = np.square(np.abs(np.fft.rfft(synthetic.voice(2.0, rng()))))
    assert spectrum[:2 * 4000].sum() > 0.98 * spectrum.sum()


@pytest.mark.parametrize("kind", sorted(synthetic.NOISES))
def test_noises_have_the_same_level(kind):
    wave = synthetic.noise(kind, 0.5, rng())
    assert np.sqrt(np.mean(np.square(wave))) == pytest.approx(0.1, rel=1e-3)


def test_an_unknown_noise_suggests_the_nearest():
    with pytest.raises(AudioConfigError, match="Did you mean 'pink'"):
        synthetic.noise("pinc", 1.0, rng())


def test_pairs_have_the_snr_asked_for():
    clean, noisy = synthetic.pairs(1, 1.0, snrs=(5.0,), source=synthetic.tones)[0]
    assert 10 * np.log10(power(clean) / power(noisy - clean, "rms")) == pytest.approx(5.0, abs=0.02)
