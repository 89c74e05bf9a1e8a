import numpy as np
import pytest
import scipy.signal

from gan_audio.sound.pictures import (
    envelope,
    log_spectrogram,
    mel_marks,
    mel_spectrogram,
    spectrogram_picture,
    waveform_picture,
)

TIME = np.arange(16_000) / 16_000


def test_a_full_scale_sine_is_at_zero_decibels():
    spectrum = log_spectrogram(np.sin(2 * np.pi * 1000 * TIME))  # 1000 Hz is bin 32
    assert spectrum[32, 60] == pytest.approx(0.0, abs=1e-6)
    assert spectrum[:, 60].argmax() == 32


def test_the_spectrogram_is_that_of_scipy():
    samples = np.random.default_rng(0).standard_normal(4000)
    _, _, expected = scipy.signal.stft(samples, window="hann", nperseg=512, noverlap=384, padded=False, scaling="spectrum")
    ours = log_spectrogram(samples)
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours, 20 * np.log10(2 * np.abs(expected)), atol=1e-6)


def test_silence_has_a_floor():
    assert (log_spectrogram(np.zeros(1000)) == -200).all()


def test_an_envelope_holds_the_extremes():
    samples = np.zeros(10_000)
    samples[1234], samples[9999] = 0.7, -0.4
    low, high = envelope(samples, 100)
    assert (len(low), high.max(), low.min(), high.argmax(), low.argmin()) == (100, 0.7, -0.4, 12, 99)


def test_a_short_sound_is_its_own_envelope():
    assert [side.tolist() for side in envelope(np.array([1.0, -1.0]))] == [[1.0, -1.0], [1.0, -1.0]]


@pytest.mark.parametrize("draw", [spectrogram_picture, waveform_picture])
def test_every_stage_gets_a_strip(draw):
    stages = {"noisy": np.sin(600 * TIME), "enhanced": 0.1 * np.sin(600 * TIME), "silent": np.zeros(16_000)}
    picture = draw(stages, 16_000)
    assert (picture.dtype, picture.shape[1:]) == (np.uint8, (640, 3))
    assert picture.shape[0] > draw(dict(list(stages.items())[:1]), 16_000).shape[0]
    assert picture.std() > 1


def test_a_mel_spectrogram_has_its_maximum_in_the_band_of_a_tone():
    spectrum = mel_spectrogram(np.sin(2 * np.pi * 1000 * TIME), 16_000)
    places, labels = mel_marks(16_000)
    assert spectrum.shape == (80, 126)
    assert labels == ["0.25", "0.5", "1", "2", "4"]
    assert abs(spectrum[:, 60].argmax() + 0.5 - places[2]) < 1


def test_a_tenth_of_the_amplitude_is_20_decibels_less():
    loud, soft = (mel_spectrogram(scale * np.sin(2 * np.pi * 1000 * TIME), 16_000) for scale in (1.0, 0.1))
    heard = soft > -150  # what is weaker stands on the floor
    assert heard.sum() > 500
    np.testing.assert_allclose((loud - soft)[heard], 20, atol=1e-3)


def test_a_mel_spectrogram_of_silence_has_a_floor():
    assert (mel_spectrogram(np.zeros(1000), 16_000) == -200).all()


def test_the_mel_picture_differs_from_the_linear_one():
    stages = {"a": np.sin(600 * TIME), "b": np.zeros(16_000)}
    assert not np.array_equal(spectrogram_picture(stages, 16_000, mel=True), spectrogram_picture(stages, 16_000))
