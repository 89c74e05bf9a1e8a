import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.separable import apply_along, filter_matrix

RANDOM = np.random.default_rng(2)
IMAGES = RANDOM.normal(size=(2, 4, 5, 3)).astype("float32")


@pytest.mark.parametrize(("axis", "formula"), [(1, "mn,bnwc->bmwc"), (2, "mn,bhnc->bhmc")])
def test_one_matrix_acts_on_the_axis(axis, formula):
    matrix = RANDOM.normal(size=(7, IMAGES.shape[axis])).astype("float32")
    np.testing.assert_allclose(apply_along(tf.constant(matrix), tf.constant(IMAGES), axis),
                               np.einsum(formula, matrix, IMAGES), atol=1e-5)


def test_each_image_may_have_its_own_matrix():
    matrix = RANDOM.normal(size=(2, 5, 5)).astype("float32")
    np.testing.assert_allclose(apply_along(tf.constant(matrix), tf.constant(IMAGES), 2),
                               np.einsum("bmn,bhnc->bhmc", matrix, IMAGES), atol=1e-5)


def test_the_matrix_of_a_map_is_its_action_on_unit_columns():
    matrix = filter_matrix(lambda columns: columns[1:] - columns[:-1], 3)
    np.testing.assert_array_equal(matrix, [[-1, 1, 0], [0, -1, 1]])
