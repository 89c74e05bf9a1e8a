"""Images of any source (folder, `.npy`, `.npz`) as batches of one shape, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from gan_core.data.array_files import ArrayFile, open_array
from gan_core.errors import ConfigError, DataError, choose
from gan_core.images.background import over
from gan_core.metrics.image_folder import FILTERS, ImageFolder, open_folder

# name -> (scale, offset): value * scale + offset lies in [0, 1]
LARGEST = 16_384  # pixels of a side
VALUE_RANGES = {"unit": (1.0, 0.0), "signed": (0.5, 0.5), "bytes": (1 / 255, 0.0)}
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R 601, as Pillow's convert("L")


@dataclass(frozen=True)
class ImageSource:
    """Images that were checked but not loaded.

    Attributes:
        source: ImageFolder or ArrayFile, where they lie.
        rows: int64 (N,), which images of the source, ascending.
        height: int, after resizing.
        width: int, after resizing.
        channels: int, 1 or 3; 4 for an array of bytes with opacity. Files are over white already.
        value_range: "unit" [0, 1], "signed" [-1, 1] or "bytes" [0, 255].
        resize_filter: str, or None if stored images already have this size.
        eight_bit: bool, whether the values are stored as bytes.
        total: int, images in the source before choosing `rows`.
    """

    source: ImageFolder | ArrayFile
    rows: np.ndarray
    height: int
    width: int
    channels: int
    value_range: str
    resize_filter: str | None
    eight_bit: bool
    total: int

    def __len__(self):
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, H, W, C)."""
        return len(self.rows), self.height, self.width, self.channels

    def unit(self, batch_size: int = 256) -> Iterator[np.ndarray]:
        """Batches float64 (n, H, W, C), nominally in [0, 1]: floats keep all their digits and are not clipped.

        Raises:
            DataError: an image cannot be read; the message names it.
        """
        scale, offset = VALUE_RANGES[self.value_range]
        for batch in self._stored(batch_size):
            # Division, not multiplication by 1/255, so that bytes land exactly on k/255.
            yield batch.astype(np.float64) / 255 if self.value_range == "bytes" else batch * np.float64(scale) + offset

    def bytes(self, batch_size: int = 256) -> Iterator[np.ndarray]:
        """Batches uint8 (n, H, W, C): floats are rounded, and clipped as a picture file would.

        Raises:
            DataError: an image cannot be read; the message names it.
        """
        scale, offset = VALUE_RANGES[self.value_range]
        for batch in self._stored(batch_size):
            if batch.dtype == np.uint8 and self.value_range == "bytes":
                yield batch
            else:
                yield np.rint(np.clip(batch * np.float64(scale) + offset, 0, 1) * 255).astype(np.uint8)

    def _stored(self, batch_size: int) -> Iterator[np.ndarray]:
        if isinstance(self.source, ImageFolder):
            yield from self.source.blocks(self.rows, batch_size, height=self.height, width=self.width,
                                          channels=self.channels, resize_filter=self.resize_filter)
            return
        for block in self.source.blocks(self.rows, batch_size):
            block = block[..., None] if block.ndim == 3 else block
            if block.shape[-1] == 4 and self.channels < 4:
                block = over(block)
            if self.channels == 1 and block.shape[-1] == 3:
                grey = block @ _LUMA
                block = (np.rint(grey).astype(block.dtype) if block.dtype.kind in "ui" else grey)[..., None]
            elif self.channels == 3 and block.shape[-1] == 1:
                block = np.repeat(block, 3, axis=-1)
            if self.resize_filter is not None:
                block = np.stack([_resized(image, self.height, self.width, self.resize_filter) for image in block])
            yield block


