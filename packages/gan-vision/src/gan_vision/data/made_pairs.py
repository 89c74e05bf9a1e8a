"""Pairs that are made from plain pictures: the picture is what shall be made, something taken from it what is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gan_core.errors import ConfigError, choose
from gan_core.images.decode import (
    MAX_PIXELS,
    BadPixels,
    check_channels,
    convert_channels,
    decode_as,
    decode_image,
    printable,
)
from gan_core.images.listing import list_images
from gan_core.images.resize import FITS, image_size, resize_image
from gan_vision.data.decoded_files import examples_of_files, parts_of
from gan_vision.data.examples import Examples
from gan_vision.data.fields.photo import Photo

FACTORS = (2, 4)
HOLE = 128  # grey


@dataclass(frozen=True)
class _Taken:
    """What a source is made from."""

    path: Path
    picture: np.ndarray
    """uint8 (height, width, channels), at its final size."""
    factor: int
    fit: str
    max_pixels: int

    @property
    def size(self) -> tuple[int, int]:
        return self.picture.shape[0], self.picture.shape[1]


def _edges(taken: _Taken) -> np.ndarray:
    """Black lines on white (Canny 1986, on the luminance in 0..1, blurred by one pixel, thresholds 0.1 and 0.2)."""
    from skimage.feature import canny

    lines = canny(convert_channels(taken.picture, 1)[..., 0] / 255.0, sigma=1.0)
    return np.where(lines, 0, 255).astype(np.uint8)[..., None]


def _gray(taken: _Taken) -> np.ndarray:
    return convert_channels(taken.picture, 1)


def _small(taken: _Taken) -> np.ndarray:
    """Shrunk with antialiasing and enlarged again, both bicubic: what a translation gets of a small picture."""
    height, width = taken.size
    small = resize_image(taken.picture, (height // taken.factor, width // taken.factor), fit="stretch")
    return resize_image(small, taken.size, fit="stretch")


def _hole(taken: _Taken) -> np.ndarray:
    """Half the height and width in the middle, grey (Pathak et al. 2016, arXiv:1604.07379)."""
    height, width = taken.size
    source = taken.picture.copy()
    source[height // 4:height // 4 + height // 2, width // 4:width // 4 + width // 2] = HOLE
    return source


def _silhouette(taken: _Taken) -> np.ndarray:
    source = decode_as(taken.path, transparency, max_pixels=taken.max_pixels)
    return resize_image(source, taken.size, fit=taken.fit)


def transparency(image: Image.Image) -> np.ndarray:
    """Black where the picture is opaque, white where it is transparent, uint8 (height, width, 1)."""
    if not image.has_transparency_data:
        raise BadPixels("found no transparency; expected an object on a transparent background. Cut it out, or take "
                        "another kind of pair.")
    return 255 - np.asarray(image.convert("RGBA"))[..., 3:]


KINDS: dict[str, Callable[[_Taken], np.ndarray]] = {
    "edges": _edges, "gray": _gray, "small": _small, "hole": _hole, "silhouette": _silhouette}
OF_ONE_CHANNEL = ("edges", "gray", "silhouette")


def source_of(picture: np.ndarray, kind: str, *, factor: int = 4) -> np.ndarray:
    """What a translation of this kind reads of a picture, at the picture's size; not for "silhouette".

    Args:
        picture: uint8 (height, width, 1 or 3).
        kind: a key of `KINDS`.
        factor: of "small".
    """
    return KINDS[kind](_Taken(Path(), picture, factor, "stretch", 0))


def load_made_pairs(
    root: str | os.PathLike,
    *,
    kind: str,
    size: int | tuple[int, int],
    channels: int = 3,
    factor: int = 4,
    fit: str = "center_crop",
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Pairs from the pictures of a folder: decoded at once if they fit into memory, else each when it is asked for.

    Args:
        root: a folder of pictures. Where it has folders train and val (or validation, or test), the second is held out.
        kind: what is read: "edges", black lines on white; "gray", the luminance; "small", the picture shrunk by
            `factor` and enlarged again; "hole", the picture without its middle; "silhouette", black where a picture
            with a transparent background is opaque.
        size: int or (height, width) in pixels.
        channels: 1 or 3, of what is made.
        factor: 2 or 4, of "small"; divides both sides of `size`.
        fit: "center_crop", "stretch" or "pad", as in `resize_image`.
        on_bad: "error" lists the pictures that cannot be used and stops; "skip" leaves them out, up to 10 %.
        limit: int, use only so many pictures.
        seed: int, of `limit`.
        memory_limit: int, bytes that decoded pairs may take, 1 GiB by default. Above it only headers are read here.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with the photos "source" (one channel for "edges", "gray" and "silhouette", else `channels`) and
        "real", uint8.

    Raises:
        ConfigError: an unknown option, or a size that `factor` does not divide.
        DataError: no pictures, or some that `on_bad` does not allow: an unreadable file, no transparency.

    Example:
        >>> train, validation = load_made_pairs("photos", kind="small", size=128, factor=4).split()
    """
    make = choose("kind", kind, KINDS)
    choose("fit", fit, FITS)
    check_channels(channels)
    pixels = image_size(size)
    if kind == "small" and (factor not in FACTORS or any(side % factor for side in pixels)):
        raise ConfigError(f"`factor` must be 2 or 4 and divide both sides. Received: factor={factor!r}, size={size!r}.")
    fields = {"source": Photo(1 if kind in OF_ONE_CHANNEL else channels), "real": Photo(channels)}

    def decode(paths: tuple[Path, ...]) -> dict[str, np.ndarray]:
        picture = resize_image(decode_image(paths[0], channels=channels, max_pixels=max_pixels), pixels, fit=fit)
        return {"source": make(_Taken(paths[0], picture, factor, fit, max_pixels)), "real": picture}

    train, held_out = ([(path,) for path in list_images(*folders)] if folders else None
                       for folders in parts_of(lambda part: (Path(root, part),)))
    return examples_of_files(train or [], held_out, fields, decode, lambda paths, sizes: None,
                             size=pixels, name=f"{kind} {printable(root)}", on_bad=on_bad, limit=limit, seed=seed,
                             memory_limit=memory_limit, max_pixels=max_pixels)
