import keras
import numpy as np
import pytest

from gan_core.testing import check_layer
from gan_vision.layers import ReflectionPadding2D


@pytest.mark.parametrize(("padding", "shape"), [(1, (4, 6, 2)), (3, (4, 5, 1))])
def test_it_keeps_the_contract_of_layers(padding, shape):
    height, width, channels = shape
    check_layer(lambda: ReflectionPadding2D(padding), inputs=shape, counts=(0, 0),
                output=(height + 2 * padding, width + 2 * padding, channels))


def test_the_border_is_a_mirror_that_is_not_repeated():
    picture = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], "float32")[None, :, :, None]
    padded = ReflectionPadding2D(2)(picture)[0, :, :, 0]
    np.testing.assert_array_equal(padded[2], [3, 2, 1, 2, 3, 2, 1])
    np.testing.assert_array_equal(padded[:, 2], [7, 4, 1, 4, 7, 4, 1])
    np.testing.assert_array_equal(padded[0], [9, 8, 7, 8, 9, 8, 7])


def test_a_free_axis_stays_free():
    assert ReflectionPadding2D(2)(keras.Input((None, 8, 3))).shape == (None, None, 12, 3)


@pytest.mark.parametrize("padding", [0, -1, 1.5, True])
def test_a_bad_padding_is_refused(padding):
    with pytest.raises(ValueError, match=f"`padding` must be a positive whole number. Received: padding={padding}"):
        ReflectionPadding2D(padding)


def test_a_side_that_cannot_be_mirrored_is_refused():
    with pytest.raises(ValueError, match=r"longer than `padding`. Received: sides=\(8, 3\), padding=3"):
        ReflectionPadding2D(3)(np.zeros((1, 8, 3, 1), "float32"))
