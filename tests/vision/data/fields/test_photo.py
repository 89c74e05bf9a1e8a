"""gan_vision.data.fields.photo"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError, DataError
from gan_vision.data.fields import Origin, Photo

ORIGIN = Origin.of_rows("pictures")


def test_bytes_become_floats_in_the_range_of_the_generator():
    found = Photo(1).prepared("real", tf.constant([[[[0], [51], [255]]]], tf.uint8), (-1, 1))["real"]
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found.numpy().ravel(), [-1, -0.6, 1], atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_gray_colour_and_opacity_are_stored_as_bytes(channels):
    values = np.zeros((2, 5, 4, channels), np.uint8)
    assert Photo(channels).checked(values, "real", ORIGIN) is values
    assert Photo(channels).shape((5, 4)) == (5, 4, channels)


@pytest.mark.parametrize("values", [np.zeros((2, 5, 4, 3)), np.zeros((2, 5, 4, 1), np.uint8), np.zeros((5, 4, 3), np.uint8)])
def test_what_is_no_photo_is_refused(values):
    with pytest.raises(DataError, match=r"`real` of pictures must be photos, uint8 \(n, height, width, 3\). Received: "):
        Photo(3).checked(values, "real", ORIGIN)


def test_other_numbers_of_channels_are_refused():
    with pytest.raises(ConfigError, match=r"`channels` must be 1 \(gray\), 3 \(RGB\) or 4 .* Received: channels=2"):
        Photo(2)


def test_floats_are_not_scaled_a_second_time():
    with pytest.raises(ConfigError, match=r"`real` must come as bytes.*Received: dtype=<dtype: 'float32'>. Use batches of"):
        Photo(1).prepared("real", tf.zeros((1, 2, 2, 1)), (-1, 1))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_sheet_gets_photos_as_they_are_and_lays_them_over_a_checkerboard(channels):
    values = np.zeros((2, 5, 4, channels), np.uint8)
    assert Photo(channels).pictures(values) is values


@pytest.mark.parametrize("size", [4, 8])
def test_colours_that_nobody_sees_do_not_come_through_at_another_size(size):
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:, :4] = (200, 0, 0, 255)
    found = Photo(4).resized(picture, size)
    assert (found[..., :3][found[..., 3] > 0] == (200, 0, 0)).all()
    assert (found[..., :3][found[..., 3] == 0] == 255).all()


def test_another_size_keeps_all_channels():
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:4, :, 0], picture[..., 3] = 200, 255
    small = Photo(4).resized(picture, 2)
    assert small.shape == (2, 2, 4)
    assert small[0, 0, 0] > 150 > 50 > small[1, 0, 0]
    assert (small[..., 3] == 255).all()


def test_padding_is_transparent():
    assert Photo(4).resized(np.full((4, 8, 4), 255, np.uint8), 8, fit="pad")[0, 0, 3] == 0
