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


# ---------------------------------------------------------------------------------------------- opacity


def square(color=(255, 0, 0), hidden=(0, 0, 0)):
    """A square of one colour in the middle of a picture that is transparent around it."""
    image = np.zeros((16, 16, 4), np.uint8)
    image[..., :3] = hidden
    image[4:12, 4:12] = (*color, 255)
    return image


@pytest.mark.parametrize("hidden", [(0, 0, 0), (0, 255, 0)])
@pytest.mark.parametrize("size", [8, 5, 40])
def test_nothing_of_what_is_hidden_comes_through(hidden, size):
    small = resize_image(square(hidden=hidden), size)
    seen = small[..., 3] > 0
    assert seen.any()
    assert (small[seen][:, :3] == (255, 0, 0)).all()
    assert (small[~seen][:, :3] == 255).all()


def test_opacity_is_resized_like_a_gray_picture():
    image = square()
    image[..., 3] = 64 + image[..., 3] // 2  # nothing to clip
    assert np.abs(resize_image(image, 8)[..., 3].astype(int) - resize_image(image[..., 3:], 8)[..., 0]).max() <= 1


def test_colours_mix_by_how_visible_they_are():
    """Red that is opaque over blue that is visible to a third: three parts of red and one of blue, visible to two thirds."""
    image = np.zeros((2, 2, 4), np.uint8)
    image[0], image[1] = (255, 0, 0, 255), (0, 0, 255, 85)
    (pixel,), = resize_image(image, 1).tolist()
    assert pixel == [191, 0, 64, 170]


@pytest.mark.parametrize("fit", ["center_crop", "stretch"])
def test_an_opaque_picture_comes_out_as_it_does_without_opacity(fit):
    image = photo()
    opaque = np.concatenate([image, np.full((40, 56, 1), 255, np.uint8)], -1)
    found = resize_image(opaque, 16, fit=fit)
    assert np.array_equal(found[..., :3], resize_image(image, 16, fit=fit))
    assert (found[..., 3] == 255).all()


def test_padding_of_a_picture_with_opacity_is_transparent():
    found = resize_image(np.full((4, 8, 4), 9, np.uint8), 8, fit="pad", background="black")
    assert found[0, 0].tolist() == [255, 255, 255, 0]
    assert found[4, 4].tolist() == [9, 9, 9, 9]


def test_padding_may_be_a_checkerboard():
    found = resize_image(np.zeros((16, 32, 3), np.uint8), 16, fit="pad", background="checker")
    assert found[0, :4, 0].tolist() == [204, 204, 153, 153]


def test_by_area_every_pixel_is_the_mean_of_what_it_covers():
    """Three pixels become two: the middle one counts half for each."""
    row = np.array([[0, 90, 240]], np.uint8)[..., None]
    assert resize_image(row, (1, 2), fit="stretch", method="area")[0, :, 0].tolist() == [30, 190]
    assert resize_image(row, (1, 1), fit="stretch", method="area").item() == 110


def test_an_unknown_method_is_refused():
    with pytest.raises(ConfigError, match=r"method.*'nearest'"):
        resize_image(photo(), 8, method="nearest")
