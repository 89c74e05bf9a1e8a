"""gan_vision.data.dequantization"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.random import Stream
from gan_vision.data.dequantization import dequantize

LEVELS = np.arange(256).reshape(1, 16, 16, 1)
PHOTOS = tf.constant(LEVELS, tf.uint8)


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1)])
def test_each_level_spreads_over_its_own_part_of_the_range(value_range):
    low, high = value_range
    for step in range(20):
        real = dequantize(PHOTOS, value_range, Stream(1, step)).numpy()
        assert np.abs((real - low) / (high - low) * 256 - 0.5 - LEVELS).max() < 0.5 + 1e-4
        assert low <= real.min() <= real.max() <= high


def test_the_noise_is_that_of_the_step():
    first, again, later = (dequantize(PHOTOS, (-1, 1), Stream(1, step)).numpy() for step in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
