import numpy as np
import pytest
import tensorflow as tf

from gan_core.testing import check_layer
from gan_vision.layers import PixelNormalization


def test_it_keeps_the_contract_of_layers():
    check_layer(lambda: PixelNormalization(epsilon=1e-6), inputs=(4, 4, 3), output=(4, 4, 3), counts=(0, 0))


def test_every_pixel_has_a_root_mean_square_of_one():
    x = 30 * np.random.default_rng(0).normal(size=(2, 4, 4, 16)).astype("float32")
    found = np.asarray(PixelNormalization()(x))
    np.testing.assert_allclose(np.sqrt((found**2).mean(-1)), 1, rtol=1e-5)


def test_by_hand():
    """(3, 4) has a mean square of 12.5."""
    np.testing.assert_allclose(PixelNormalization()(tf.constant([[3.0, 4.0]])), [[3 / 12.5**0.5, 4 / 12.5**0.5]])


def test_zeros_stay_zeros():
    np.testing.assert_array_equal(PixelNormalization()(tf.zeros((1, 5))), np.zeros((1, 5)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_large_numbers_of_16_bits_do_not_overflow(dtype):
    found = PixelNormalization(dtype=dtype)(tf.fill((1, 8), tf.cast(1000.0, dtype)))
    np.testing.assert_allclose(tf.cast(found, tf.float32), np.ones((1, 8)), rtol=0.01)
