import numpy as np

from gan_core.testing import check_layer
from gan_vision.layers import LearnedBasis


def test_it_keeps_the_contract_of_layers():
    check_layer(lambda: LearnedBasis(4), inputs=(3,), output=(4, 4, 3), counts=(48, 0))


def test_every_channel_is_its_picture_times_its_weight():
    layer = LearnedBasis(2)
    layer.build((None, 2))
    layer.basis.assign(np.arange(8, dtype="float32").reshape(2, 2, 2))
    found = np.asarray(layer(np.array([[2.0, -1.0]], "float32")))
    np.testing.assert_array_equal(found[0, ..., 0], [[0, 4], [8, 12]])
    np.testing.assert_array_equal(found[0, ..., 1], [[-1, -3], [-5, -7]])
