"""Captioned pictures in one HDF5 file, the form in which text-to-image data sets are passed on.

Below the root lie train, valid and test; in each of them one group for every picture and caption, IMAGE_K with K from
0, which holds `img`, the bytes of a JPEG or PNG file as one opaque value; `embeddings`, the vector of the caption;
`txt`, the caption; and perhaps `class` and `name`. (Layout after Reed et al. 2016, arXiv:1605.05396, as published
converters of the birds and flowers write it.)
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence

import numpy as np

from gan_core.data.content_hash import combined_hash, files_hash, rows_hash
from gan_core.errors import DataError
from gan_core.images.background import WHITE, Background
from gan_core.images.decode import MAX_PIXELS, printable
from gan_core.progress import track
from gan_vision.data.captioned_pictures import CaptionedPicture, captioned_examples
from gan_vision.data.checked_hdf5 import CheckedHdf5
from gan_vision.data.examples import Examples

TRAIN, HELD_OUT = "train", ("valid", "test")
IMAGE, VECTOR, CAPTION, CLASS = "img", "embeddings", "txt", "class"
# Up to two digits: "image_00012" is a picture's own name, not caption 12 of "image".
_OF_A_CAPTION = re.compile(r"(.+)_(0|[1-9]\d?)", re.DOTALL)


def load_text_hdf5(
    path: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int = 3,
    split: str = TRAIN,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Pictures with captions and text vectors from an HDF5 file; all captions of a picture make one example.

    Captions and vectors are read now. Pictures are decoded now if they fit into memory, else each when it is asked for:
    by any number of threads and processes.

    Args:
        path: the file.
        size: int or (height, width) in pixels.
        channels: 1, 3 or 4.
        split: what to read. With "train", "valid" or else "test" is held out, where the file has one.
        fit: as in `load_images`.
        background: as in `load_images`.
        on_bad: as in `load_images`.
        limit: int, use only so many training pictures.
        seed: int, of `limit` and of a later `split`.
        memory_limit: int, bytes that decoded pictures may take; 1 GiB by default.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with "real", "captions", "text" where there are vectors, and "label" where there are classes, sorted by
        the names of the groups; classes are numbered by sorted name.

    Raises:
        DataError: no HDF5 file, no such split, or a group that is not as it should be: the message names it.

    Example:
        >>> flowers = load_text_hdf5("flowers.hdf5", size=64)
        >>> flowers.gather([0])["text"].shape
        (1, 5, 1024)
    """
    archive = CheckedHdf5(path)
    with archive.opened() as file:
        found = archive.names(file)
    if split not in found:
        raise DataError(f"{archive.shown} has no group {split!r} at its root. Found: "
                        f"{', '.join(map(printable, found)) or 'nothing'}. Expected the splits {TRAIN} and, to be held "
                        f"out, {' or '.join(HELD_OUT)}; choose another with `split`.")
    held_out = next((name for name in HELD_OUT if name in found), None) if split == TRAIN else None
    parts = [_pictures(archive, name) for name in (split, held_out) if name is not None]
    _check_vectors([picture for part in parts for picture in part])

    def identity(pictures: Sequence[CaptionedPicture]) -> str:
        return combined_hash({"file": files_hash([path]),
                              "pictures": rows_hash([picture.name for picture in pictures]).hexdigest})

    return captioned_examples(parts[0], parts[1] if held_out else None, size=size, channels=channels, fit=fit,
                              name=f"hdf5 {archive.shown}", on_bad=on_bad, limit=limit, seed=seed,
                              memory_limit=memory_limit, max_pixels=max_pixels, background=background,
                              identity=identity)


def _pictures(archive: CheckedHdf5, split: str) -> list[CaptionedPicture]:
    """The pictures of a split in the order of their names, none decoded."""
    with archive.opened() as file:
        keys = archive.names(archive.group(file, split))
    if not keys:
        raise DataError(f"{archive.shown}, {split}: found no groups; expected one for each picture and caption. Write "
                        "the file again.")
    by_image: dict[tuple[str, bool], list[tuple[int, str]]] = {}
    for key in keys:
        match = _OF_A_CAPTION.fullmatch(key)
        image, number = (match[1], int(match[2])) if match else (key, 0)
        by_image.setdefault((image, match is not None), []).append((number, key))
    images = track(sorted(by_image.items()), f"reading captions of {split}", len(by_image))
    return [_picture(archive, split, image, [key for _, key in sorted(members)]) for (image, _), members in images]


def _picture(archive: CheckedHdf5, split: str, image: str, keys: list[str]) -> CaptionedPicture:
    captions, vectors, classes, sizes = [], [], {}, {}
    with archive.opened() as file:
        parent = archive.group(file, split)
        for key in keys:
            group = archive.group(parent, key)
            inside = archive.names(group)
            sizes.setdefault(archive.image_bytes(group, IMAGE), key)
            captions.append(archive.text(group, CAPTION))
            vectors.append(archive.vector(group, VECTOR) if VECTOR in inside else None)
            classes.setdefault(archive.text(group, CLASS) if CLASS in inside else None, key)
    place = f"{archive.shown}, {printable(f'{split}/{keys[0]}')}"
    for found, what in ((sizes, "one picture"), (classes, "one class")):
        if len(found) > 1:
            (one, first), (other, second) = list(found.items())[:2]
            unit = "bytes" if found is sizes else "as `class`"
            raise DataError(f"{archive.shown}, {split}: the groups {printable(first)} and {printable(second)} are "
                            f"captions of {printable(image)} and must have {what}. Found: {one} and {other} {unit}. "
                            "Give groups of different pictures names that differ in more than a number at the end.")
    without = [key for key, vector in zip(keys, vectors, strict=True) if vector is None]
    given = [vector for vector in vectors if vector is not None]
    if given and without:
        raise _without_vectors(f"{archive.shown}, {printable(f'{split}/{without[0]}')}")
    if len({len(vector) for vector in given}) > 1:
        sizes_found = " and ".join(str(length) for length in sorted({len(vector) for vector in given}))
        raise DataError(f"{place}: all vectors must have one length. Found: {sizes_found} numbers among the captions "
                        f"of {printable(image)}. Encode them again with one encoder.")
    return CaptionedPicture(name=f"{split}/{keys[0]}", place=place, captions=tuple(captions),
                            class_name=next(iter(classes)), vectors=np.stack(given) if given else None,
                            encoded=functools.partial(_read_image, archive, split, keys[0]))


def _read_image(archive: CheckedHdf5, split: str, key: str) -> bytes:
    with archive.opened() as file:  # the file may have changed since: its parts are looked at again
        return archive.image(archive.group(archive.group(file, split), key), IMAGE)


def _check_vectors(pictures: Sequence[CaptionedPicture]) -> None:
    first = next(((picture.place, picture.vectors.shape[1]) for picture in pictures if picture.vectors is not None),
                 None)
    for picture in pictures if first is not None else ():
        if picture.vectors is None:
            raise _without_vectors(picture.place)
        if first is not None and picture.vectors.shape[1] != first[1]:
            raise DataError(f"{picture.place}: all vectors must have one length. Found: {picture.vectors.shape[1]} "
                            f"numbers, beside {first[1]} in {first[0]}. Encode them again with one encoder.")


def _without_vectors(place: str) -> DataError:
    return DataError(f"{place}: found a group without `embeddings` beside others that have them; expected them in all "
                     "groups, or in none. Encode all captions, or remove the vectors.")
