"""One line names a data set: folder:PATH, tfds:NAME[/split], cub:DIR, npy:PATH, npz:PATH or digits."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from gan_core.errors import ConfigError, choose, did_you_mean
from gan_core.images.background import WHITE, Background, parse_background
from gan_core.images.decode import printable
from gan_core.images.resize import FITS
from gan_vision.data.box_crop import CROPS_BY_SOURCE, check_square
from gan_vision.data.examples import Examples
from gan_vision.data.rejects import POLICIES

SOURCES = {
    "folder": "folder:PATH",
    "tfds": "tfds:NAME[/split]",
    "cub": "cub:DIR",
    "npy": "npy:FILE",
    "npz": "npz:FILE",
    "digits": "digits",
}
CROPPED = ("cub", "tfds")  # sources that may have boxes, or crops of their own


def load_images(
    source: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    validation: float = 0.1,
    seed: int = 0,
    limit: int | None = None,
    crop: str | int | None = None,
    square: str = "stretch",
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
    data_dir: str | os.PathLike | None = None,
    download: bool = False,
) -> Examples:
    """Decode a source once into examples with the fields "real" and, where there are labels, "label".

    Args:
        source: "folder:PATH" (class sub-folders become labels), "tfds:NAME[/split]", "cub:DIR" (the raw folder of
            CUB-200-2011), "npy:FILE", "npz:FILE", "digits", or the path of an existing folder.
        size: int or (height, width), pixels.
        channels: 3 for RGB, 1 for gray, 4 for RGB with opacity; images are converted. None: what the source has, 3 for
            folders.
        fit: "center_crop", "stretch" or "pad", see `resize_image`.
        background: what transparent parts are laid over where `channels` is 1 or 3: "white", "black", "checker" (8 x 8
            gray squares) or "#rrggbb".
        on_bad: "error" lists unusable images and stops; "skip" leaves them out, up to 10 %.
        validation: fraction in [0, 1) that `split()` of the result holds out.
        seed: int, of that split and of `limit`.
        limit: int, use only so many images.
        crop: "bbox" cuts pictures to the box around what they show, with a margin (cub:DIR, tfds:caltech_birds2011 and
            whatever has a feature `bbox`); 128 or 178, for tfds:celeb_a, see `load_tfds`.
        square: "stretch" or "shrink", what becomes of crops to boxes that are no squares, see `crop_window`.
        cache: folder where decoded images are kept for the next start. None: only sets above `memory_limit`, in the
            user's cache folder.
        memory_limit: int, bytes above which images are memory-mapped from the cache; 1 GiB by default.
        data_dir: where TFDS looks.
        download: True lets TFDS download; nothing is downloaded otherwise.

    Returns:
        Examples.

    Raises:
        ConfigError: unknown source or option.
        DataError: the data are missing or unusable.

    Example:
        >>> train, validation = load_images("digits", size=32, channels=1).split()
        >>> len(train), len(validation)
        (1617, 180)
    """
    choose("fit", fit, FITS)
    choose("on_bad", on_bad, POLICIES)
    check_background(background, channels)
    if not 0 <= validation < 1:
        raise ConfigError(f"`validation` must be a fraction in [0, 1). Received: validation={validation!r}.")
    scheme, place = parse_source(source)
    check_square(square, crop)
    if crop is not None and scheme not in CROPPED:
        raise ConfigError(f"`crop` must be {CROPS_BY_SOURCE}. Received: crop={crop!r} with source={str(source)!r}. "
                          "Leave it out (--crop null).")
    options = {"size": size, "channels": channels, "fit": fit, "limit": limit}
    stored = {"cache": cache, "memory_limit": memory_limit, "background": background}
    if scheme == "folder":
        from gan_vision.data.folder import load_folder

        images = load_folder(place, on_bad=on_bad, seed=seed, **options, **stored)
    elif scheme == "tfds":
        from gan_vision.data.tfds import load_tfds

        images = load_tfds(place, on_bad=on_bad, validation=validation, crop=crop, square=square, data_dir=data_dir,
                           download=download, **options, **stored)
    elif scheme == "cub":
        from gan_vision.data.cub import load_cub

        images = load_cub(place, on_bad=on_bad, validation=validation, seed=seed, crop=crop, square=square, **options,
                          **stored)
    elif scheme == "digits":
        from gan_vision.data.digits import load_digits

        images = load_digits(seed=seed, **options)
    else:
        from gan_vision.data.arrays import load_arrays

        images = load_arrays(place, on_bad=on_bad, seed=seed, **options, **stored)
    return dataclasses.replace(images, validation=validation, seed=seed)


def check_background(background: Background, channels: int | None) -> None:
    """Refuse an unknown background, and one that nothing would be laid over.

    Raises:
        ConfigError: another word than `parse_background` knows, or any but white beside four channels.
    """
    if parse_background(background) != WHITE and channels == 4:
        raise ConfigError("`background` is what transparent parts are laid over, and `channels`=4 keeps them. "
                          f"Received: background={background!r}. Leave one out.")


def parse_source(source: str | os.PathLike, known: Mapping[str, str] = SOURCES) -> tuple[str, str]:
    """The scheme and the rest of a source, ~ expanded; the path of an existing folder counts as folder:PATH.

    Args:
        source: what was typed.
        known: scheme -> how it is written; without a colon or with one in brackets, nothing need follow.

    Raises:
        ConfigError: unknown scheme, or nothing after it.
    """
    if not isinstance(source, str):
        source = f"folder:{os.fspath(source)}"
    scheme, colon, place = source.partition(":")
    if scheme in known and (colon or _is_alone(known[scheme])):
        if (not place and not _is_alone(known[scheme])) or (place and ":" not in known[scheme]):
            raise ConfigError(f"the source {source!r} must have the form {known[scheme]}.")
        return scheme, os.path.expanduser(place)
    path = Path(os.path.expanduser(source))
    if source and path.is_dir() and "folder" in known:
        logging.getLogger(__name__).info("reading the folder %s as folder:%s", printable(source), printable(source))
        return "folder", str(path)
    if source and path.is_file() and "folder" in known:
        arrays = path.suffix in (".npy", ".npz")
        form = f"{path.suffix[1:]}:{source}" if arrays else "folder:PATH with the folder it is in"
        raise ConfigError(f"a source must name its kind, and {source!r} is a file. Use {form}.")
    from gan_vision.data.tfds import KNOWN

    if source in KNOWN and "tfds" in known:
        raise ConfigError(f"unknown data source. Received: {source!r}. Did you mean 'tfds:{source}'?")
    remedy = ", or the path of an existing folder" if "folder" in known else ""
    raise ConfigError(f"unknown data source. Received: {source!r}. {did_you_mean(scheme, known)} "
                      f"Write {', '.join(known.values())}{remedy}.")


def _is_alone(form: str) -> bool:
    """Whether a source may be its scheme alone: "digits", "scenes[:COUNT]"."""
    return ":" not in form or "[:" in form