def open_images(path: str | Path, *, resize: int | tuple[int, int] | None = None, resize_filter: str = "bicubic",
                channels: int | None = None, value_range: str = "auto", count: int | None = None, seed: int = 0,
                max_pixels: int = 50_000_000) -> ImageSource:
    """Check a source of images: every header of a folder, or the shape and range of an array.

    Args:
        path: a folder (searched with its subfolders for PNG, JPEG, BMP, GIF, TIFF and WebP), an `.npy` file, or an
            `.npz` file, `FILE.npz:NAME` where it holds several arrays. Arrays: (N, H, W) or (N, H, W, C).
        resize: int >= 1 or (height, width); every image is brought to this size, antialiased, without keeping
            proportions. None demands that all images have one size.
        resize_filter: "bicubic" or "box" (Pillow's, which average over the source pixels when shrinking).
        channels: 1 converts to grey, 3 to RGB, opacity over white; None keeps what is there (a folder with any colour
            image becomes RGB, and what is transparent white).
        value_range: of arrays: "unit" [0, 1], "signed" [-1, 1], "bytes" [0, 255]; "auto" decides by type and extremes,
            and refuses where they leave it open.
        count: int >= 1, use this many, drawn without replacement; None or more than there are: all.
        seed: int, of this draw.
        max_pixels: int, larger image files are refused before they are decoded.

    Raises:
        DataError: nothing there, empty, unreadable, mixed sizes without `resize`, objects instead of numbers,
            values that are not finite or outside every known range. The message names the file.
        ConfigError: an unknown option value.

    Example:
        >>> images = open_images("samples/", resize=64)
        >>> images.shape
        (1000, 64, 64, 3)
    """
    choose("`resize_filter`", resize_filter, FILTERS)
    if value_range != "auto":
        choose("`value_range`", value_range, VALUE_RANGES)
    size = _size(resize)
    if channels not in (None, 1, 3):
        raise ConfigError(f"`channels` must be 1 (grey), 3 (RGB) or None. Received: channels={channels!r}.")
    if count is not None and count < 1:
        raise ConfigError(f"`count` must be at least 1. Received: count={count}.")
    path, key = _split_key(path)
    if path.is_dir():
        source = open_folder(path, max_pixels=max_pixels, same_size=size is None)
        total, own, own_channels = len(source.files), source.size, source.channels
        found_range, eight_bit = "bytes", True
        if value_range not in ("auto", "bytes"):
            raise ConfigError("`value_range` is for arrays; image files hold bytes. "
                              f"Received: value_range={value_range!r} for {path}.")
    else:
        if path.suffix.lower() not in (".npy", ".npz"):
            raise DataError(f"{path}: not a folder of images, nor an .npy or .npz file.")
        source = open_array(path, key=key)
        total, own, own_channels = source.shape[0], source.shape[1:3], _array_channels(source)
        eight_bit = source.dtype == np.uint8
    rows = np.arange(total)
    if count is not None and count < total:
        rows = np.sort(np.random.default_rng(seed).choice(total, count, replace=False))
    if isinstance(source, ArrayFile):
        found_range = _value_range(source, rows, value_range)
    height, width = cast(tuple[int, int], size or own)  # without `resize` a folder has one size
    return ImageSource(source, rows, int(height), int(width), channels or own_channels, found_range,
                    resize_filter if size is not None and tuple(own or ()) != size else None, eight_bit, total)


def _size(resize) -> tuple[int, int] | None:
    if resize is None:
        return None
    size = (resize, resize) if isinstance(resize, int) else tuple(resize)
    if len(size) != 2 or not all(isinstance(side, int) and 1 <= side <= LARGEST for side in size):
        raise ConfigError(f"`resize` must be an int of 1..{LARGEST} or (height, width). Received: resize={resize!r}.")
    return size


def _split_key(path: str | Path) -> tuple[Path, str | None]:
    text, key = str(path), None
    if not Path(path).exists() and ".npz:" in text:
        text, key = text.rsplit(":", 1)
    if not Path(text).exists():
        raise DataError(f"{text}: no such file or folder. Give a folder of images, an .npy file, or FILE.npz:NAME.")
    return Path(text), key


