import numpy as np
import pytest

from gan_audio.data.augmentation import Augmentation
from gan_audio.errors import AudioConfigError

CLEAN, NOISE = np.random.default_rng(0).normal(0, 0.05, (2, 8, 64)).astype(np.float32)
SEEDS = np.stack([np.arange(8), np.arange(8)], axis=1)


def test_both_sides_get_the_same_factor():
    clean, noisy = Augmentation()(CLEAN, CLEAN + NOISE, SEEDS)
    factors = clean[:, 0] / CLEAN[:, 0]
    np.testing.assert_allclose(noisy, factors[:, None] * (CLEAN + NOISE), rtol=1e-4)
    decibels = 20 * np.log10(np.abs(factors))
    assert decibels.min() >= -12.01
    assert decibels.max() <= 6.01
    assert len({float(factor) for factor in np.sign(factors)}) == 2


def test_the_result_is_a_function_of_the_seeds():
    first, second = (Augmentation(swap_noise=0.5)(CLEAN, CLEAN + NOISE, SEEDS) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], Augmentation()(CLEAN, CLEAN + NOISE, SEEDS + 1)[0])


def test_swapped_noise_comes_from_another_pair():
    clean, noisy = Augmentation(gain_db=None, polarity=False, swap_noise=1.0)(CLEAN, CLEAN + NOISE, SEEDS)
    np.testing.assert_array_equal(clean, CLEAN)
    found = [int(np.abs(NOISE - row).max(axis=1).argmin()) for row in noisy - clean]
    assert sorted(found) == list(range(8))
    assert all(index != other for index, other in enumerate(found))


def test_gain_never_pushes_sound_over_full_scale():
    loud = np.full((4, 10), 0.9, np.float32)
    clean, noisy = Augmentation(gain_db=(6, 6))(loud, loud, SEEDS[:4])
    assert max(np.abs(clean).max(), np.abs(noisy).max()) <= 1.0 + 1e-6


@pytest.mark.parametrize(("options", "message"), [
    ({"gain_db": (6, -6)}, "`gain_db` must be"), ({"swap_noise": 2}, "`swap_noise` must lie in 0..1")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(AudioConfigError, match=message):
        Augmentation(**options)
