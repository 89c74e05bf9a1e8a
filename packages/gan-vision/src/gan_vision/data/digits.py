"""The 1,797 real handwritten digits that come with the package (UCI, 8x8, 10 classes); see digits_attribution.txt."""

from __future__ import annotations

from importlib import resources

import numpy as np

from gan_core.images.decode import check_channels, convert_channels
from gan_core.images.resize import resize_image
from gan_vision.data.examples import Examples
from gan_vision.data.row_choice import choose_rows

CLASS_NAMES = tuple("0123456789")


def load_digits(
    *,
    size: int | tuple[int, int] = 8,
    channels: int | None = 1,
    fit: str = "center_crop",
    limit: int | None = None,
    seed: int = 0,
) -> Examples:
    """The digits, white on black, labelled 0..9: 0..16 is scaled to 0..255, then enlarged bicubically.

    Args:
        size: int or (height, width), pixels; 8 is the original.
        channels: 1 (or None, as they are), 3 with equal channels, or 4 with an opaque one more.
        fit: as in `resize_image`.
        limit: int, how many to draw, by `seed`.
        seed: int.

    Returns:
        Examples of 1,797 pictures, uint8 (n, height, width, channels), and classes.

    Example:
        >>> load_digits(size=32).images.shape
        (1797, 32, 32, 1)
    """
    channels = 1 if channels is None else channels
    check_channels(channels, opacity=True)
    with resources.files("gan_vision.data").joinpath("digits.npz").open("rb") as file:
        archive = np.load(file, allow_pickle=False)
        images, labels = archive["images"], archive["labels"]
    rows = choose_rows(len(images), limit, seed)
    bright = np.round(images[rows].astype(np.float64) * (255 / 16)).astype(np.uint8)[..., None]
    # "pad" fills with the background of these pictures, which is black.
    resized = np.stack([resize_image(image, size, fit=fit, background=(0, 0, 0)) for image in bright])
    return Examples.of_images(convert_channels(resized, channels), labels[rows], CLASS_NAMES, name="digits")
