import numpy as np
import pytest
from scipy import signal

from gan_audio.errors import AudioConfigError
from gan_audio.sound.emphasis import DeEmphasis, HighPass, PreEmphasis, deemphasis, preemphasis, recursion


def test_preemphasis_of_a_ramp():
    np.testing.assert_allclose(preemphasis(np.array([1.0, 2.0, 3.0, 4.0])), [1, 1.05, 1.1, 1.15], atol=1e-12)


def test_the_first_sample_passes_unchanged():
    assert preemphasis(np.array([0.7, 0.0]))[0] == 0.7


def test_round_trip_of_ten_seconds_is_exact_to_1e_5():
    wave = np.random.default_rng(0).uniform(-1, 1, 160_000).astype(np.float32)
    result = deemphasis(preemphasis(wave))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, wave, atol=1e-5)


@pytest.mark.parametrize("coefficient", [0.0, 0.5, 0.95, 0.999])
def test_the_recursion_is_the_filter_of_scipy(coefficient):
    wave = np.random.default_rng(1).standard_normal(5000)
    np.testing.assert_allclose(recursion(wave, coefficient), signal.lfilter([1], [1, -coefficient], wave), rtol=1e-9,
                               atol=1e-9)


@pytest.mark.parametrize("kind", [PreEmphasis, DeEmphasis])
@pytest.mark.parametrize("block", [1, 7, 640])
def test_blocks_give_what_the_whole_gives(kind, block):
    wave = np.random.default_rng(2).uniform(-1, 1, (2000, 2)).astype(np.float32)
    step = kind(0.95)
    parts = [step(wave[start:start + block]) for start in range(0, 2000, block)]
    np.testing.assert_allclose(np.concatenate(parts), kind(0.95)(wave), atol=2e-7)


def test_channels_do_not_mix():
    wave = np.zeros((10, 2))
    wave[0, 0] = 1
    assert not deemphasis(wave)[:, 1].any()


def test_deemphasis_amplifies_a_constant_by_twenty():
    assert deemphasis(np.ones(2000))[-1] == pytest.approx(20.0, abs=1e-6)


def test_an_empty_block_is_allowed():
    assert PreEmphasis()(np.zeros((0, 1), np.float32)).shape == (0, 1)


def test_the_caller_keeps_its_samples():
    wave = np.ones(5)
    preemphasis(wave)
    deemphasis(wave)
    np.testing.assert_array_equal(wave, np.ones(5))


def test_the_high_pass_removes_a_constant_and_keeps_speech():
    time = np.arange(16_000) / 16_000
    wave = 0.5 + np.sin(2 * np.pi * 300 * time)
    rest = HighPass(20, 16_000)(wave)[8000:]
    assert abs(rest.mean()) < 1e-3
    assert rest.std() == pytest.approx(np.sqrt(0.5), rel=0.01)


@pytest.mark.parametrize("coefficient", [-0.1, 1.0, 2.0])
def test_an_unstable_coefficient_is_refused(coefficient):
    with pytest.raises(AudioConfigError, match=rf"`preemphasis` must lie in \[0, 1\). Received: preemphasis={coefficient}"):
        preemphasis(np.ones(3), coefficient)
