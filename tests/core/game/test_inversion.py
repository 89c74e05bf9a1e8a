"""Inversion of generators whose reach is known exactly."""

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.game.inversion import invert_latents


@pytest.fixture(scope="module")
def normal():
    from gan_core.game.latent import Normal

    return Normal(3)


@pytest.fixture(scope="module")
def linear():
    """Images 0.5 + W·z of 12 x 12 pixels: what it can reach is known exactly."""
    import keras

    latent = keras.Input((3,), name="latent")
    image = keras.layers.Reshape((12, 12, 1))(keras.layers.Dense(144, bias_initializer=keras.initializers.Constant(0.5))(latent))
    model = keras.Model(latent, image)
    kernel = np.linalg.qr(np.random.default_rng(0).normal(size=(144, 3)))[0].T
    model.layers[1].set_weights([kernel, np.full(144, 0.5)])
    return model


def test_latents_of_reachable_images_are_found(linear, normal):
    hidden = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    targets = np.asarray(linear(hidden))
    distance, found = invert_latents(linear, targets, latent=normal, output_range="unit", restarts=2)
    assert distance.max() < 0.02
    np.testing.assert_allclose(found, hidden, atol=0.02)


def test_an_unreachable_image_keeps_its_distance_from_the_reachable_plane(linear, normal):
    kernel = linear.layers[1].get_weights()[0]
    target = np.random.default_rng(2).random(144).astype(np.float32)
    offset = target - 0.5
    expected = np.linalg.norm(offset - kernel.T @ (kernel @ offset))
    distance, _ = invert_latents(linear, target.reshape(1, 12, 12), latent=normal, output_range="unit", restarts=2)
    assert distance[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"steps": 0}, ConfigError, "steps=0"),
    ({"learning_rate": 0.0}, ConfigError, "learning_rate=0.0"),
    ({"output_range": "tanh"}, ConfigError, "Known: signed, unit"),
    ({}, DataError, r"the targets, \(28, 28, 1\). Received: \(12, 12, 1\)"),
])
def test_bad_input_is_refused(linear, normal, options, error, message):
    with pytest.raises(error, match=message):
        invert_latents(linear, np.zeros((2, 28, 28, 1)), latent=normal, **options)
