"""Image folders, with labels from class sub-folders."""

from __future__ import annotations

import hashlib
import logging
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_core.images.background import WHITE, Background, parse_background
from gan_core.images.decode import MAX_PIXELS, check_channels, decode_image, printable
from gan_core.images.listing import list_images
from gan_core.images.resize import image_size, resize_image
from gan_core.progress import track
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo
from gan_vision.data.rejects import Reject, apply_policy, decode_all
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.storage import Filled, store_examples


def class_labels(root: str | os.PathLike, paths: Sequence[Path]) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Labels from class sub-folders: the first folder below `root`, numbered by sorted (NFC) name.

    Args:
        root: the folder that was listed.
        paths: files below it, as `list_images` returns them.

    Returns:
        int32 (n,) labels and the class names; (None, ()) if a file lies in `root` itself or there is only
        one sub-folder.

    Example:
        >>> class_labels("pets", [Path("pets/cat/1.jpg"), Path("pets/dog/1.jpg")])
        (array([0, 1], dtype=int32), ('cat', 'dog'))
    """
    parts = [path.relative_to(root).parts for path in paths]
    if any(len(part) == 1 for part in parts):
        return None, ()
    classes = [unicodedata.normalize("NFC", part[0]) for part in parts]
    names = tuple(sorted(set(classes)))
    if len(names) < 2:
        return None, ()
    folders = {unicodedata.normalize("NFC", entry.name) for entry in os.scandir(root)
               if entry.is_dir() and not entry.name.startswith(".")}
    if empty := sorted(folders - set(names)):
        logging.getLogger(__name__).warning(
            "the class folders %s of %s have no images and get no label",
            ", ".join(map(printable, empty)), printable(root))
    ids = {name: number for number, name in enumerate(names)}
    return np.array([ids[name] for name in classes], np.int32), names


def load_folder(
    root: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    max_pixels: int | None = None,
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> Examples:
    """Decode a folder of images once; options as in `load_images`.

    Returns:
        Examples whose "real" is uint8 (n, height, width, channels), labelled if they lie in class sub-folders.

    Raises:
        DataError: no images, or rejects that `on_bad` does not allow.

    Example:
        >>> load_folder("photos", size=64).images.shape
        (1204, 64, 64, 3)
    """
    channels = 3 if channels is None else channels  # a folder may hold all kinds
    check_channels(channels, opacity=True)
    under = parse_background(background)
    paths = list_images(root)
    labels, class_names = class_labels(root, paths)
    rows = choose_rows(len(paths), limit, seed)
    paths = [paths[row] for row in rows]
    limits: dict = {} if max_pixels is None else {"max_pixels": max_pixels}
    name, fields = f"folder {printable(root)}", _fields(channels, labels, class_names)

    def fill(append) -> Filled:
        rejects = []
        images = decode_all(enumerate(paths), lambda item: resize_image(
            decode_image(item[1], channels=channels, background=under, refuse_blank=True, **limits), size, fit=fit,
            background=under))
        for (position, _), image in track(images, "decoding images", len(paths)):
            if isinstance(image, Reject):
                rejects.append(image)
            else:
                append(real=image, label=None if labels is None else labels[rows[position]])
        return Filled(rejects, len(paths))

    def fingerprint() -> str:
        digest = hashlib.sha256()
        for path in paths:
            status = path.stat() if path.exists() else path.lstat()
            digest.update(os.fsencode(path) + f"\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    settings = {"source": f"folder:{os.path.realpath(root)!a}", "size": image_size(size), "fit": fit,
                "limit": limit and (limit, seed), **limits, **({} if under == WHITE else {"background": under})}
    stored = store_examples(fill, len(paths), fields, image_size(size), settings=settings, fingerprint=fingerprint,
                            accept=lambda filled: apply_policy(filled.rejects, filled.total, on_bad, name=name),
                            cache=cache, memory_limit=memory_limit)
    return Examples(stored.source, fields, name, tuple(stored.filled.rejects))


def folder_on_demand(root: str | os.PathLike, *, channels: int = 3, max_pixels: int = MAX_PIXELS) -> Examples:
    """The pictures of a folder in the sizes that they have, each decoded when it is asked for: to check them.

    With 4 channels the check counts those that have transparent parts.

    Raises:
        DataError: no images.

    Example:
        >>> folder_on_demand("photos").check().rejects
        (Reject(path='photos/a.png', reason='found an empty file (0 bytes); ...'),)
    """
    check_channels(channels, opacity=True)
    paths = list_images(root)
    labels, class_names = class_labels(root, paths)
    columns: dict = {"real": lambda row: decode_image(paths[row], channels=channels, refuse_blank=True,
                                                      max_pixels=max_pixels)}
    if labels is not None:
        columns["label"] = labels
    return Examples(Columns(columns, files=paths), _fields(channels, labels, class_names), f"folder {printable(root)}")


def _fields(channels: int, labels: np.ndarray | None, class_names: tuple[str, ...]) -> dict[str, Kind]:
    fields: dict[str, Kind] = {"real": Photo(channels)}
    if labels is not None:
        fields["label"] = ClassLabel(class_names)
    return fields
