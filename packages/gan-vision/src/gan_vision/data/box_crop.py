"""A picture cut to the box around what it shows, with a margin: as the ADA example cuts its birds, or to a true square.

The numbers are those of András Béres, "Data-efficient GANs with Adaptive Discriminator Augmentation" (Keras code
examples, 2021), whose crop at a border of the picture is no square and is stretched to one. Crops are brought to their
size by means over areas, as there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gan_core.errors import ConfigError, choose
from gan_core.images.decode import ImageError

BBOX = "bbox"
CROPS_BY_SOURCE = ("'bbox' for a source with boxes (cub:DIR, tfds:caltech_birds2011, other sets with a feature "
                   "`bbox`), or 128 or 178 for tfds:celeb_a")
SQUARES = {"stretch": "a crop that is no square is stretched to one, as published",
           "shrink": "a crop that is no square is cut to its shorter side: nothing is distorted"}
MARGIN = 1.25  # of the crop's side to the longer side of the box
OVERHANG = 1.0  # pixels: boxes drawn by hand reach over the edge of their picture


def check_square(square: str, crop: object) -> None:
    """Refuse an unknown `square`, or one that has no effect.

    Args:
        square: a key of `SQUARES`.
        crop: how pictures are cut.

    Raises:
        ConfigError: `square` is unknown, or not the default without boxes.
    """
    choose("square", square, SQUARES)
    if square != "stretch" and crop != BBOX:
        raise ConfigError(f"`square` says how a crop to a box becomes square. Received: square={square!r} with "
                          f"crop={crop!r}. Add crop='bbox' (--crop bbox), or leave it out.")


def crop_window(box: Sequence[float], sides: tuple[int, int], *, square: str = "stretch") -> tuple[int, int, int, int]:
    """The part of a picture that is cut out: a square around the box's centre, as far as the picture reaches.

    Its side is 1.25 times the longer side of the box. On either axis it is no longer than twice the way from the
    centre to the nearer edge of the picture, so that the centre stays where it is. Halves are rounded to the even
    number, as `tf.round` does in the source; what rounding puts outside of the picture is cut off.

    Args:
        box: (y0, x0, y1, x1) in pixels, y0 < y1 and x0 < x1.
        sides: (height, width) of the picture in pixels.
        square: "stretch" leaves a rectangle at a border, "shrink" takes its shorter side for both.

    Returns:
        (top, left, height, width), whole pixels inside of the picture, both sides at least 1.

    Example:
        >>> crop_window((40, 80, 60, 120), (100, 200))
        (25, 75, 50, 50)
    """
    (y0, x0, y1, x1), (rows, columns) = map(float, box), sides
    centre_y, centre_x, side = (y0 + y1) / 2, (x0 + x1) / 2, MARGIN * max(y1 - y0, x1 - x0)
    height, width = min(side, 2 * centre_y, 2 * (rows - centre_y)), min(side, 2 * centre_x, 2 * (columns - centre_x))
    if square == "shrink":
        height = width = min(height, width)
    top, height = _span(centre_y, height, rows)
    left, width = _span(centre_x, width, columns)
    if square == "shrink":  # an edge may have cut one of them
        height = width = min(height, width)
    return top, left, height, width


def _span(centre: float, length: float, limit: int) -> tuple[int, int]:
    """Begin and length in whole pixels of 0..limit; `round` takes halves to the even number."""
    begin = min(max(round(centre - length / 2), 0), limit - 1)
    return begin, min(max(round(length), 1), limit - begin)


def box_fault(box: Sequence[float], sides: tuple[int, int]) -> str | None:
    """Why a picture cannot be cut to this box; None if it can.

    Args:
        box: (y0, x0, y1, x1) in pixels.
        sides: (height, width) of the picture in pixels.
    """
    y0, x0, y1, x1 = box
    rows, columns = sides
    found = f"Found: rows {y0:g} to {y1:g}, columns {x0:g} to {x1:g}"
    if not all(map(math.isfinite, box)) or y1 <= y0 or x1 <= x0:
        return f"must have a height and a width above 0. {found}"
    inside = y0 < rows and x0 < columns and y1 > 0 and x1 > 0
    over = max(-y0, -x0, y1 - rows, x1 - columns)
    if not inside or over > OVERHANG:
        return (f"must lie inside of its picture of {rows} rows and {columns} columns. {found}: "
                f"{'partly' if inside else 'wholly'} outside")
    return None


def cut_to_box(image: np.ndarray, box: Sequence[float], *, square: str, name: str,
               origin: str = "its box") -> np.ndarray:
    """The part of a picture around its box, see `crop_window`.

    Args:
        image: uint8 (H, W, channels).
        box: (y0, x0, y1, x1) in pixels.
        square: a key of `SQUARES`.
        name: of the picture, for messages.
        origin: what messages call the box.

    Returns:
        uint8 (height, width, channels).

    Raises:
        ImageError: the box is empty, or outside of the picture by more than one pixel.
    """
    sides = image.shape[0], image.shape[1]
    if fault := box_fault(box, sides):
        raise ImageError(name, f"{origin} {fault}. Correct the box, or remove the picture.")
    top, left, height, width = crop_window(box, sides, square=square)
    return image[top:top + height, left:left + width]


def resizing(fit: str, crop: object, square: str) -> dict[str, str]:
    """The `fit` and the `method` of `resize_image`: crops to boxes are averaged, and stretched if they are no squares.

    Args:
        fit: of pictures that are not cut to boxes.
        crop: how pictures are cut.
        square: a key of `SQUARES`.
    """
    if crop != BBOX:
        return {"fit": fit, "method": "bicubic"}
    return {"fit": "stretch" if square == "stretch" else fit, "method": "area"}
