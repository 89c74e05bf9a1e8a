import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.folding import fold_coordinate, fold_index, pad_reflect
from gan_core.errors import ConfigError


@pytest.mark.parametrize(("mode", "numpy_mode"), [("reflect101", "reflect"), ("symmetric", "symmetric")])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_indices_are_mirrored_as_numpy_pads(mode, numpy_mode, size):
    expected = np.pad(np.arange(size), 20, mode=numpy_mode)
    np.testing.assert_array_equal(fold_index(tf.range(-20, size + 20), size, mode), expected)


def test_an_unknown_mode_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"`mode`.*'mirror'.*reflect101, symmetric"):
        fold_index(tf.range(3), 3, "mirror")


def test_coordinates_are_mirrored_between_the_outer_pixels():
    folded = fold_coordinate(tf.constant([-0.25, 0.5, 4.25, 8.5, -9.0]), tf.constant(5))
    np.testing.assert_allclose(folded, [0.25, 0.5, 3.75, 0.5, 1.0], atol=1e-6)


def test_coordinates_within_the_margin_stay():
    folded = fold_coordinate(tf.constant([-2.5, 6.5, -3.5]), tf.constant(5), 3)
    np.testing.assert_allclose(folded, [-2.5, 6.5, 3.5], atol=1e-6)


def test_padding_may_be_wider_than_the_image():
    columns = np.arange(6, dtype="float32").reshape(3, 2)
    np.testing.assert_array_equal(pad_reflect(columns, 9, axis=0), np.pad(columns, ((9, 9), (0, 0)), mode="reflect"))
