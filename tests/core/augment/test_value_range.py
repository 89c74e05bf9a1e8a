import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.value_range import ValueRange
from gan_core.errors import ConfigError


def test_black_and_white_become_minus_one_and_one():
    np.testing.assert_allclose(ValueRange.parse((0, 255)).to_signed(tf.constant([0.0, 127.5, 255.0])), [-1, 0, 1], atol=1e-6)


def test_the_way_back_is_the_inverse():
    bounds = ValueRange.parse((0, 1))
    np.testing.assert_allclose(bounds.from_signed(bounds.to_signed(tf.constant([0.0, 0.3, 1.0]))), [0, 0.3, 1], atol=1e-6)


@pytest.mark.parametrize("value", [(1, 0), (0, 0), 1, (0, 1, 2), None, ("a", "b")])
def test_anything_but_an_increasing_pair_is_refused(value):
    with pytest.raises(ConfigError, match=r"`value_range` must be \(low, high\).*Received: value_range="):
        ValueRange.parse(value)
