"""Images at another size: bicubic, antialiased, with three ways to treat another aspect."""

from __future__ import annotations

import numpy as np
from PIL import Image

from gan_core.errors import ConfigError, choose
from gan_core.images.decode import WHITE, convert_channels

FITS = {"center_crop": min, "stretch": None, "pad": max}


def image_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """(height, width) of a size that may be one number."""
    pair = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(pair) != 2 or any(not isinstance(side, int | np.integer) or not 1 <= side <= 16_384 for side in pair):
        raise ConfigError(f"`size` must be a whole number of pixels (1..16384) or a pair (height, width). "
                          f"Received: size={size!r}.")
    return int(pair[0]), int(pair[1])


def resize_image(
    image: np.ndarray,
    size: int | tuple[int, int],
    *,
    fit: str = "center_crop",
    background: tuple[int, int, int] = WHITE,
) -> np.ndarray:
    """The image at another size: bicubic, with antialiasing when it shrinks.

    Args:
        image: uint8 (H, W, 1 or 3).
        size: int, or (height, width), in pixels.
        fit: "center_crop" fills the size and cuts what is too long, "stretch" ignores the aspect,
            "pad" keeps all of the picture and fills the rest with `background`.
        background: RGB, 0..255.

    Returns:
        uint8 (height, width, channels); the input itself if it already has the size.

    Example:
        >>> resize_image(np.zeros((600, 800, 3), np.uint8), 64).shape
        (64, 64, 3)
    """
    choose("fit", fit, FITS)
    height, width = image_size(size)
    rows, columns, channels = image.shape
    if (rows, columns) == (height, width):
        return image
    target, box = (width, height), (0.0, 0.0, float(columns), float(rows))
    if fit == "center_crop":  # one resampling of the centred part that has the wanted aspect
        scale = min(columns / width, rows / height)
        left, top = (columns - width * scale) / 2, (rows - height * scale) / 2
        box = (max(left, 0.0), max(top, 0.0), min(left + width * scale, columns), min(top + height * scale, rows))
    elif fit == "pad":
        scale = max(columns / width, rows / height)
        target = (max(1, round(columns / scale)), max(1, round(rows / scale)))
    picture = Image.fromarray(image if channels == 3 else image[..., 0])
    small = np.asarray(picture.resize(target, Image.Resampling.BICUBIC, box=box))
    small = small.reshape(target[1], target[0], channels)
    if small.shape[:2] == (height, width):
        return small
    canvas = np.empty((height, width, channels), np.uint8)
    canvas[:] = convert_channels(np.asarray(background, np.uint8).reshape(1, 1, 3), channels)
    top, left = (height - target[1]) // 2, (width - target[0]) // 2
    canvas[top : top + target[1], left : left + target[0]] = small
    return canvas
