"""Maps of ids from picture files: classes or objects as numbers, palette entries or colours."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
from PIL import Image

from gan_core.images.decode import MAX_PIXELS, BadPixels, decode_as

Color = tuple[int, int, int]
_SHOWN = 5


def decode_ids(source: str | os.PathLike | bytes, *, colors: Mapping[Color, int] | None = None,
               max_pixels: int = MAX_PIXELS, name: str | None = None) -> np.ndarray:
    """The number at each pixel of one file, exactly as stored: nothing is scaled, and 16 bits stay 16 bits.

    Args:
        source: path, or the bytes of a file: grey levels of 8 or 16 bits (-1 in 32 bits is 65535); a palette, whose
            entries count, not their colours; or, with `colors`, a picture in those colours.
        colors: RGB (0..255 each) -> id 0..65535, for masks that are painted in colours.
        max_pixels: int, height times width above which a file is refused.
        name: str, what error messages call `bytes`.

    Returns:
        uint8 or uint16 (height, width).

    Raises:
        ImageError: (a DataError) as `decode_image`; or numbers beyond 16 bits; or a picture in colours without
            `colors`, or with a colour that is not among them: the message has its value and place.

    Example:
        >>> decode_ids("aachen_000000_000019_gtFine_instanceIds.png").max()
        26004
    """
    return decode_as(source, lambda image: _ids_of(image, colors), max_pixels=max_pixels, name=name)


def colors_of(image: np.ndarray) -> list[tuple[Color, int]]:
    """The colours of an RGB picture with how many pixels have each, the most frequent first.

    Args:
        image: uint8 (height, width, 3).
    """
    found, counts = np.unique(_packed(image), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [(_unpacked(int(found[place])), int(counts[place])) for place in order]


def _ids_of(image: Image.Image, colors: Mapping[Color, int] | None) -> np.ndarray:
    if colors is not None:
        return _looked_up(np.asarray(image.convert("RGB")), colors)
    if image.mode in ("L", "P"):
        return np.asarray(image)
    if image.mode == "1":
        return np.asarray(image).astype(np.uint8)
    if image.mode == "I" or image.mode.startswith("I;16"):
        values = np.asarray(image)
        values = np.where(values == -1, 65_535, values)  # "unknown", as 16 bits store it
        if values.min() < 0 or values.max() > 65_535:
            raise BadPixels(f"found numbers from {values.min()} to {values.max()}; expected ids of 0..65535. Write it "
                            "with 8 or 16 bits.")
        return values.astype(np.uint16)
    if image.mode not in ("RGB", "RGBA"):
        raise BadPixels(f"found a picture of the mode {image.mode}; expected ids: grey levels of 8 or 16 bits, or a "
                        "palette. Write it as such a PNG.")
    found = colors_of(np.asarray(image.convert("RGB")))
    shown = ", ".join(str(color) for color, _ in found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
    raise BadPixels(f"found a picture of {len(found)} colours ({shown}); expected ids. Say which id each colour means.")


def _looked_up(image: np.ndarray, colors: Mapping[Color, int]) -> np.ndarray:
    known = np.array([_packed(np.array(color)) for color in colors])
    order = np.argsort(known)
    packed = _packed(image)
    places = np.minimum(np.searchsorted(known, packed, sorter=order), len(known) - 1)
    wrong = known[order][places] != packed
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        raise BadPixels(f"found the colour {_unpacked(int(packed[row, column]))} at row {row}, column {column}, and "
                        f"{int(wrong.sum()) - 1} more pixels that are in none of the {len(colors)} colours. Add it to "
                        "the table, or save the mask without smoothing and not as JPEG.")
    ids = np.array(list(colors.values()))
    return ids[order][places].astype(np.uint8 if ids.max() < 256 else np.uint16)


def _packed(colors: np.ndarray) -> np.ndarray:
    return colors.astype(np.int32) @ np.array([65_536, 256, 1], np.int32)


def _unpacked(color: int) -> Color:
    return color >> 16, color >> 8 & 255, color & 255
