import numpy as np
import pytest

from gan_core.testing import check_layer
from gan_vision.layers import MinibatchStandardDeviation


def deviation(x, size):
    """Group by group in NumPy: members are as far apart as there are groups."""
    groups = len(x) // size
    return np.array([np.sqrt(x[number % groups::groups].var(0) + 1e-8).mean() for number in range(len(x))])


def test_it_keeps_the_contract_of_layers():
    check_layer(lambda: MinibatchStandardDeviation(2), inputs=(4, 4, 3), output=(4, 4, 4), counts=(0, 0))


@pytest.mark.parametrize(("count", "size"), [(8, 4), (4, 4), (12, 4), (6, 3), (3, 3), (7, 1), (1, 1), (2, 2), (10, 2)])
def test_the_channel_is_the_deviation_of_the_group(count, size):
    """Of groups of four at most, the largest that divides the batch."""
    x = np.random.default_rng(count).normal(size=(count, 4, 4, 5)).astype("float32")
    found = np.asarray(MinibatchStandardDeviation()(x))
    np.testing.assert_array_equal(found[..., :5], x)
    np.testing.assert_allclose(found[..., 5], np.tile(deviation(x, size)[:, None, None], (1, 4, 4)), rtol=1e-4)


def test_equal_samples_have_almost_none():
    found = np.asarray(MinibatchStandardDeviation()(np.ones((4, 4, 4, 2), "float32")))
    np.testing.assert_allclose(found[..., 2], 1e-4)


def test_a_group_does_not_see_the_others():
    x = np.random.default_rng(0).normal(size=(8, 4, 4, 2)).astype("float32")
    before = np.asarray(MinibatchStandardDeviation()(x))
    x[1::2] *= 100  # all of the second group
    after = np.asarray(MinibatchStandardDeviation()(x))
    np.testing.assert_array_equal(after[::2, ..., 2], before[::2, ..., 2])
    assert (after[1::2, ..., 2] > 50 * before[1::2, ..., 2]).all()
