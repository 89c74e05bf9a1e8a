"""gan_vision.data.digits: the digits that come with the package are the published ones."""

from importlib import resources

import numpy as np
import pytest
from PIL import Image

from gan_vision.data import load_digits


def test_the_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    expected, digits = datasets.load_digits(), load_digits()
    assert np.array_equal(digits.images[..., 0], np.round(expected.images * 255 / 16))
    assert np.array_equal(digits.labels, expected.target)


def test_there_are_1797_images_of_ten_classes():
    digits = load_digits(size=8)
    assert digits.images.shape == (1797, 8, 8, 1)
    assert np.bincount(digits.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.class_names == tuple("0123456789")


def test_values_use_the_whole_range():
    assert (load_digits().images.min(), load_digits().images.max()) == (0, 255)


@pytest.mark.parametrize("size", [16, 32, (28, 24)])
def test_enlarging_is_pillows_bicubic(size):
    height, width = (size, size) if isinstance(size, int) else size
    digits = load_digits(size=size, fit="stretch")
    original = Image.fromarray(load_digits().images[7, ..., 0])
    assert np.array_equal(digits.images[7, ..., 0], np.asarray(original.resize((width, height), Image.Resampling.BICUBIC)))


def test_three_channels_are_equal():
    digits = load_digits(channels=3)
    assert digits.images.shape == (1797, 8, 8, 3)
    assert np.array_equal(digits.images, np.repeat(load_digits().images, 3, axis=-1))


def test_padding_is_black():
    assert (load_digits(size=(8, 16), fit="pad").images[:, :, :4] == 0).all()


def test_a_limit_keeps_labels_with_their_images():
    few, all_digits = load_digits(limit=50, seed=2), load_digits()
    places = [np.flatnonzero((all_digits.images == image).all(axis=(1, 2, 3)))[0] for image in few.images]
    assert np.array_equal(few.labels, all_digits.labels[places])


def test_the_attribution_is_shipped():
    text = resources.files("gan_vision.data").joinpath("digits_attribution.txt").read_text(encoding="utf-8")
    for part in ("E. Alpaydin", "C. Kaynak", "1998", "CC BY 4.0", "Optical Recognition of Handwritten Digits"):
        assert part in text


def test_the_fourth_channel_is_opaque():
    digits = load_digits(channels=4)
    assert digits.images.shape == (1797, 8, 8, 4)
    assert (digits.images[..., 3] == 255).all()
    assert np.array_equal(digits.images[..., :3], load_digits(channels=3).images)
