"""Images that are already arrays: .npy files, and .npz files with images and labels. Never unpickled."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from gan_core.data.array_files import ArrayFile, array_names, open_array
from gan_core.errors import DataError
from gan_core.images.background import WHITE, Background, hidden_as_white, parse_background
from gan_core.images.decode import BLANK, MAX_PIXELS, check_channels, convert_channels, printable
from gan_core.images.resize import image_size, resize_image
from gan_core.progress import track
from gan_vision.data.examples import Examples, label_kind
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo
from gan_vision.data.labels import MOST_CLASSES
from gan_vision.data.rejects import Reject, apply_policy
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.row_subset import RowSubset
from gan_vision.data.sources import check_background
from gan_vision.data.storage import Filled, store_examples

IMAGE_KEYS = ("images", "image", "x_train", "x", "arr_0")
LABEL_KEYS = ("labels", "label", "y_train", "y")


def load_arrays(
    path: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> Examples:
    """Images from a .npy or .npz file, resized if they have another size; options as in `load_images`.

    A .npy of the wanted size is memory-mapped, not copied. A .npz gives its images under one of the keys images,
    image, x_train, x, arr_0, and labels under labels, label, y_train, y, if there are any. It is unpacked in blocks:
    memory holds the images asked for, or, if they exceed `memory_limit`, a block of them. Images with opacity, the
    fourth channel, are read like those of a .npz: what is invisible becomes white.

    Returns:
        Examples whose "real" is uint8 (n, height, width, channels).

    Raises:
        DataError: the file is missing, damaged, holds objects, or no uint8 (n, h, w[, 1, 3 or 4]); or images of which
            nothing is visible, where `on_bad` does not allow them.

    Example:
        >>> np.savez("faces.npz", images=faces, labels=ids)
        >>> images = load_arrays("faces.npz", size=64)
    """
    if channels is not None:
        check_channels(channels, opacity=True)
    under = parse_background(background)
    path = Path(path).expanduser()
    shown = printable(path)
    if not path.is_file():
        raise DataError(f"cannot read the array file {shown}: {'a directory' if path.is_dir() else 'no such file'}. "
                        "Pass an existing .npy or .npz file.")
    images, labels = _open(path, shown)
    own_channels = _channels(images, shown)
    shape = (*image_size(size), channels or own_channels)
    check_background(background, shape[-1])
    class_names = _class_names(labels)
    rows = choose_rows(len(images), limit, seed)
    chosen = None if labels is None else labels[rows]
    name = f"array file {shown}"
    if images.key is None and images.shape[1:] in (shape, shape[:2]) and own_channels == shape[-1] != 4:
        mapped = images.memory_map()
        mapped = mapped if mapped.ndim == 4 else mapped[..., None]
        return Examples.of_images(mapped if limit is None else RowSubset(mapped, rows), chosen, class_names, name=name)

    fields: dict[str, Kind] = {"real": Photo(shape[-1])}
    if chosen is not None:
        fields["label"] = label_kind(chosen, class_names)

    def fill(append) -> Filled:
        rejects = []
        pictures = (picture.reshape(*images.shape[1:3], own_channels)
                    for block in images.blocks(rows) for picture in block)
        for number, picture in enumerate(track(pictures, "reading images", len(rows))):
            if own_channels == 4:
                if not picture[..., 3].any():
                    rejects.append(Reject(f"row {rows[number]} of {name}", BLANK))
                    continue
                picture = hidden_as_white(picture)
            append(real=resize_image(convert_channels(picture, shape[-1], under), size, fit=fit, background=under),
                   label=None if chosen is None else chosen[number])
        return Filled(rejects, len(rows))

    status = path.stat()
    stored = store_examples(fill, len(rows), fields, image_size(size), cache=cache, memory_limit=memory_limit,
                            settings={"source": f"arrays:{os.path.realpath(path)!a}", "size": image_size(size),
                                      "fit": fit, "limit": limit and (limit, seed),
                                      **({} if under == WHITE else {"background": under})},
                            accept=lambda filled: apply_policy(filled.rejects, filled.total, on_bad, name=name),
                            fingerprint=lambda: f"{status.st_size} {status.st_mtime_ns}")
    return Examples(stored.source, fields, name, tuple(stored.filled.rejects))


def _open(path: Path, shown: str) -> tuple[ArrayFile, np.ndarray | None]:
    keys = array_names(path)
    if keys is None:
        return open_array(path), None
    image_key = next((key for key in IMAGE_KEYS if key in keys), None)
    if image_key is None:
        raise DataError(f"{shown} has no images. Found the keys: {', '.join(map(printable, keys)) or 'none'}. "
                        f"Expected one of: {', '.join(IMAGE_KEYS)}.")
    images = open_array(path, key=image_key)
    label_key = next((key for key in LABEL_KEYS if key in keys), None)
    if label_key is None:
        return images, None
    labels = open_array(path, key=label_key)
    if len(labels) != len(images):
        raise DataError(f"{shown} must hold as many labels as images. Found: {len(labels)} labels, "
                        f"{len(images)} images.")
    found = labels.read()
    return images, found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found


def _channels(images: ArrayFile, shown: str) -> int:
    """1, 3 or 4, of an array that holds pictures."""
    shape = images.shape
    if len(shape) == 3 and shape[-1] in (3, 4) and shape[1] > 8:
        raise DataError(f"{shown}: a shape of {shape} is a single colour picture, or pictures {shape[-1]} pixels wide. "
                        "Expected (n, height, width) or (n, height, width, channels): save array[None] for one "
                        "picture.")
    if len(shape) not in (3, 4) or images.dtype != np.uint8 or shape[3:] not in ((), (1,), (3,), (4,)):
        raise DataError(f"{shown} must hold images as uint8 (n, height, width) or (n, height, width, 1, 3 or 4), "
                        f"values 0..255. Found: {images.dtype} {shape}. Convert and save it again.")
    if shape[1] * shape[2] > MAX_PIXELS:
        raise DataError(f"{shown}: pictures of {shape[2]} x {shape[1]} pixels. Expected at most "
                        f"{MAX_PIXELS / 1e6:g} million. Shrink them before saving.")
    return shape[3] if len(shape) == 4 else 1


def _class_names(labels: np.ndarray | None) -> tuple[str, ...]:
    """"0" to the largest id of the whole file, so that a part of it knows all classes; () for what are no class ids."""
    if labels is None or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        return ()
    return tuple(map(str, range(int(labels.max()) + 1))) if labels.max() < MOST_CLASSES else ()
