"""Captioned pictures into one HDF5 file, which `load_text_hdf5` reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.errors import DataError, RunError
from gan_core.files import whole_path
from gan_core.images.decode import decode_image, printable
from gan_core.progress import track
from gan_vision.data.captioned_pictures import CaptionedPicture
from gan_vision.data.text_encoders import Encoder, encode_texts
from gan_vision.data.text_hdf5 import CAPTION, CLASS, HELD_OUT, IMAGE, TRAIN, VECTOR

NAME = "name"
MOST_CAPTIONS = 100  # two digits in the name of a group
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def write_text_hdf5(path: str | os.PathLike, train: Sequence[CaptionedPicture],
                    held_out: Sequence[CaptionedPicture] | None = None, *, encode: Encoder | None = None,
                    overwrite: bool = False) -> int:
    """Write pictures, captions and vectors; the file appears complete or not at all.

    JPEG and PNG files are kept byte for byte, other pictures become PNG. A picture is stored once: the groups of its
    further captions are linked to the same bytes.

    Args:
        path: of the new file.
        train: the training pictures, as `captioned_pictures` finds them.
        held_out: those of the group "valid", if there are any.
        encode: list of n captions -> numbers (n, k), for pictures without vectors of their own. Without both the file
            has no vectors.
        overwrite: replace a file that is there.

    Returns:
        How many captions were written.

    Raises:
        RunError: the file is there already.
        DataError: a picture cannot be read, the encoder fails, or the file cannot be written.

    Example:
        >>> write_text_hdf5("birds.hdf5", *captioned_pictures("birds"), encode=my_encoder)
        5000
    """
    import h5py

    if os.path.lexists(path) and not overwrite:
        raise RunError(f"{printable(path)} is there already. Name a new file, or replace it with `overwrite` "
                       "(--overwrite).")
    parts = {TRAIN: train} | ({HELD_OUT[0]: held_out} if held_out else {})
    everything = [picture for part in parts.values() for picture in part]
    if crowded := next((picture for picture in everything if len(picture.captions) > MOST_CAPTIONS), None):
        raise DataError(f"a picture may have {MOST_CAPTIONS} captions. Found: {len(crowded.captions)} for "
                        f"{crowded.place}. Take some out.")
    vectors = _vectors(everything, encode)
    try:
        with whole_path(Path(path)) as temporary, h5py.File(temporary, "w") as file:
            number = 0
            for split, pictures in parts.items():
                parent = file.create_group(split)
                for row, picture in enumerate(track(pictures, f"writing pictures {split}")):
                    own = None if vectors is None else vectors[number:number + len(picture.captions)]
                    _write(parent, f"{row:06d}", picture, own)
                    number += len(picture.captions)
    except (OSError, RuntimeError) as error:
        raise DataError(f"cannot write {printable(path)}: {' '.join(str(error).split())}. Free space, or name another "
                        "folder.") from error
    return number


def _vectors(pictures: Sequence[CaptionedPicture], encode: Encoder | None) -> np.ndarray | None:
    """float32 (captions of all pictures, k), or None."""
    if encode is not None:
        return encode_texts(encode, [caption for picture in pictures for caption in picture.captions])
    given = [picture.vectors for picture in pictures if picture.vectors is not None]
    return np.concatenate(given) if given and len(given) == len(pictures) else None


def _write(parent: Any, number: str, picture: CaptionedPicture, vectors: np.ndarray | None) -> None:
    """One group for each caption of a picture."""
    image = None
    for position, caption in enumerate(picture.captions):
        group = parent.create_group(f"{number}_{position}")
        if image is None:
            image = group.create_dataset(IMAGE, data=np.void(_encoded(picture)))
        else:
            group[IMAGE] = image
        group.create_dataset(CAPTION, data=caption)
        group.create_dataset(NAME, data=Path(picture.name).as_posix().encode("utf-8", "surrogateescape"))
        if picture.class_name is not None:
            group.create_dataset(CLASS, data=picture.class_name)
        if vectors is not None:
            group.create_dataset(VECTOR, data=vectors[position])


def _encoded(picture: CaptionedPicture) -> bytes:
    """The bytes of a JPEG or PNG file, of which it is certain that they can be decoded."""
    import io

    from PIL import Image

    pixels = decode_image(source := picture.source, name=picture.place)
    content = source.read_bytes() if isinstance(source, Path) else source
    if content.startswith(_SIGNATURES):
        return content
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()