def _array_channels(source: ArrayFile) -> int:
    shape = source.shape
    if len(shape) == 3:
        if shape[-1] in (3, 4) and shape[1] > 8:
            raise DataError(f"{source.path}: a shape of {shape} is a single colour picture, or pictures {shape[-1]} "
                            "pixels wide. Expected (N, H, W) or (N, H, W, C): save array[None] for one picture.")
        return 1
    if len(shape) != 4:
        raise DataError(f"{source.path}: images must have shape (N, H, W) or (N, H, W, C). Found: {shape}. "
                        "Reshape the array before saving it.")
    if shape[-1] > 4 and shape[1] in (1, 3):
        raise DataError(f"{source.path}: the channels seem to come first. Found: {shape}. Expected (N, H, W, C): save "
                        "array.transpose(0, 2, 3, 1).")
    if shape[-1] == 4 and source.dtype != np.uint8:
        raise DataError(f"{source.path}: 4 channels of {source.dtype}. Expected uint8 where the fourth is opacity: "
                        "round to 0..255, or lay the images over white, before saving.")
    if shape[-1] not in (1, 3, 4):
        raise DataError(f"{source.path}: {shape[-1]} channels. Expected 1 (grey), 3 (RGB) or 4 (RGB and opacity): "
                        "leave out what is none of these before saving.")
    return shape[-1]


def _value_range(source: ArrayFile, rows: np.ndarray, stated: str) -> str:
    if source.dtype == np.uint8:  # bytes are bytes, whatever is stated of the floats beside them
        return "bytes"
    low, high, row = np.inf, -np.inf, 0
    for block in source.blocks(rows, 256):
        if not np.isfinite(block).all():
            bad = row + int(np.flatnonzero(~np.isfinite(block).reshape(len(block), -1).all(axis=1))[0])
            raise DataError(f"{source.path}: image number {rows[bad]} holds NaN or infinite values. Remove it.")
        low, high, row = min(low, float(block.min())), max(high, float(block.max())), row + len(block)
    if stated != "auto":
        least, most = {"unit": (0, 1), "signed": (-1, 1), "bytes": (0, 255)}[stated]
        margin = 0.1 * (most - least)  # a linear generator overshoots a little, and is clipped
        if low < least - margin or high > most + margin:
            raise DataError(f"{source.path}: the pixels do not lie in the stated range. Found: values from {low:g} to "
                            f"{high:g}, stated: {stated} [{least}, {most}]. Correct `value_range` (--value-range).")
        return stated
    if source.dtype.kind == "f" or source.dtype.kind == "b":
        if low >= 0 and high <= 1:
            return "unit"
        if -1 <= low < -0.5 and high <= 1:
            return "signed"
    if low >= 0 and 127 < high <= 255:  # a smaller maximum may be another scale, for example 16 grey levels
        return "bytes"
    raise DataError(f"{source.path}: the range of the pixels is unclear. Found: {source.dtype} from {low:g} to "
                    f"{high:g}. State it with `value_range` (--value-range): unit [0, 1], signed [-1, 1] or "
                    "bytes [0, 255].")


def _resized(image: np.ndarray, height: int, width: int, resize_filter: str) -> np.ndarray:
    from PIL import Image

    if image.shape[-1] == 4:  # over white before, else colours of what is transparent would come through
        image = np.concatenate([over(image), np.full_like(image[..., 3:], 255)], axis=-1)
    planes = [Image.fromarray(np.ascontiguousarray(image[..., plane], np.float32)).resize(
        (width, height), FILTERS[resize_filter]) for plane in range(image.shape[-1])]
    resized = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    if image.dtype.kind in "ui":  # bicubic overshoots: bytes must stay bytes
        return np.clip(np.rint(resized), 0, np.iinfo(image.dtype).max).astype(image.dtype)
    return resized
