import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.triangle_recall import evaluate_triangles, invert_latents
from gan_core.metrics.triangles import Triangles


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


@pytest.fixture(scope="module")
def collapsed():
    """One exact triangle, whatever the latent."""
    import keras

    triangle = Triangles().sample(1, seed=7).ravel() * 2 - 1
    latent = keras.Input((3,), name="latent")
    model = keras.Model(latent, keras.layers.Reshape((28, 28, 1))(keras.layers.Dense(784)(latent)))
    model.layers[1].set_weights([np.zeros((3, 784)), triangle])
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


def test_a_collapsed_generator_has_precision_1_and_recall_0(collapsed, normal):
    scores = evaluate_triangles(collapsed, latent=normal, fakes=20, targets=5, steps=3, restarts=1)
    assert (scores.precision, scores.recall, scores.f1) == (1.0, 0.0, 0.0)
    assert (scores.fakes, scores.targets, scores.threshold) == (20, 5, 0.75)


def test_recall_is_1_where_every_target_is_within_the_threshold(collapsed, normal):
    scores = evaluate_triangles(collapsed, latent=normal, fakes=4, targets=4, steps=1, restarts=1, threshold=28.0)
    assert scores.recall == 1.0
    assert scores.f1 == 1.0


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"steps": 0}, ConfigError, "steps=0"),
    ({"learning_rate": 0.0}, ConfigError, "learning_rate=0.0"),
    ({"output_range": "tanh"}, ConfigError, "Known: signed, unit"),
    ({}, DataError, r"the targets, \(28, 28, 1\). Received: \(12, 12, 1\)"),
])
def test_bad_input_is_refused(linear, normal, options, error, message):
    with pytest.raises(error, match=message):
        invert_latents(linear, np.zeros((2, 28, 28, 1)), latent=normal, **options)


def test_no_fakes_are_refused(linear, normal):
    with pytest.raises(ConfigError, match="fakes=0"):
        evaluate_triangles(linear, latent=normal, fakes=0)
