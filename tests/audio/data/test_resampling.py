import numpy as np
import pytest

from gan_audio.data.resampling import StreamResampler, resample


@pytest.mark.parametrize("frames", [1, 2, 3, 100, 16_384, 48_000])
def test_a_third_of_the_rate_gives_a_third_of_the_frames_rounded_up(frames):
    assert len(resample(np.ones(frames, np.float32), 48_000, 16_000)) == -(-frames // 3)


def test_a_tone_stays_the_same_tone():
    def tone(rate):
        return np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)

    np.testing.assert_allclose(resample(tone(48_000), 48_000, 16_000)[200:-200], tone(16_000)[200:-200], atol=1e-3)


def test_frequencies_above_the_new_band_do_not_fold_back():
    wave = np.sin(2 * np.pi * 7000 * np.arange(16_000) / 16_000).astype(np.float32)
    assert np.abs(resample(wave, 16_000, 8000)[200:-200]).max() < 1e-3


@pytest.mark.parametrize("rates", [(48_000, 16_000), (16_000, 44_100), (16_000, 16_000)])
@pytest.mark.parametrize("block", [333, 5000, 30_000])
def test_blocks_give_what_the_whole_gives(rates, block):
    wave = np.random.default_rng(0).standard_normal((20_000, 2)).astype(np.float32)
    stream = StreamResampler(*rates, 2)
    parts = [stream(wave[start:start + block]) for start in range(0, 20_000, block)]
    parts.append(stream(np.zeros((0, 2), np.float32), last=True))
    np.testing.assert_array_equal(np.concatenate(parts), resample(wave, *rates))
