"""Inversion of generators whose reach is known exactly."""

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.game.inversion import PROJECTION, SearchSchedule, find_latents, invert_latents


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


@pytest.fixture(scope="module")
def of_classes():
    """Images W·z + (0, 0.2 or 0.4 by class) of 6 numbers; z moves the first three, the class the others."""
    import keras

    latent, label = keras.Input((3,), name="latent"), keras.Input((), dtype="int32", name="label")
    table = keras.layers.Embedding(3, 3, embeddings_initializer="zeros")
    model = keras.Model([latent, label], keras.layers.Concatenate()([latent, table(label)]))
    table.set_weights([np.array([[0.0] * 3, [0.2] * 3, [0.4] * 3])])
    return model


class TestFindLatents:
    def test_conditions_are_read_with_their_targets(self, of_classes, normal):
        targets = np.float32([[0.1, 0.2, 0.3, 0.2, 0.2, 0.2], [0.5, -0.5, 0, 0.4, 0.4, 0.4]])
        found = find_latents(of_classes, targets, latent=normal, conditions={"label": np.int32([1, 2])}, steps=150,
                             output_range="unit", restarts=2)
        np.testing.assert_allclose(found.latents, targets[:, :3], atol=0.01)
        wrong = find_latents(of_classes, targets, latent=normal, conditions={"label": np.int32([1, 1])}, steps=150,
                             output_range="unit", restarts=2)
        assert wrong.distance[1] == pytest.approx(np.sqrt(3) * 0.2, abs=1e-3)
        assert wrong.loss[1] == pytest.approx(3 * 0.2**2 / 6, abs=1e-4)

    def test_searches_in_parts_are_the_same_searches(self, linear, normal):
        targets = np.random.default_rng(3).random((3, 144)).astype(np.float32)
        whole, parts = (find_latents(linear, targets, latent=normal, output_range="unit", steps=8, restarts=3,
                                     batch_size=size) for size in (None, 2))
        np.testing.assert_allclose(parts.losses, whole.losses, rtol=1e-4)
        np.testing.assert_array_equal(parts.restarts, whole.restarts)

    def test_the_best_point_is_kept_and_its_losses_told(self, linear, normal):
        targets = np.asarray(linear(np.ones((1, 3), np.float32)))
        found = find_latents(linear, targets, latent=normal, output_range="unit", steps=30, restarts=4)
        assert found.losses.shape == (31, 1)
        assert found.loss[0] == pytest.approx(found.losses.min(), rel=1e-6)
        assert found.loss[0] == pytest.approx(found.distance[0] ** 2 / 144, rel=1e-5)
        image = np.asarray(linear(found.latents))
        assert np.linalg.norm(image - targets) == pytest.approx(found.distance[0], rel=1e-4)

    def test_without_steps_the_starts_are_judged(self, linear, normal):
        hidden = np.float32([[0.5, -1, 2]])
        found = find_latents(linear, np.asarray(linear(hidden)), latent=normal, output_range="unit", steps=0, restarts=3,
                             start=hidden)
        np.testing.assert_array_equal(found.latents, hidden)
        assert (found.restarts[0], found.losses.shape) == (0, (1, 1))

    def test_features_count_by_their_weight(self, linear, normal):
        target = np.asarray(linear(np.zeros((1, 3), np.float32)))
        found = find_latents(linear, target, latent=normal, output_range="unit", steps=0, restarts=1,
                             start=np.float32([[3, 0, 0]]), feature_weight=2.0,
                             features=lambda images, given: [images[:, :1] * 10, images * 0])
        kernel = linear.layers[1].get_weights()[0]
        pixels, seen = np.mean((3 * kernel[0]) ** 2), np.mean((30 * kernel[0][:12]) ** 2)
        assert found.loss[0] == pytest.approx(pixels + 2 * (seen + 0) / 2, rel=1e-4)

    @pytest.mark.parametrize(("options", "message"), [
        ({"steps": -1}, "steps=-1"), ({"feature_weight": float("nan")}, "feature_weight=nan"),
        ({"batch_size": 0}, "batch_size=0"), ({"conditions": {"label": np.zeros(3, np.int32)}}, "3 of label for 2")])
    def test_bad_options_are_refused(self, linear, normal, options, message):
        with pytest.raises(ConfigError, match=message):
            find_latents(linear, np.zeros((2, 144)), latent=normal, **options)


class TestSearchSchedule:
    def test_the_rate_rises_stays_and_falls_along_half_a_cosine(self):
        schedule = SearchSchedule(0.1, ramp_up=0.05, ramp_down=0.25)
        rates = [schedule.rate(step, 100) for step in (0, 1, 4, 5, 75, 99)]
        # Left at step 99: 1/25 of the fall.
        assert rates == pytest.approx([0.02, 0.04, 0.1, 0.1, 0.1, 0.05 * (1 - np.cos(np.pi / 25))])
        assert schedule.rate(87, 100) == pytest.approx(0.05 * (1 - np.cos(np.pi * 13 / 25)))

    def test_noise_falls_to_nothing_at_three_quarters(self):
        assert [PROJECTION.noise_at(step, 100) for step in (0, 75, 90)] == [0.05, 0.0, 0.0]
        assert PROJECTION.noise_at(30, 100) == pytest.approx(0.05 * 0.6**2)

    @pytest.mark.parametrize("options", [{"noise": -1.0}, {"noise_until": 0.0}, {"ramp_up": 2.0}, {"learning_rate": 0.0}])
    def test_numbers_outside_their_range_are_refused(self, options):
        name, value = next(iter(options.items()))
        with pytest.raises(ConfigError, match=f"{name}={value}"):
            SearchSchedule(**options)
