"""Images that are already arrays: .npy files, and .npz files with images and labels. Never unpickled."""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.images.decode import check_channels, convert_channels, printable
from gan_core.images.resize import image_size, resize_image
from gan_core.progress import track
from gan_vision.data.image_set import ImageSet, choose_rows
from gan_vision.data.labels import MOST_CLASSES
from gan_vision.data.storage import Filled, store_images

IMAGE_KEYS = ("images", "image", "x_train", "x", "arr_0")
LABEL_KEYS = ("labels", "label", "y_train", "y")


def load_arrays(
    path: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    limit: int | None = None,
    seed: int = 0,
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> ImageSet:
    """Images from a .npy or .npz file, resized if they have another size; options as in `load_images`.

    A .npy of the wanted size is memory-mapped, not copied. A .npz gives its images under one of the keys images,
    image, x_train, x, arr_0, and labels under labels, label, y_train, y, if there are any.

    Returns:
        ImageSet with uint8 (n, height, width, channels).

    Raises:
        DataError: the file is missing, damaged, holds objects, or no uint8 (n, h, w[, 1 or 3]).

    Example:
        >>> np.savez("faces.npz", images=faces, labels=ids)
        >>> images = load_arrays("faces.npz", size=64)
    """
    if channels is not None:
        check_channels(channels)
    path = Path(path).expanduser()
    shown = printable(path)
    if not path.is_file():
        raise DataError(f"cannot read the array file {shown}: {'a directory' if path.is_dir() else 'no such file'}. "
                        "Pass an existing .npy or .npz file.")
    try:
        images, labels = _read_npz(path, shown) if zipfile.is_zipfile(path) else (
            np.load(path, mmap_mode="r", allow_pickle=False), None)
    except (ValueError, EOFError, OSError, KeyError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"cannot read the array file {shown}: {error}. Expected a .npy or .npz file of plain numbers, "
                        "written by numpy.save or numpy.savez.") from error
    if images.ndim == 3 and images.shape[-1] in (3, 4) and images.shape[1] > 8:
        raise DataError(f"{shown}: a shape of {images.shape} is a single colour picture, or pictures "
                        f"{images.shape[-1]} pixels wide. Expected (n, height, width) or (n, height, width, channels): "
                        "save array[None] for one picture.")
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.dtype != np.uint8 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise DataError(f"{shown} must hold images as uint8 (n, height, width) or (n, height, width, 1 or 3), values "
                        f"0..255. Found: {images.dtype} {images.shape}. Convert and save it again.")
    if labels is not None and len(labels) != len(images):
        raise DataError(f"{shown} must hold as many labels as images. Found: {len(labels)} labels, "
                        f"{len(images)} images.")
    shape = (*image_size(size), channels or images.shape[-1])
    rows = choose_rows(len(images), limit, seed)
    class_names = _class_names(labels)
    labels = None if labels is None else labels[rows]
    name = f"array file {shown}"
    if images.shape[1:] == shape:
        return ImageSet(images if limit is None else images[rows], labels, class_names, name)

    def fill(append) -> Filled:
        for row in track(rows, "resizing images", len(rows)):
            append(resize_image(convert_channels(np.asarray(images[row]), shape[-1]), size, fit=fit))
        return Filled(labels, [], len(rows))

    status = path.stat()
    stored = store_images(fill, len(rows), shape, accept=lambda filled: None, cache=cache, memory_limit=memory_limit,
                          settings={"source": f"arrays:{os.path.realpath(path)!a}", "shape": shape, "fit": fit,
                                    "limit": limit and (limit, seed)},
                          fingerprint=lambda: f"{status.st_size} {status.st_mtime_ns}")
    return ImageSet(stored.images, labels, class_names, name)


def _read_npz(path: Path, shown: str) -> tuple[np.ndarray, np.ndarray | None]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                declared = _declared_bytes(file)
            if declared > member.file_size:  # a header may promise terabytes that NumPy would allocate first
                raise DataError(f"{shown} is damaged: {member.filename} declares {declared} bytes but holds "
                                f"{member.file_size}.")
    with np.load(path, allow_pickle=False) as archive:
        image_key = next((key for key in IMAGE_KEYS if key in archive), None)
        if image_key is None:
            raise DataError(f"{shown} has no images. Found the keys: "
                            f"{', '.join(map(printable, archive.files)) or 'none'}. "
                            f"Expected one of: {', '.join(IMAGE_KEYS)}.")
        label_key = next((key for key in LABEL_KEYS if key in archive), None)
        labels = None if label_key is None else np.atleast_1d(archive[label_key])
        if labels is not None and labels.ndim == 2 and labels.shape[1] == 1:
            labels = labels[:, 0]
        return archive[image_key], labels


def _class_names(labels: np.ndarray | None) -> tuple[str, ...]:
    """"0" to the largest id of the whole file, so that a part of it knows all classes; () for what are no class ids."""
    if labels is None or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer) or not len(labels):
        return ()
    return tuple(map(str, range(int(labels.max()) + 1))) if labels.max() < MOST_CLASSES else ()


def _declared_bytes(file) -> int:
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    version = np.lib.format.read_magic(file)
    if version not in read:
        raise ValueError(f"unknown .npy version {version}")
    shape, _, dtype = read[version](file)
    return math.prod(shape) * dtype.itemsize
