"""gan_core.images.resize: the size asked for, the proportions kept, and no aliasing."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError
from gan_core.images import resize_image


def photo(height=40, width=56, seed=0) -> np.ndarray:
    """A smooth colour picture with some noise."""
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (height + width)], -1)
    return np.clip(base + np.random.default_rng(seed).normal(0, 6, base.shape), 0, 255).astype(np.uint8)


def test_an_image_of_the_right_size_is_returned_unchanged():
    image = photo(32, 32)
    assert resize_image(image, 32) is image


@pytest.mark.parametrize("fit", ["center_crop", "stretch", "pad"])
@pytest.mark.parametrize("shape", [(40, 56, 3), (56, 40, 1), (1, 300, 3), (7, 7, 1)])
@pytest.mark.parametrize("size", [16, (20, 12), 64])
def test_every_fit_gives_the_size_asked_for(shape, size, fit):
    image = np.full(shape, 77, np.uint8)
    height, width = (size, size) if isinstance(size, int) else size
    result = resize_image(image, size, fit=fit)
    assert result.shape == (height, width, shape[2])
    assert result.dtype == np.uint8
    if fit != "pad":
        assert (result == 77).all()


def test_center_crop_keeps_the_middle_and_the_aspect():
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 10:20] = 200
    assert (resize_image(image, 10) == 200).all()


def test_center_crop_equals_resizing_the_shorter_side_and_cutting():
    image = photo(40, 80)
    expected = np.asarray(Image.fromarray(image).resize((32, 16), Image.Resampling.BICUBIC))[:, 8:24]
    assert np.abs(resize_image(image, 16).astype(int) - expected).max() <= 1


def test_stretch_uses_the_whole_picture():
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 15:] = 255
    result = resize_image(image, 10, fit="stretch")
    assert (result[:, :4] == 0).all()
    assert (result[:, 6:] == 255).all()


def test_pad_centres_the_picture_on_the_background():
    image = np.zeros((10, 20, 3), np.uint8)
    result = resize_image(image, 20, fit="pad", background=(9, 8, 7))
    assert (result[5:15] == 0).all()
    assert (result[:5] == (9, 8, 7)).all()
    assert (result[15:] == (9, 8, 7)).all()


def test_shrinking_is_antialiased():
    stripes = np.zeros((64, 64, 1), np.uint8)
    stripes[:, ::2] = 255  # a point sampler would see only one of the two colours
    assert np.abs(resize_image(stripes, 16)[:, 2:-2].astype(int) - 127.5).max() < 2


BAD_SIZES = [None, 0, -3, 2.5, "64", (3,), (1, 2, 3), (0, 5), 20_000]


@pytest.mark.parametrize("size", BAD_SIZES)
def test_a_wrong_size_is_refused(size):
    with pytest.raises(ConfigError, match="`size` must be a whole number of pixels"):
        resize_image(photo(), size)


def test_an_unknown_fit_lists_the_choices():
    with pytest.raises(ConfigError, match=r"unknown fit. Received: 'crop'.*center_crop, pad, stretch"):
        resize_image(photo(), 8, fit="crop")
