import numpy as np
import tensorflow as tf

from gan_core.random import Stream
from gan_vision.data.dequantization import dequantize

LEVELS = np.arange(256).reshape(1, 16, 16, 1)


def noisy(stream):
    return dequantize({"real": tf.constant(LEVELS / 127.5 - 1, tf.float32), "label": 7}, stream)


def test_each_level_spreads_over_its_own_part_of_the_range():
    for step in range(20):
        real = noisy(Stream(1, step))["real"].numpy()
        assert np.abs((real + 1) * 128 - 0.5 - LEVELS).max() < 0.5 + 1e-4
        assert -1 <= real.min() <= real.max() <= 1


def test_other_parts_of_the_batch_are_kept():
    assert noisy(Stream(1, 0))["label"] == 7
