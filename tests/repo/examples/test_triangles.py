"""docs/examples/triangles.py: the manifold, its distance, and the scores of generators whose reach is known."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
spec = importlib.util.spec_from_file_location("triangles_example", EXAMPLES / "triangles.py")
example = sys.modules["triangles_example"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(example)
PERIOD, Triangles, triangle_precision = example.PERIOD, example.Triangles, example.triangle_precision
evaluate_triangles = example.evaluate_triangles



@pytest.fixture(scope="module")
def triangles():
    return Triangles()


@pytest.fixture(scope="module")
def images(triangles):
    return triangles.sample(60, seed=3)


def test_images_have_one_channel_in_the_unit_range(images):
    assert images.shape == (60, 28, 28, 1)
    assert images.min() == 0
    assert images.max() <= 1


def test_the_sum_of_an_image_is_grey_times_the_area(triangles, images):
    parameters = triangles.parameters(60, seed=3)
    area = 3 * np.sqrt(3) / 4 * parameters[:, 2] ** 2
    np.testing.assert_allclose(images.sum(axis=(1, 2, 3)), parameters[:, 4] * area, rtol=0.02)


def test_the_inside_has_the_triangle_s_grey(triangles, images):
    np.testing.assert_allclose(images.max(axis=(1, 2, 3)), triangles.parameters(60, seed=3)[:, 4], rtol=1e-12)


def test_a_corner_points_where_the_rotation_says(triangles):
    right = triangles.render([[13.5, 13.5, 10, 0, 1]])[0, ..., 0]
    assert right[13, 21] > 0.9  # the corner on the right reaches column 23.5
    assert right[13, 5] == 0  # the opposite side is only 5 pixels from the centre
    np.testing.assert_allclose(right, right[::-1], atol=1e-12)


def test_a_turn_by_120_degrees_changes_nothing(triangles):
    parameters = triangles.parameters(5, seed=1)
    np.testing.assert_allclose(triangles.render(parameters + np.array([0, 0, 0, PERIOD, 0])), triangles.render(parameters), atol=1e-9)


def test_every_triangle_lies_inside_the_image(images):
    border = np.ones((28, 28), bool)
    border[1:-1, 1:-1] = False
    assert images[:, border].max() <= 0.5 + 1e-12  # at most the soft half of an edge


def test_edges_are_anti_aliased(images):
    partial = (images > 0) & (images < 0.999 * images.max(axis=(1, 2, 3), keepdims=True))
    assert partial.any(axis=(1, 2, 3)).all()


def test_the_sample_is_a_function_of_its_seed(triangles, images):
    np.testing.assert_array_equal(triangles.sample(60, seed=3), images)
    assert (triangles.sample(60, seed=4) != images).any()


def test_parameters_stay_in_their_ranges(triangles):
    row, column, radius, rotation, grey = triangles.parameters(500).T
    assert radius.min() >= 5
    assert radius.max() <= 10
    assert min((row - radius).min(), (column - radius).min()) >= 0
    assert max((row + radius).max(), (column + radius).max()) <= 27
    assert 0 <= rotation.min() <= rotation.max() < PERIOD
    assert 0.25 <= grey.min() <= grey.max() <= 1


def test_the_fit_finds_the_parameters_of_exact_triangles(triangles, images):
    distance, fitted = triangles.distance(images)
    assert distance.max() < 1e-6
    difference = fitted - triangles.parameters(60, seed=3)
    difference[:, 3] = (difference[:, 3] + PERIOD / 2) % PERIOD - PERIOD / 2
    assert np.abs(difference).max() < 1e-5


def test_the_distance_of_a_disturbed_triangle_is_at_most_the_disturbance(triangles, images):
    noise = 0.02 * np.random.default_rng(0).normal(size=images.shape)
    distance, _ = triangles.distance(images + noise)
    size = np.sqrt((noise**2).sum(axis=(1, 2, 3)))
    assert (distance <= size).all()
    assert (distance > 0.97 * size).all()  # five parameters explain little of 784 values


def test_a_black_image_is_as_far_as_the_faintest_smallest_triangle_is_large(triangles):
    faintest = triangles.render(np.array([[13.5, 13.5, 5, a, 0.25] for a in np.linspace(0, PERIOD, 50)]))
    distance, _ = triangles.distance(np.zeros((1, 28, 28)))
    sizes = np.sqrt((faintest**2).sum(axis=(1, 2, 3)))  # differ a little by how the edges meet the pixels
    assert sizes.min() - 0.02 < distance[0] < sizes.max() + 0.1


def test_a_disk_is_no_triangle(triangles):
    row, column = np.mgrid[:28, :28]
    disk = np.clip(6.5 - np.hypot(row - 14, column - 14), 0, 1)[None]
    assert triangles.distance(disk)[0][0] > 2


def test_precision_of_exact_triangles_is_1(images):
    assert triangle_precision(images) == 1.0


def test_precision_of_noise_is_0():
    assert triangle_precision(np.random.default_rng(0).random((20, 28, 28, 1))) == 0.0


def test_precision_counts_shares(images):
    mixed = np.concatenate([images[:15], np.random.default_rng(0).random((5, 28, 28, 1))])
    assert triangle_precision(mixed) == 0.75


def test_another_image_size_works():
    other = Triangles(size=16, radius=(3, 6), grey=(0.5, 1))
    assert triangle_precision(other.sample(20), triangles=other) == 1.0


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: Triangles(size=8), ConfigError, "`size` must be at least 12"),
    (lambda: Triangles(radius=(5, 14)), ConfigError, "`radius` must be .* <= 13"),
    (lambda: Triangles(grey=(0, 1)), ConfigError, "`grey` must be"),
    (lambda: Triangles().sample(0), ConfigError, "`count` must be at least 1"),
    (lambda: Triangles().render(np.zeros((2, 4))), DataError, r"shape \(N, 5\).*Received: shape=\(2, 4\)"),
    (lambda: Triangles().distance(np.zeros((2, 8, 8))), DataError, r"shape \(N, 28, 28"),
    (lambda: Triangles().distance(np.full((1, 28, 28), np.nan)), DataError, "must be finite"),
    (lambda: triangle_precision(np.zeros((1, 28, 28)), threshold=0), ConfigError, "`threshold` must be positive"),
])
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---------------------------------------------------------------------- recall


@pytest.fixture(scope="module")
def normal():
    from gan_core.game.latent import Normal

    return Normal(3)


@pytest.fixture(scope="module")
def collapsed():
    """One exact triangle, whatever the latent."""
    import keras

    triangle = Triangles().sample(1, seed=7).ravel() * 2 - 1
    latent = keras.Input((3,), name="latent")
    model = keras.Model(latent, keras.layers.Reshape((28, 28, 1))(keras.layers.Dense(784)(latent)))
    model.layers[1].set_weights([np.zeros((3, 784)), triangle])
    return model


def test_a_collapsed_generator_has_precision_1_and_recall_0(collapsed, normal):
    scores = evaluate_triangles(collapsed, latent=normal, fakes=20, targets=5, steps=3, restarts=1)
    assert (scores.precision, scores.recall, scores.f1) == (1.0, 0.0, 0.0)
    assert (scores.fakes, scores.targets, scores.threshold) == (20, 5, 0.75)


def test_recall_is_1_where_every_target_is_within_the_threshold(collapsed, normal):
    scores = evaluate_triangles(collapsed, latent=normal, fakes=4, targets=4, steps=1, restarts=1, threshold=28.0)
    assert scores.recall == 1.0
    assert scores.f1 == 1.0


def test_no_fakes_are_refused(collapsed, normal):
    with pytest.raises(ConfigError, match="fakes=0"):
        evaluate_triangles(collapsed, latent=normal, fakes=0)


@pytest.mark.slow
def test_the_example_trains_and_prints_its_scores(capsys):
    scores = example.main()
    printed = capsys.readouterr().out
    assert f"precision {scores.precision:.2f}" in printed
    assert "path length" in printed
    assert scores.precision > 0.5
