import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.functional import lerp, slerp


def test_the_middle_of_a_quarter_circle():
    np.testing.assert_allclose(slerp([[1.0, 0.0]], [[0.0, 1.0]], 0.5), [[0.5**0.5, 0.5**0.5]], atol=1e-15)


def test_one_third_of_a_quarter_circle_is_thirty_degrees():
    np.testing.assert_allclose(slerp([[1.0, 0.0]], [[0.0, 1.0]], 1 / 3), [[3**0.5 / 2, 0.5]], atol=1e-15)


@pytest.mark.parametrize("way", [slerp, lerp])
def test_every_way_begins_and_ends_at_its_ends(way):
    a, b = np.random.default_rng(0).normal(size=(2, 5, 4))
    np.testing.assert_allclose(way(a, b, 0), a, atol=1e-12)
    np.testing.assert_allclose(way(a, b, np.ones(5)), b, atol=1e-12)


def test_slerp_keeps_the_length_that_lerp_loses():
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in np.random.default_rng(1).normal(size=(2, 9, 6)))
    np.testing.assert_allclose(np.linalg.norm(slerp(a, b, 0.4), axis=1), 1.0, atol=1e-12)
    assert (np.linalg.norm(lerp(a, b, 0.4), axis=1) < 0.99).all()


def test_parallel_points_are_joined_straight():
    np.testing.assert_allclose(slerp([[1.0, 1.0]], [[3.0, 3.0]], 0.25), [[1.5, 1.5]])


@pytest.mark.parametrize(
    ("start", "end", "fraction", "message"),
    [
        ([[1.0, 0.0]], [[-2.0, 0.0]], 0.5, "opposite rows"),
        ([[0.0, 0.0]], [[1.0, 0.0]], 0.5, "zero row"),
        ([[1.0]], [[1.0], [2.0]], 0.5, "one shape"),
        ([[1.0]], [[1.0]], [0.5, 0.5], "`fraction`"),
        ([[1.0]], [[np.nan]], 0.5, "`end` must be finite"),
    ],
)
def test_bad_input_is_refused(start, end, fraction, message):
    with pytest.raises(DataError, match=message):
        slerp(start, end, fraction)
