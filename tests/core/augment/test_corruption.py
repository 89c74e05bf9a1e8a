import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.corruption import add_noise, cut_out
from gan_core.random import Stream


def test_noise_has_a_half_normal_deviation_per_image():
    noise = add_noise(tf.zeros((4000, 16, 16, 1)), Stream(0, 0)).numpy()
    deviation = noise.std((1, 2, 3))
    # E |N(0, 0.1²)| = 0.1 sqrt(2/π), standard deviation 0.1 sqrt(1 - 2/π).
    assert deviation.mean() == pytest.approx(0.0798, abs=4 * 0.0603 / 4000**0.5)
    assert noise.mean() == pytest.approx(0, abs=4 * 0.1 / noise.size**0.5)


def test_noise_is_drawn_for_every_element():
    noise = add_noise(tf.zeros((1, 4, 4, 3)), Stream(0, 0)).numpy()
    assert len(np.unique(noise)) == noise.size


HOLES = cut_out(tf.ones((4000, 8, 12, 2)), Stream(0, 0)).numpy() == 0


def test_the_hole_is_a_rectangle_of_half_the_size_where_it_fits():
    rows, columns = HOLES[..., 0].any(2), HOLES[..., 0].any(1)
    np.testing.assert_array_equal(HOLES[..., 0], rows[:, :, None] & columns[:, None, :])
    assert rows.sum(1).max() == 4
    assert columns.sum(1).max() == 6


def test_all_channels_share_the_hole():
    np.testing.assert_array_equal(HOLES[..., 0], HOLES[..., 1])


def test_the_hole_may_reach_beyond_the_edge():
    # Centre c ~ U(0, 1): the mean covered share per axis is ∫ |[c - 1/4, c + 1/4] ∩ [0, 1]| dc = 7/16.
    assert HOLES[..., 0].any(2).mean() == pytest.approx(7 / 16, abs=0.01)
