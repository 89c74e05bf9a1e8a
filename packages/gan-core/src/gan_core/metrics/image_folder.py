"""A folder of image files: every header checked first, every file decoded once, errors that name the file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_core.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
FILTERS = {"bicubic": 3, "box": 4}  # Pillow's Image.Resampling numbers; Pillow itself is imported on use
_GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True)
class ImageFolder:
    """Readable image files below one folder.

    Attributes:
        path: Path.
        files: tuple of Path, sorted by path relative to the folder.
        size: (height, width) if all have one size, else None.
        channels: int, 1 if all are grey, else 3.
    """

    path: Path
    files: tuple[Path, ...]
    size: tuple[int, int] | None
    channels: int

    def blocks(self, rows: np.ndarray, size: int, *, height: int, width: int, channels: int,
               resize_filter: str) -> Iterator[np.ndarray]:
        """Batches uint8 (n, height, width, channels) of the given files.

        Raises:
            DataError: a file cannot be decoded.
        """
        for start in range(0, len(rows), size):
            yield np.stack([_decode(self.files[row], height, width, channels, resize_filter)
                            for row in rows[start:start + size]])


def open_folder(path: Path, *, limit_pixels: int, progress: bool, same_size: bool) -> ImageFolder:
    """Read the header of every image below `path`.

    Args:
        path: the folder.
        limit_pixels: int, larger images are refused.
        progress: bool, show a bar on standard error if it is a terminal.
        same_size: bool, refuse sizes that differ.

    Raises:
        DataError: no image, one that is no image or too large, or (with `same_size`) two sizes.
    """
    from rich.console import Console
    from rich.progress import track

    files = sorted((file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()
                    and not file.name.startswith(".")), key=lambda file: file.relative_to(path).as_posix())
    if not files:
        found = sorted({file.suffix or "no suffix" for file in path.rglob("*") if file.is_file()})[:6]
        raise DataError(f"{path}: no image in this folder. Found: {', '.join(found) or 'no files'}. "
                        f"Expected: {', '.join(SUFFIXES)}.")
    console = Console(stderr=True)
    sizes: dict[tuple[int, int], Path] = {}
    channels = 1
    for file in track(files, f"checking {path}", console=console, transient=True,
                      disable=not (progress and console.is_terminal)):
        size, mode = _header(file, limit_pixels)
        if sizes and size not in sizes and same_size:
            first, example = next(iter(sizes.items()))
            raise DataError(f"{file}: all images must have one size. Found: {size[0]} x {size[1]} (height x width), "
                            f"but {example.name} has {first[0]} x {first[1]}. Bring them to one size with `resize`.")
        sizes.setdefault(size, file)
        channels = channels if mode in _GREY_MODES else 3
    return ImageFolder(path, tuple(files), next(iter(sizes)) if len(sizes) == 1 else None, channels)


def _header(file: Path, limit_pixels: int) -> tuple[tuple[int, int], str]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours
            with Image.open(file) as image:
                (width, height), mode = image.size, image.mode
    except Image.DecompressionBombError as error:
        raise DataError(f"{file}: far too many pixels ({error}). Shrink or remove it.") from error
    except (OSError, ValueError, SyntaxError) as error:
        found = "an empty file" if not file.stat().st_size else "no known image format"
        raise DataError(f"{file}: cannot be read as an image. Found: {found}. Remove or replace the file.") from error
    if width * height > limit_pixels:
        raise DataError(f"{file}: {width} x {height} pixels are more than the limit of {limit_pixels:,}. "
                        "Shrink it, or raise `limit_pixels`.")
    return (height, width), mode


def _decode(file: Path, height: int, width: int, channels: int, resize_filter: str) -> np.ndarray:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                image = _eight_bit(opened, file).convert("L" if channels == 1 else "RGB")
    except DataError:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise DataError(f"{file}: the image is damaged ({error}). Remove or replace the file.") from error
    if image.size != (width, height):
        image = image.resize((width, height), FILTERS[resize_filter])
    pixels = np.asarray(image)
    return pixels[..., None] if channels == 1 else pixels


def _eight_bit(image, file: Path):
    """16-bit grey files scaled to 8 bits: Pillow's own conversion would clip them to white."""
    from PIL import Image

    if not image.mode.startswith("I"):
        if image.mode == "F":
            raise DataError(f"{file}: floating point pixels have no fixed range. Save the images as .npy.")
        return image
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise DataError(f"{file}: grey values outside 16 bits. Found: {values.min()} to {values.max()}.")
    return Image.fromarray(np.rint(values / 257).astype(np.uint8))
