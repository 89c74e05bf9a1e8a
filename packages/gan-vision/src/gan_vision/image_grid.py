"""Sheets of many small pictures, as one picture. Imports no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.files import whole_file

Color = int | tuple[int, int, int]
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF",
           ".tif": "TIFF", ".tiff": "TIFF"}
TINY = 64  # pixels: smaller pictures are enlarged in files, where a viewer would show them as stamps


def to_uint8(images, value_range: tuple[float, float]) -> np.ndarray:
    """Numbers in `value_range` as bytes: round(255 (x - low) / (high - low)), clipped to 0..255.

    Args:
        images: array or tensor of numbers, any shape. Values outside `value_range` are clipped.
        value_range: (low, high), the range that the model declares.

    Returns:
        uint8, the same shape.

    Raises:
        ConfigError: low is not below high, or the images are bytes already.
        DataError: a value is not finite.

    Example:
        >>> to_uint8([-1.0, 0.0, 1.0], (-1, 1))
        array([  0, 128, 255], dtype=uint8)
    """
    low, high = value_range
    if not low < high:
        raise ConfigError(f"`value_range` must be (low, high) with low < high. Received: value_range={value_range}.")
    images = np.asarray(images)
    if images.dtype == np.uint8 and tuple(value_range) != (0, 255):
        raise ConfigError(f"`value_range` does not apply to images that are bytes already. Received: dtype=uint8, "
                          f"value_range={value_range}. Leave `value_range` out.")
    images = images.astype(np.float64)
    if not np.isfinite(images).all():
        raise DataError(f"images must be finite. Found: {np.count_nonzero(~np.isfinite(images))} of {images.size} "
                        "values are NaN or infinite. The generator has diverged; use an earlier checkpoint.")
    return np.clip(np.rint(255.0 * (images - low) / (high - low)), 0, 255).astype(np.uint8)


def image_grid(images, columns: int | None = None, *, value_range: tuple[float, float] | None = None,
               padding: int = 2, background: Color = 255, scale: int = 1) -> np.ndarray:
    """Images side by side, row by row; the rest of the last row is background.

    Args:
        images: (n, height, width), (n, height, width, 1) or (n, height, width, 3); uint8, or numbers in `value_range`.
            n need not be a square.
        columns: int >= 1; default: the smallest square that holds all images, never more than n.
        value_range: (low, high) of images that are not uint8.
        padding: int >= 0, pixels of background around and between the images, not scaled.
        background: 0..255, or (red, green, blue) of 0..255 for colour images.
        scale: int >= 1, every pixel becomes scale x scale pixels (nearest neighbour: no smoothing).

    Returns:
        uint8 (H, W) for gray or (H, W, 3) for colour, with H = rows · (height · scale + padding) + padding.

    Raises:
        ConfigError: an option out of range, or `value_range` missing.
        DataError: no image, a shape that is none of the above, or values that are not finite.

    Example:
        >>> grid = image_grid(generator.predict(z), value_range=(-1, 1))
    """
    images = _as_bytes(images, value_range)
    for name, value, least in (("columns", columns, 1), ("padding", padding, 0), ("scale", scale, 1)):
        if value is not None and (not isinstance(value, int | np.integer) or value < least):
            raise ConfigError(f"`{name}` must be a whole number of at least {least}. Received: {name}={value!r}.")
    count, _, _, channels = images.shape
    color = np.atleast_1d(background)
    if color.shape not in {(1,), (channels,)} or color.min() < 0 or color.max() > 255:
        raise ConfigError(f"`background` must be 0..255{' or a triple of them' if channels == 3 else ''}. "
                          f"Received: background={background!r}.")

    columns = int(min(count, math.isqrt(count - 1) + 1 if columns is None else columns))
    rows = -(-count // columns)
    images = images.repeat(scale, axis=1).repeat(scale, axis=2)
    height, width = images.shape[1] + padding, images.shape[2] + padding
    grid = np.empty((rows * height + padding, columns * width + padding, channels), np.uint8)
    grid[:] = color
    for index, image in enumerate(images):
        top, left = padding + index // columns * height, padding + index % columns * width
        grid[top : top + image.shape[0], left : left + image.shape[1]] = image
    return grid[..., 0] if channels == 1 else grid


def save_image_grid(path: str | Path, images, columns: int | None = None, *,
                    value_range: tuple[float, float] | None = None, padding: int = 2, background: Color = 255,
                    scale: int | None = None) -> Path:
    """Write `image_grid(images, ...)` to a file that appears complete or not at all.

    Args:
        path: file to write; its suffix, one of FORMATS, decides the format. Missing folders are made.
        images: as in `image_grid`.
        columns: as in `image_grid`.
        value_range: as in `image_grid`.
        padding: as in `image_grid`.
        background: as in `image_grid`.
        scale: int >= 1; default: as much as makes the shorter side of an image at least 64 pixels.

    Returns:
        The path.

    Raises:
        ConfigError: another suffix, a picture too large for its format, or as `image_grid`.
        DataError: as `image_grid`.

    Example:
        >>> save_image_grid("samples/step-001000.png", images, value_range=(-1, 1))
    """
    from PIL import Image

    path = check_suffix(Path(path), FORMATS)
    images = _as_bytes(images, value_range)
    if scale is None:
        scale = -(-TINY // min(TINY, *images.shape[1:3]))
    picture = Image.fromarray(image_grid(images, columns, padding=padding, background=background, scale=scale))

    with whole_file(path) as file:
        try:
            picture.save(file, format=FORMATS[path.suffix.lower()])
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk, not the picture
                raise
            raise ConfigError(f"cannot write {path}: {error}. Found: a picture of {picture.width} x {picture.height} "
                              "pixels. Use .png, or fewer samples.") from error
    return path


def check_suffix(path: Path, known: Iterable[str]) -> Path:
    """The path, if it ends in one of `known`, small or capital.

    Raises:
        ConfigError: it does not.
    """
    if path.suffix.lower() not in known:
        raise ConfigError(f"`path` must end in a picture format. Received: path={str(path)!r}. Use {', '.join(known)}.")
    return path


def _as_bytes(images, value_range: tuple[float, float] | None) -> np.ndarray:
    """The images as uint8 (n, height, width, 1 or 3)."""
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise DataError("images must have the shape (n, height, width), (n, height, width, 1) or (n, height, width, 3) "
                        f"with n >= 1. Found: {images.shape}. For a single image pass `image[None]`.")
    if value_range is not None:
        return to_uint8(images, value_range)
    if images.dtype != np.uint8:
        raise ConfigError(f"`value_range` is needed for images that are not uint8. Received: dtype={images.dtype}, "
                          "value_range=None. Pass the range that the model declares, e.g. (-1, 1).")
    return images
