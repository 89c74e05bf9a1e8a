"""Images at another size: antialiased, with three ways to treat another aspect; opacity without fringes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from gan_core.errors import ConfigError, choose
from gan_core.images.background import WHITE, Background, ground
from gan_core.images.decode import convert_channels

Box = tuple[float, float, float, float]
Resample = Callable[[np.ndarray, tuple[int, int], Box], np.ndarray]

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
    background: Background = WHITE,
    method: str = "bicubic",
) -> np.ndarray:
    """The image at another size, with antialiasing when it shrinks.

    With opacity each pixel counts as much as it is visible (premultiplied), so that what hides under transparent parts
    leaves no fringe; where nothing is visible the result is white.

    Args:
        image: uint8 (H, W, 1, 3 or 4), the fourth channel is opacity.
        size: int, or (height, width), in pixels.
        fit: "center_crop" fills the size and cuts what is too long, "stretch" ignores the aspect,
            "pad" keeps all of the picture and fills the rest with `background`, or with nothing where there is opacity.
        background: as in `decode_image`.
        method: "bicubic", or "area": every new pixel is the mean of what it covers.

    Returns:
        uint8 (height, width, channels); the input itself if it already has the size.

    Example:
        >>> resize_image(np.zeros((600, 800, 3), np.uint8), 64).shape
        (64, 64, 3)
    """
    choose("fit", fit, FITS)
    resample = choose("method", method, METHODS)
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
    small = _resampled(image, target, box, resample)
    if small.shape[:2] == (height, width):
        return small
    canvas = np.empty((height, width, channels), np.uint8)
    canvas[:] = (255, 255, 255, 0) if channels == 4 else convert_channels(ground(background, height, width), channels)
    top, left = (height - target[1]) // 2, (width - target[0]) // 2
    canvas[top : top + target[1], left : left + target[0]] = small
    return canvas


def _resampled(image: np.ndarray, target: tuple[int, int], box: Box, resample: Resample) -> np.ndarray:
    """The part `box` (left, top, right, bottom) of an image at the size `target` (width, height)."""
    if image.shape[-1] == 4:
        return _resampled_with_opacity(image, target, box, resample)
    return resample(image, target, box)


def _resampled_with_opacity(image: np.ndarray, target: tuple[int, int], box: Box, resample: Resample) -> np.ndarray:
    if image[..., 3].min() == 255:  # exactly what it is without opacity
        return convert_channels(resample(np.ascontiguousarray(image[..., :3]), target, box), 4)
    # In floats: 8 bits would leave few colours where little is visible.
    share = image[..., 3:].astype(np.float32) / 255
    planes = np.concatenate([image[..., :3] * share, share], axis=-1)
    small = np.concatenate([resample(planes[..., plane:plane + 1], target, box) for plane in range(4)], axis=-1)
    opacity = np.clip(np.rint(small[..., 3:] * 255), 0, 255)
    visible = opacity > 0  # only there may one divide
    color = np.where(visible, small[..., :3] / np.where(visible, small[..., 3:], 1), 255)
    return np.concatenate([np.clip(np.rint(color), 0, 255), opacity], axis=-1).astype(np.uint8)


def _bicubic(image: np.ndarray, target: tuple[int, int], box: Box) -> np.ndarray:
    """Pillow's filter, of one channel or of three; the type stays."""
    picture = Image.fromarray(image if image.shape[-1] == 3 else np.ascontiguousarray(image[..., 0]))
    return np.asarray(picture.resize(target, Image.Resampling.BICUBIC, box=box)).reshape(*target[::-1], image.shape[-1])


def _area(image: np.ndarray, target: tuple[int, int], box: Box) -> np.ndarray:
    """Means over areas, of a pixel that is covered in part by that part (Pillow's box filter takes it or leaves it)."""
    left, top, right, bottom = box
    rows, columns = _shares(image.shape[0], top, bottom, target[1]), _shares(image.shape[1], left, right, target[0])
    means = np.einsum("ih,hwc,jw->ijc", rows, image.astype(np.float64), columns, optimize=True)
    return np.rint(means).astype(np.uint8) if image.dtype == np.uint8 else means.astype(image.dtype)


def _shares(length: int, begin: float, end: float, count: int) -> np.ndarray:
    """(count, length): the share of each pixel in each of `count` equal parts of begin..end."""
    edges = np.linspace(begin, end, count + 1)
    pixels = np.arange(length)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.clip(covered, 0, None) / ((end - begin) / count)


METHODS: dict[str, Resample] = {"bicubic": _bicubic, "area": _area}
