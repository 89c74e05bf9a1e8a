import numpy as np
import pytest

from gan_audio.enhancement.modes import LatentSequence, NetworkShape
from gan_audio.errors import AudioConfigError

SHAPE = NetworkShape(window=64, multiple=8, latent_channels=3)


def test_windows_that_overlap_get_the_same_noise_where_they_do():
    latents = LatentSequence(SHAPE, "normal", 1)
    first, second = latents.at(-32, 64), latents.at(0, 64)
    assert first.shape == (8, 3)
    np.testing.assert_array_equal(first[4:], second[:4])


def test_the_noise_is_a_function_of_absolute_time():
    late = LatentSequence(SHAPE, "normal", 1).at(64, 64)
    stepwise = LatentSequence(SHAPE, "normal", 1)
    for start in range(-32, 64, 32):
        stepwise.at(start, 64)
    np.testing.assert_array_equal(stepwise.at(64, 64), late)


def test_other_seeds_give_other_noise():
    assert not np.array_equal(LatentSequence(SHAPE, "normal", 1).at(0, 64), LatentSequence(SHAPE, "normal", 2).at(0, 64))


def test_the_noise_has_unit_variance():
    values = LatentSequence(SHAPE, "normal", 0).at(0, 8 * 5000)
    assert values.std() == pytest.approx(1.0, abs=0.03)


def test_zeros_on_request():
    assert not LatentSequence(SHAPE, "zeros", 0).at(0, 64).any()


def test_an_unknown_kind_is_refused():
    with pytest.raises(AudioConfigError, match=r"`z` must be normal or zeros. Received: z='ones'"):
        LatentSequence(SHAPE, "ones", 0)
