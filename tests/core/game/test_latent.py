"""Priors of the noise."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.game.latent import NoLatent, Normal, Sphere, Uniform
from gan_core.random import Stream

STREAM = Stream(0, 0)


@pytest.mark.parametrize("latent", [Normal(5), Uniform(5), Sphere(5)])
def test_a_number_is_the_length_of_a_vector(latent):
    assert latent.sample(7, STREAM).shape == (7, 5)


@pytest.mark.parametrize("latent", [Normal((4, 3)), Uniform((4, 3)), Sphere((4, 3))])
def test_a_shape_is_the_shape_of_one_latent(latent):
    assert latent.sample(7, STREAM).shape == (7, 4, 3)


def test_normal_latents_have_mean_zero_and_variance_one():
    draws = Normal(50).sample(400, STREAM).numpy()
    assert abs(draws.mean()) < 4 / 20_000**0.5
    assert abs(draws.var() - 1) < 4 * (2 / 20_000) ** 0.5


def test_uniform_latents_fill_minus_one_to_one():
    draws = Uniform(50).sample(400, STREAM).numpy()
    assert -1 <= draws.min() < -0.99
    assert 0.99 < draws.max() < 1


def test_sphere_latents_have_length_one_over_all_axes():
    draws = Sphere((4, 3)).sample(100, STREAM).numpy()
    np.testing.assert_allclose(np.linalg.norm(draws.reshape(100, -1), axis=1), 1, atol=1e-6)


def test_sphere_latents_point_everywhere():
    draws = Sphere(2).sample(4000, STREAM).numpy()
    octant = np.floor(np.arctan2(draws[:, 1], draws[:, 0]) / (np.pi / 4)).astype(int)
    assert np.all(np.abs(np.bincount(octant + 4, minlength=8) - 500) < 4 * (500 * 7 / 8) ** 0.5)


def test_no_latent_draws_nothing():
    assert NoLatent().sample(7, STREAM) is None


def test_latents_depend_on_the_stream_alone():
    np.testing.assert_array_equal(Normal(3).sample(4, Stream(1, 2, "a")), Normal(3).sample(4, Stream(1, 2, "a")))
    assert not np.array_equal(Normal(3).sample(4, Stream(1, 2, "a")), Normal(3).sample(4, Stream(1, 3, "a")))


def test_a_latent_shows_its_shape():
    assert [repr(Normal(100)), repr(Sphere((4, 3)))] == ["Normal(100)", "Sphere((4, 3))"]


@pytest.mark.parametrize("shape", [0, -1, (), (3, 0), 2.5, "100", (3, None)])
def test_a_shape_must_be_positive_whole_numbers(shape):
    with pytest.raises(ConfigError, match=r"`shape` must be a positive int or a tuple of them. Received: shape="):
        Normal(shape)
