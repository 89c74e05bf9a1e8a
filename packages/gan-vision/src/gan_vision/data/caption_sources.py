"""One line names captioned pictures: a folder with a file of captions, an HDF5 file, shapes, or a TFDS data set."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from gan_core.errors import ConfigError
from gan_core.images.background import WHITE, Background
from gan_core.images.resize import image_size
from gan_vision.data.examples import Examples
from gan_vision.data.sources import check_background, parse_source

CAPTION_SOURCES = {
    "captions": "captions:DIR",
    "hdf5": "hdf5:FILE",
    "shapes": "shapes[:COUNT]",
    "tfds": "tfds:oxford_flowers102",
}
SHAPES = 4000


def load_captioned(
    source: str,
    *,
    size: int | tuple[int, int],
    channels: int = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    validation: float = 0.1,
    seed: int = 0,
    limit: int | None = None,
    vectors: str | os.PathLike | None = None,
    captions_file: str | os.PathLike | None = None,
    data_dir: str | os.PathLike | None = None,
    download: bool = False,
    memory_limit: int | None = None,
) -> Examples:
    """Examples with the fields "real" and "captions", and "text" and "label" where the source has them.

    Args:
        source: "captions:DIR" (`load_captions`), "hdf5:FILE" (`load_text_hdf5`), "shapes" or "shapes:COUNT", synthetic
            (`make_shapes`), or "tfds:NAME[/split]" with `captions_file` (`load_tfds_captions`).
        size: int or (height, width) in pixels.
        channels: 1, 3 or 4; 3 for shapes.
        fit: as in `load_images`.
        background: as in `load_images`.
        on_bad: as in `load_images`.
        validation: fraction that `split()` of the result holds out, where the source holds nothing out itself.
        seed: int, of that split and of `limit`.
        limit: int, use only so many training pictures.
        vectors: .npy file of numbers (captions, size) for "captions" and "tfds": a row for each caption in its file.
        captions_file: for "tfds".
        data_dir: where TFDS looks.
        download: True lets TFDS download; nothing is downloaded otherwise.
        memory_limit: int, bytes that decoded pictures may take; 1 GiB by default.

    Raises:
        ConfigError: unknown source or option, or an option of another source.
        DataError: the data are missing or unusable.

    Example:
        >>> train, validation = load_captioned("captions:birds", size=64).split()
    """
    if not 0 <= validation < 1:
        raise ConfigError(f"`validation` must be a fraction in [0, 1). Received: validation={validation!r}.")
    check_background(background, channels)
    scheme, place = parse_source(source, CAPTION_SOURCES)
    for name, value, schemes in (("vectors", vectors, ("captions", "tfds")),
                                 ("captions_file", captions_file, ("tfds",))):
        if value is not None and scheme not in schemes:
            raise ConfigError(f"`{name}` is for {' and '.join(f'{each}:' for each in schemes)} alone. "
                              f"Received: {name}={os.fspath(value)!r} with source={source!r}.")
    options = {"size": size, "channels": channels, "fit": fit, "on_bad": on_bad, "limit": limit, "seed": seed,
               "memory_limit": memory_limit, "background": background}
    if scheme == "captions":
        from gan_vision.data.captions_folder import load_captions

        found = load_captions(place, vectors=vectors, **options)
    elif scheme == "hdf5":
        from gan_vision.data.text_hdf5 import load_text_hdf5

        found = load_text_hdf5(place, **options)
    elif scheme == "tfds":
        from gan_vision.data.tfds_captions import load_tfds_captions

        found = load_tfds_captions(place, captions_file=None if captions_file is None else Path(captions_file),
                                   vectors=vectors, data_dir=data_dir, download=download, **options)
    else:
        from gan_vision.data.shapes import make_shapes

        if place and not place.isdecimal():
            raise ConfigError(f"`shapes` takes a number of pictures. Received: {source!r}. Write shapes:500.")
        height, width = image_size(size)
        if height != width:
            raise ConfigError(f"`size` of shapes must be one number of pixels. Received: size={size!r}.")
        found = make_shapes(min(int(place or SHAPES), limit or 2**31), size=height, channels=channels, seed=seed)
    return dataclasses.replace(found, validation=validation, seed=seed)
