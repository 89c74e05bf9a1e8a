"""Sheets: many small pictures as one, with their names printed beside them. Imports no TensorFlow."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.files import whole_file
from gan_core.images.background import over, over_checkerboard

Color = int | tuple[int, int, int]
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF",
           ".tif": "TIFF", ".tiff": "TIFF"}
WITH_OPACITY = ("PNG", "WEBP", "TIFF")  # formats that know it
TEXT, LINE = 12, 15  # pixels: size of letters, height of a line
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
               padding: int = 2, background: Color = 255, scale: int = 1, labels: Sequence[str] | None = None,
               label_lines: int = 1, captions: Sequence[str] | None = None, row_names: Sequence[str] | None = None,
               column_names: Sequence[str] | None = None, keep_opacity: bool = False) -> np.ndarray:
    """Images side by side, row by row; the rest of the last row is background.

    Args:
        images: (n, height, width) or (n, height, width, 1, 3 or 4); uint8, or numbers in `value_range`. n need not be a
            square. With opacity, the fourth channel, they are laid over a checkerboard in two grays.
        columns: int >= 1; default: the smallest square that holds all images, never more than n.
        value_range: (low, high) of images that are not uint8.
        padding: int >= 0, pixels of background around and between the images, not scaled.
        background: 0..255, or (red, green, blue) of 0..255 for colour images.
        scale: int >= 1, every pixel becomes scale x scale pixels (nearest neighbour: no smoothing).
        labels: n texts, one under each image, in the width of the image.
        label_lines: int >= 1, so many lines a label may take before it is cut.
        captions: a text for each row, under it, over its whole width and as many lines as it takes.
        row_names: a text for each row, at its left.
        column_names: a text for each column, above it, cut to its width.
        keep_opacity: whether images with opacity keep it. What is not covered by them is then transparent.

    Returns:
        uint8 (H, W) for gray, (H, W, 3) for colour, or (H, W, 4) with `keep_opacity`. Without texts
        H = rows · (height · scale + padding) + padding; texts add lines of 15 pixels, and room at the left for
        `row_names`.

    Raises:
        ConfigError: an option out of range, `value_range` missing, or another number of texts.
        DataError: no image, a shape that is none of the above, or values that are not finite.

    Example:
        >>> grid = image_grid(generator.predict(z), value_range=(-1, 1))
        >>> grid = image_grid(triples, 3, column_names=("label map", "photo", "generated"), captions=texts)
    """
    images = _as_bytes(images, value_range)
    for name, value, least in (("columns", columns, 1), ("padding", padding, 0), ("scale", scale, 1),
                               ("label_lines", label_lines, 1)):
        if value is not None and (not isinstance(value, int | np.integer) or value < least):
            raise ConfigError(f"`{name}` must be a whole number of at least {least}. Received: {name}={value!r}.")
    images = images.repeat(scale, axis=1).repeat(scale, axis=2)
    if not keep_opacity:
        images = over_checkerboard(images)
    count, height, width, channels = images.shape
    color = np.atleast_1d(background)
    if color.shape not in {(1,), (min(channels, 3),)} or color.min() < 0 or color.max() > 255:
        raise ConfigError(f"`background` must be 0..255{' or a triple of them' if channels >= 3 else ''}. "
                          f"Received: background={background!r}.")

    columns = int(min(count, math.isqrt(count - 1) + 1 if columns is None else columns))
    rows = -(-count // columns)
    for name, texts, expected in (("labels", labels, count), ("captions", captions, rows),
                                  ("row_names", row_names, rows), ("column_names", column_names, columns)):
        if texts is not None and len(texts) != expected:
            raise ConfigError(f"`{name}` must hold {expected} texts for {count} images in {columns} columns. "
                              f"Received: {len(texts)}.")
    # Where rows and columns begin, between the lines of text.
    margin = max(map(_width, row_names), default=0) + padding if row_names else 0
    lefts = [margin + padding + column * (width + padding) for column in range(columns)]
    total_width = lefts[-1] + width + padding
    named = [_lines(text, width, label_lines) for text in labels or ()]
    below = LINE * max(map(len, named), default=0)  # of each row, for the labels
    wrapped = [_lines(text, total_width - lefts[0] - padding) for text in captions or [""] * rows]
    tops, top = [], padding + (LINE if column_names else 0)
    for lines in wrapped:
        tops.append(top)
        top += height + below + LINE * len(lines) + padding
    grid = np.empty((top, total_width, channels), np.uint8)
    grid[..., :3], grid[..., 3:] = color, 0
    for index, image in enumerate(images):
        top, left = tops[index // columns], lefts[index % columns]
        grid[top:top + height, left:left + width] = image
    texts = [(left, padding, _cut(text, width)) for left, text in zip(lefts, column_names or (), strict=False)]
    texts += [(padding, top + (height - LINE) // 2, text) for top, text in zip(tops, row_names or (), strict=False)]
    texts += [(lefts[index % columns], tops[index // columns] + height + LINE * number, line)
              for index, lines in enumerate(named) for number, line in enumerate(lines)]
    texts += [(lefts[0], top + height + below + LINE * number, line)
              for top, lines in zip(tops, wrapped, strict=True) for number, line in enumerate(lines)]
    grid = grid[..., 0] if channels == 1 else grid
    return _written(grid, texts, dark=float(color.mean()) > 127) if texts else grid


def save_image_grid(path: str | Path, images, columns: int | None = None, *,
                    value_range: tuple[float, float] | None = None, scale: int | None = None, **options) -> Path:
    """Write `image_grid(images, ...)` to a file that appears complete or not at all.

    Args:
        path: file to write; its suffix, one of FORMATS, decides the format. Missing folders are made.
        images: as in `image_grid`.
        columns: as in `image_grid`.
        value_range: as in `image_grid`.
        scale: int >= 1; default: as much as makes the shorter side of an image at least 64 pixels.
        **options: further options of `image_grid`: padding, background, keep_opacity, and the texts.

    Returns:
        The path.

    Raises:
        ConfigError: another suffix, a picture too large for its format, or as `image_grid`.
        DataError: as `image_grid`.

    Example:
        >>> save_image_grid("samples/step-001000.png", images, value_range=(-1, 1))
    """
    path = check_suffix(Path(path), FORMATS)
    images = _as_bytes(images, value_range)
    if scale is None:
        scale = -(-TINY // min(TINY, *images.shape[1:3]))
    return save_picture(path, image_grid(images, columns, scale=scale, **options))


def save_picture(path: str | Path, picture: np.ndarray) -> Path:
    """Write one picture to a file that appears complete or not at all.

    Args:
        path: as in `save_image_grid`.
        picture: uint8 (height, width), (height, width, 3), or (height, width, 4) with opacity, which is laid over white
            in formats that know none (.jpg, .bmp, .gif).

    Raises:
        ConfigError: another suffix, or a picture too large for its format.
    """
    from PIL import Image

    path = check_suffix(Path(path), FORMATS)
    if picture.shape[2:] == (4,) and FORMATS[path.suffix.lower()] not in WITH_OPACITY:
        picture = over(picture)
    image = Image.fromarray(picture)
    with whole_file(path) as file:
        try:
            image.save(file, format=FORMATS[path.suffix.lower()])
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk, not the picture
                raise
            raise ConfigError(f"cannot write {path}: {error}. Found: a picture of {image.width} x {image.height} "
                              "pixels. Use .png, or fewer samples.") from error
    return path


def side_by_side(pictures: Sequence[np.ndarray], *, gap: int = 16, background: int = 255) -> np.ndarray:
    """Pictures of any sizes in one row, aligned at the top.

    Args:
        pictures: uint8 (height, width) or (height, width, 3) each; gray ones become colour beside colour. Those with
            opacity, (height, width, 4), are laid over a checkerboard.
        gap: pixels between them.
        background: 0..255, of the gaps and of what lies below smaller pictures.

    Raises:
        DataError: no picture.
    """
    if not pictures:
        raise DataError("there is no picture to lay side by side. Expected: at least one.")
    pictures = [over_checkerboard(picture) if picture.ndim == 3 else picture for picture in pictures]
    if any(picture.ndim == 3 for picture in pictures):
        pictures = [np.repeat(picture[..., None], 3, axis=-1) if picture.ndim == 2 else picture for picture in pictures]
    height = max(len(picture) for picture in pictures)
    parts = []
    for picture in pictures:
        room = np.full((height, picture.shape[1], *picture.shape[2:]), background, np.uint8)
        room[:len(picture)] = picture
        parts += [room, np.full((height, gap, *picture.shape[2:]), background, np.uint8)]
    return np.concatenate(parts[:-1], axis=1)


def check_suffix(path: Path, known: Iterable[str]) -> Path:
    """The path, if it ends in one of `known`, small or capital.

    Raises:
        ConfigError: it does not.
    """
    if path.suffix.lower() not in known:
        raise ConfigError(f"`path` must end in a picture format. Received: path={str(path)!r}. Use {', '.join(known)}.")
    return path


def _as_bytes(images, value_range: tuple[float, float] | None) -> np.ndarray:
    """The images as uint8 (n, height, width, 1, 3 or 4)."""
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4) or 0 in images.shape:
        raise DataError("images must have the shape (n, height, width) or (n, height, width, 1, 3 or 4) with n >= 1. "
                        f"Found: {images.shape}. For a single image pass `image[None]`.")
    if value_range is not None:
        return to_uint8(images, value_range)
    if images.dtype != np.uint8:
        raise ConfigError(f"`value_range` is needed for images that are not uint8. Received: dtype={images.dtype}, "
                          "value_range=None. Pass the range that the model declares, e.g. (-1, 1).")
    return images


@functools.cache
def _font():
    from PIL import ImageFont

    return ImageFont.load_default(TEXT)


def _width(text: str) -> int:
    return math.ceil(_font().getlength(text))


def _cut(text: str, width: int) -> str:
    """The text, cut with "..." to so many pixels."""
    text = " ".join(text.split())
    if _width(text) <= width:
        return text
    while text and _width(text + "...") > width:
        text = text[:-1]
    return text.rstrip() + "..." if text else ""


def _lines(text: str, width: int, most: int | None = None) -> list[str]:
    """The words in lines of at most so many pixels, and at most `most` lines, the last one cut."""
    lines: list[str] = []
    for part in text.split("\n"):
        begun = len(lines)
        for word in part.split():
            if len(lines) > begun and _width(f"{lines[-1]} {word}") <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
    if most is not None and len(lines) > most:
        lines[most - 1:] = [" ".join(lines[most - 1:])]
    return [_cut(line, width) for line in lines]


def _written(grid: np.ndarray, texts: Iterable[tuple[int, int, str]], *, dark: bool) -> np.ndarray:
    from PIL import Image, ImageDraw

    picture = Image.fromarray(grid)
    pen, ink = ImageDraw.Draw(picture), 0 if dark else 255
    for left, top, text in texts:
        pen.text((left, top), text, fill=ink if grid.ndim == 2 else (ink, ink, ink, 255)[:grid.shape[2]], font=_font())
    return np.asarray(picture)
