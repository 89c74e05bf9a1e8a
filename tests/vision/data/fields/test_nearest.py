"""gan_vision.data.fields.nearest: the pixels that Pillow's nearest filter takes, from the part that a photo shows."""

import numpy as np
import pytest
from PIL import Image

from gan_core.images.resize import resize_image
from gan_vision.data.fields.nearest import resize_nearest


@pytest.mark.parametrize(("shape", "size"), [((12, 20), (6, 10)), ((7, 9), (14, 18)), ((10, 10), (3, 7)), ((3, 5), (8, 4))])
def test_stretching_takes_the_pixels_that_pillow_takes(shape, size):
    ids = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    expected = np.asarray(Image.fromarray(ids).resize(size[::-1], Image.Resampling.NEAREST))
    assert np.array_equal(resize_nearest(ids, size, fit="stretch"), expected)


@pytest.mark.parametrize("fit", ["center_crop", "stretch", "pad"])
@pytest.mark.parametrize(("shape", "size"), [((16, 32), 8), ((32, 16), 8), ((16, 32), (8, 24))])
def test_a_map_stays_aligned_with_its_photo(fit, shape, size):
    """Both show one half dark and one bright: the boundary lies at the same place."""
    ids = np.zeros(shape, np.uint8)
    ids[shape[0] // 2:] = 1
    photo = resize_image(ids[..., None] * 255, size, fit=fit, background=(0, 0, 0))[..., 0]
    assert np.array_equal(resize_nearest(ids, size, fit=fit), photo > 127)


def test_sixteen_bits_are_kept():
    assert resize_nearest(np.array([[26001, 26002]], np.uint16), (1, 4), fit="stretch").tolist() == [[26001, 26001, 26002, 26002]]
