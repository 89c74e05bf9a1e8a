import warnings

import numpy as np
import pytest

from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.errors import AudioConfigError, AudioDataError, AudioFormatError, AudioWarning, CheckpointError

MODES = ("overlap", "concat", "full")
LENGTHS = [1, 2, 1023, 1024, 1025, 8191, 8192, 8193, 16_383, 16_384, 16_385, 24_576, 40_000, 65_537, 99_999, 100_000]


def identity(inputs):
    return inputs["noisy"]


def with_noise(inputs):
    """Sample-wise in the sound, and dependent on z."""
    return 0.5 * inputs["noisy"] + 0.01 * np.repeat(inputs["latent"][:, :, :1], 1024, axis=1)


def wave(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("length", LENGTHS)
def test_overlap_of_an_identity_returns_the_input(length):
    np.testing.assert_allclose(Enhancer(identity).enhance(wave(length), 16_000), wave(length), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_overlap_of_an_identity_returns_the_input_at_random_lengths(seed):
    length = int(np.random.default_rng(seed).integers(1, 100_001))
    np.testing.assert_allclose(Enhancer(identity).enhance(wave(length), 16_000), wave(length), atol=1e-6)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("length", [1, 5000, 16_384, 50_001])
def test_the_modes_agree_for_a_sample_wise_generator(mode, length):
    expected = Enhancer(with_noise, mode="full").enhance(wave(length), 16_000)
    np.testing.assert_allclose(Enhancer(with_noise, mode=mode).enhance(wave(length), 16_000), expected, atol=2e-6)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("shape", [(30_001,), (30_001, 1), (30_001, 2), (7,)])
@pytest.mark.filterwarnings("ignore::gan_audio.errors.AudioWarning")
def test_length_rate_and_channels_are_kept(mode, rate, shape):
    result = Enhancer(with_noise, mode=mode).enhance(wave(*shape), rate)
    assert (result.shape, result.dtype) == (shape, np.float32)


def test_sound_below_both_bands_survives_the_resampling():
    tone = np.sin(2 * np.pi * 500 * np.arange(44_100) / 44_100).astype(np.float32)
    with pytest.warns(AudioWarning):
        result = Enhancer(identity).enhance(tone, 44_100)
    np.testing.assert_allclose(result[500:-500], tone[500:-500], atol=1e-3)


@pytest.mark.parametrize("mode", MODES)
def test_equal_seeds_give_equal_bits_and_others_do_not(mode):
    enhancer = Enhancer(with_noise, mode=mode, seed=3)
    first = enhancer.enhance(wave(40_000), 16_000)
    np.testing.assert_array_equal(first, enhancer.enhance(wave(40_000), 16_000))
    assert not np.array_equal(first, enhancer.enhance(wave(40_000), 16_000, seed=4))


def test_zeros_need_no_seed():
    enhancer = Enhancer(with_noise, z="zeros")
    np.testing.assert_array_equal(enhancer.enhance(wave(9000), 16_000, seed=1), enhancer.enhance(wave(9000), 16_000, seed=2))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("rate", "block"), [(16_000, 777), (44_100, 5000), (8000, 60_000)])
def test_blocks_give_the_bits_of_the_whole(mode, rate, block):
    enhancer = Enhancer(with_noise, mode=mode)
    sound = wave(50_000, 2)
    stream = enhancer.stream(rate, 2)
    parts = [stream.push(sound[start:start + block]) for start in range(0, 50_000, block)] + [stream.finish()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AudioWarning)
        np.testing.assert_array_equal(np.concatenate(parts), enhancer.enhance(sound, rate))


@pytest.mark.parametrize("mode", ["overlap", "concat"])
def test_memory_does_not_grow_with_the_stream(mode):
    stream = Enhancer(with_noise, mode=mode, batch_size=2).stream(16_000, 1)
    read = written = 0
    for _ in range(50):
        written += len(stream.push(wave(8192, 1)))
        read += 8192
        assert read - written <= 4 * 16_384


def test_the_batch_size_does_not_change_the_result():
    small, large = (Enhancer(with_noise, batch_size=size).enhance(wave(70_000), 16_000) for size in (1, 16))
    np.testing.assert_array_equal(small, large)


def test_channels_get_the_same_noise_and_do_not_mix():
    sound = wave(20_000, 2)
    both = Enhancer(with_noise).enhance(sound, 16_000)
    for channel in (0, 1):
        np.testing.assert_array_equal(both[:, channel], Enhancer(with_noise).enhance(sound[:, channel], 16_000))


@pytest.mark.parametrize(("rule", "expected"), [("mix", lambda sound: sound.mean(axis=1)), ("first", lambda sound: sound[:, 0])])
def test_one_channel_may_stand_for_all(rule, expected):
    sound = wave(9000, 2)
    result = Enhancer(identity, channels=rule).enhance(sound, 16_000)
    for channel in result.T:
        np.testing.assert_allclose(channel, expected(sound), atol=1e-6)


def test_the_level_is_not_touched():
    quiet = 1e-3 * wave(9000)
    np.testing.assert_allclose(Enhancer(identity).enhance(quiet, 16_000), quiet, atol=1e-8)


def test_the_generator_sees_preemphasised_windows_of_its_own_size():
    seen = []

    def record(inputs):
        seen.append({name: value.shape for name, value in inputs.items()})
        np.testing.assert_allclose(inputs["noisy"][0, 8193:8292, 0], 0.05, atol=1e-6)
        return inputs["noisy"]

    Enhancer(record).enhance(np.ones(100), 16_000)
    assert seen == [{"latent": (2, 16, 1024), "noisy": (2, 16_384, 1)}]


def test_silence_is_allowed():
    assert not Enhancer(identity).enhance(np.zeros(5000), 16_000).any()


def test_the_high_pass_removes_drift():
    drifting = Enhancer(lambda inputs: inputs["noisy"] + 0.001, preemphasis=0.95)
    filtered = Enhancer(lambda inputs: inputs["noisy"] + 0.001, preemphasis=0.95, high_pass=20)
    assert np.mean(drifting.enhance(np.zeros(30_000), 16_000)[10_000:]) == pytest.approx(0.02, abs=1e-3)
    assert abs(np.mean(filtered.enhance(np.zeros(30_000), 16_000)[10_000:])) < 1e-3


def test_a_lost_band_is_a_warning():
    with pytest.warns(AudioWarning, match="the sound is at 48000 Hz, the model at 16000 Hz: .* nothing above 8000 Hz"):
        Enhancer(identity).enhance(wave(100), 48_000)


def test_nothing_is_said_when_nothing_is_lost():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Enhancer(identity).enhance(wave(100), 8000)


@pytest.mark.parametrize(("options", "message"), [
    ({"mode": "overlapp"}, "unknown mode. Received: mode='overlapp'. Did you mean 'overlap'"),
    ({"z": "one"}, "`z` must be normal or zeros"), ({"channels": "left"}, "`channels` must be one of"),
    ({"preemphasis": 1.5}, "`preemphasis` must lie"), ({"window": 1000}, "`window` must be a multiple of `multiple`"),
    ({"window": 1024}, "a multiple of 2048 samples. Received: window=1024. Use mode=\"concat\""),
    ({"high_pass": 9000}, "`high_pass` must lie between"), ({"batch_size": 0}, "must be at least 1")])
def test_impossible_options_are_refused_at_once(options, message):
    with pytest.raises(AudioConfigError, match=message):
        Enhancer(identity, **options)


@pytest.mark.parametrize(("sound", "kind", "message"), [
    (np.zeros(0), AudioDataError, "is empty"), (np.array([0, np.inf]), AudioDataError, "1 samples are NaN or infinite"),
    (np.zeros((2, 100)), AudioFormatError, "channels come first")])
def test_what_is_not_a_recording_is_refused(sound, kind, message):
    with pytest.raises(kind, match=message):
        Enhancer(identity).enhance(sound, 16_000)


def test_a_place_late_in_a_stream_is_named():
    stream = Enhancer(identity).stream(16_000, 1, name="x.wav")
    stream.push(wave(1000, 1))
    with pytest.raises(AudioDataError, match=r"x\.wav: 1 samples are NaN or infinite, the first at frame 1005"):
        stream.push(np.where(np.arange(10)[:, None] == 5, np.nan, 0.0))


def test_too_long_for_one_pass_asks_for_overlap():
    with pytest.raises(AudioDataError, match=r'takes at most 16000 samples.*Use mode="overlap"'):
        Enhancer(identity, mode="full", full_limit=1.0).enhance(wave(16_001), 16_000)


def test_stereo_is_refused_under_the_rule_error():
    with pytest.raises(AudioFormatError, match=r'2 channels, expected 1. Pass `channels="separate"`'):
        Enhancer(identity, channels="error").enhance(wave(100, 2), 16_000)


@pytest.mark.parametrize(("generator", "message"), [
    (lambda inputs: inputs["noisy"][:, ::2], "must keep the shape of `noisy`"),
    (lambda inputs: inputs["noisy"] * np.nan, "its weights have diverged")])
def test_a_broken_generator_is_refused(generator, message):
    with pytest.raises(CheckpointError, match=message):
        Enhancer(generator).enhance(wave(100), 16_000)


def test_integers_are_scaled():
    np.testing.assert_allclose(Enhancer(identity).enhance(np.array([16_384], np.int16), 16_000), [0.5], atol=1e-6)
