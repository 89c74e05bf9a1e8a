import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.geometry import (
    GEOMETRIC,
    geometric_matrix,
    keras_example_matrix,
    multiply,
    rotation,
    scaling,
    translation,
    turn,
)
from gan_core.random import Stream

COUNT = 10_000
SHAPE = tf.constant([COUNT, 16, 32, 3])


def draw(lines, probability=1.0):
    return geometric_matrix(lines, tf.constant(probability), Stream(0, 0), SHAPE).numpy().astype("float64")


def within(sample, expected, deviation):
    """Four standard errors."""
    assert np.mean(sample) == pytest.approx(expected, abs=4 * deviation / np.sqrt(len(sample)))


def test_each_builder_returns_the_inverse_of_its_map():
    x, y = tf.constant([2.0]), tf.constant([-3.0])
    np.testing.assert_allclose(translation(x, y)[0] @ [[5], [5], [1]], [[3], [8], [1]])
    np.testing.assert_allclose(scaling(x, y)[0] @ [[4], [6], [1]], [[2], [-2], [1]])
    np.testing.assert_allclose(rotation(tf.constant([0.0]), tf.constant([1.0]))[0] @ [[1], [0], [1]], [[0], [-1], [1]])


def test_a_product_is_the_matrix_product():
    a, b = np.random.default_rng(0).normal(size=(2, 5, 4, 4)).astype("float32")
    np.testing.assert_allclose(multiply(tf.constant(a), tf.constant(b)), a @ b, atol=1e-5)


def test_the_first_line_acts_first():
    # An x-flip and a shift: in(flip⁻¹ shift⁻¹ u), so the offset changes sign with the flip.
    both, shift = draw(("x_flip", "integer_translation")), draw(("integer_translation",))
    flip = draw(("x_flip",))[:, 0, 0]
    np.testing.assert_allclose(both[:, 0, 2], flip * shift[:, 0, 2])


def test_flips_are_even():
    values = draw(("x_flip",))[:, 0, 0]
    assert set(values) == {-1.0, 1.0}
    within(values, 0.0, 1.0)


def test_quarter_turns_are_exact_and_even():
    matrix = draw(("rotate90",))[:, :2, :2]
    assert set(matrix.ravel()) == {-1.0, 0.0, 1.0}
    for cosine, sine in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        within((matrix[:, 0, 0] == cosine) & (matrix[:, 0, 1] == sine), 0.25, 0.433)


def test_integer_shifts_are_whole_pixels_up_to_an_eighth():
    shift = draw(("integer_translation",))[:, :2, 2]
    assert set(shift[:, 0]) == set(range(-4, 5))
    assert set(shift[:, 1]) == set(range(-2, 3))
    # Rounded U(-2, 2): the outer values have half the weight of the others.
    within(shift[:, 1] == 2, 1 / 8, 0.331)
    within(shift[:, 1] == 1, 1 / 4, 0.433)


def test_isotropic_scale_is_log_normal():
    matrix = draw(("isotropic_scale",))
    log = -np.log2(matrix[:, 0, 0])
    np.testing.assert_array_equal(matrix[:, 0, 0], matrix[:, 1, 1])
    within(log, 0.0, 0.2)
    assert np.std(log) == pytest.approx(0.2, rel=0.03)


def test_anisotropic_scale_keeps_the_area():
    matrix = draw(("anisotropic_scale",))
    np.testing.assert_allclose(matrix[:, 0, 0] * matrix[:, 1, 1], 1, atol=1e-5)
    assert np.std(np.log2(matrix[:, 0, 0])) == pytest.approx(0.2, rel=0.03)


@pytest.mark.parametrize("line", ["pre_rotation", "post_rotation"])
def test_rotations_are_uniform_over_the_circle(line):
    matrix = draw((line,))
    angle = np.arctan2(matrix[:, 0, 1], matrix[:, 0, 0])
    within(angle, 0.0, np.pi / 3**0.5)
    assert np.std(angle) == pytest.approx(np.pi / 3**0.5, rel=0.03)
    np.testing.assert_allclose(np.linalg.det(matrix), 1, atol=1e-5)


def test_fractional_shifts_scale_with_the_size_of_their_axis():
    shift = draw(("fractional_translation",))[:, :2, 2]
    assert np.std(shift[:, 0]) == pytest.approx(32 / 8, rel=0.03)
    assert np.std(shift[:, 1]) == pytest.approx(16 / 8, rel=0.03)


@pytest.mark.parametrize("lines", [("pre_rotation",), ("post_rotation",)])
def test_one_rotation_is_applied_with_one_minus_the_root(lines):
    expected = 1 - 0.7**0.5
    within((draw(lines, 0.3) != np.eye(3)).any((1, 2)), expected, np.sqrt(expected * (1 - expected)))


def test_either_rotation_is_applied_with_the_probability():
    within((draw(("pre_rotation", "post_rotation"), 0.3) != np.eye(3)).any((1, 2)), 0.3, 0.458)


def test_lines_are_drawn_independently():
    untouched = (draw(("isotropic_scale", "fractional_translation"), 0.3) == np.eye(3)).all((1, 2))
    within(untouched, 0.49, 0.5)


def test_no_line_at_probability_zero_gives_identities():
    np.testing.assert_array_equal(draw(tuple(GEOMETRIC), 0.0), np.broadcast_to(np.eye(3), (COUNT, 3, 3)))


def test_the_keras_example_draws_all_or_nothing():
    matrix = keras_example_matrix(tf.constant(0.3), Stream(0, 0), SHAPE).numpy()
    within((matrix != np.eye(3)).any((1, 2)), 0.3, 0.458)


def test_the_keras_example_enlarges_each_axis_by_its_own_draw():
    matrix = keras_example_matrix(tf.constant(1.0), Stream(0, 0), SHAPE).numpy().astype("float64")
    # flip · shift · turn · diag(zoom): the columns' lengths are the zooms.
    zoom_x, zoom_y = np.linalg.norm(matrix[:, :2, 0], axis=1), np.linalg.norm(matrix[:, :2, 1], axis=1)
    for zoom in (zoom_x, zoom_y):
        assert zoom.min() > 0.7499
        assert zoom.max() < 1.0001
        within(zoom, 0.875, 0.25 / 12**0.5)
    assert abs(np.corrcoef(zoom_x, zoom_y)[0, 1]) < 0.04


def test_the_keras_example_turns_by_up_to_an_eighth():
    matrix = keras_example_matrix(tf.constant(1.0), Stream(0, 0), SHAPE).numpy().astype("float64")
    sine = matrix[:, 1, 0] / np.linalg.norm(matrix[:, :2, 0], axis=1)
    assert np.abs(sine).max() == pytest.approx(np.sin(np.pi / 4), abs=2e-3)


def test_a_turn_by_pi_half_is_a_quarter():
    np.testing.assert_allclose(turn(tf.constant([np.pi / 2]))[0], [[0, 1, 0], [-1, 0, 0], [0, 0, 1]], atol=1e-6)
