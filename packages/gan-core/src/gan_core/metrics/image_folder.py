"""A folder of image files: every header checked first, every file decoded once, errors that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.progress import track

FILTERS = {"bicubic": 3, "box": 4}  # Pillow's Image.Resampling numbers; Pillow itself is imported on use


@dataclass(frozen=True)
class ImageFolder:
    """Readable image files below one folder.

    Attributes:
        path: Path.
        files: tuple of Path, sorted by path relative to the folder.
        size: (height, width) if all have one size, else None.
        channels: int, 1 if all are grey, else 3.
        max_pixels: int, larger images are refused.
    """

    path: Path
    files: tuple[Path, ...]
    size: tuple[int, int] | None
    channels: int
    max_pixels: int

    def blocks(self, rows: np.ndarray, size: int, *, height: int, width: int, channels: int,
               resize_filter: str | None) -> Iterator[np.ndarray]:
        """Batches uint8 (n, height, width, channels) of the given files.

        Raises:
            DataError: a file cannot be decoded, or has another size and `resize_filter` is None.
        """
        for start in range(0, len(rows), size):
            yield np.stack([self._decoded(self.files[row], height, width, channels, resize_filter)
                            for row in rows[start:start + size]])

    def _decoded(self, file: Path, height: int, width: int, channels: int, resize_filter: str | None) -> np.ndarray:
        from PIL import Image

        from gan_core.images.decode import decode_image

        pixels = decode_image(file, channels=channels, max_pixels=self.max_pixels)
        if pixels.shape[:2] == (height, width):
            return pixels
        if resize_filter is None:  # its header told another size
            raise DataError(f"{file}: found {pixels.shape[0]} x {pixels.shape[1]} (height x width), expected "
                            f"{height} x {width}. Bring all images to one size with `resize` (--resize).")
        picture = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
        return np.asarray(picture.resize((width, height), FILTERS[resize_filter])).reshape(height, width, channels)


def open_folder(path: Path, *, max_pixels: int, same_size: bool) -> ImageFolder:
    """Read the header of every image below `path`.

    Args:
        path: the folder.
        max_pixels: int, larger images are refused.
        same_size: bool, refuse sizes that differ.

    Raises:
        DataError: no image, one that is no image or too large, or (with `same_size`) two sizes.
    """
    from gan_core.images.decode import read_header
    from gan_core.images.listing import list_images

    files = list_images(path)
    sizes: dict[tuple[int, int], Path] = {}
    channels = 1
    for file in track(files, f"checking {path}"):
        size, gray = read_header(file, max_pixels=max_pixels)
        if sizes and size not in sizes and same_size:
            first, example = next(iter(sizes.items()))
            raise DataError(f"{file}: all images must have one size. Found: {size[0]} x {size[1]} (height x width), "
                            f"but {example.name} has {first[0]} x {first[1]}. Bring them to one size with `resize` "
                            "(--resize).")
        sizes.setdefault(size, file)
        channels = channels if gray else 3
    return ImageFolder(path, tuple(files), next(iter(sizes)) if len(sizes) == 1 else None, channels, max_pixels)
