"""A look at examples: the fields of each side by side in a strip, its class and caption printed beneath."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.images.decode import convert_channels
from gan_core.images.sheet import TINY, image_grid

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples
    from gan_vision.data.fields.kind import Kind

LINES = 2  # of text at most
_LINE, _LETTER = 11, 6  # pixels that a line of Pillow's own font is high, and a letter about wide
_GAP = 2


def sheet(examples: Examples, rows, *, columns: int | None = None) -> np.ndarray:
    """Examples as one picture: see `Examples.sheet`."""
    found = examples.gather(rows)
    return image_grid(with_texts(strips(examples.fields, found), texts_of(examples.fields, found)), columns)


def strips(fields: Mapping[str, Kind], values: Mapping[str, Any], extra: Mapping[str, np.ndarray] | None = None,
           ) -> np.ndarray:
    """The pictures of each example in one row.

    Args:
        fields: name -> kind.
        values: name -> stored values (n, ...).
        extra: name -> pictures that are shown behind those of the fields: uint8 (n, height, width, 1 or 3).

    Returns:
        uint8 (n, height, width, 1 or 3).
    """
    shown = [kind.pictures(values[name]) for name, kind in fields.items() if name in values]
    pictures = [each for each in (*shown, *(extra or {}).values()) if each is not None]
    channels = max(each.shape[-1] for each in pictures)
    parts = [each if each.shape[-1] == channels else np.repeat(each, channels, axis=-1) for each in pictures]
    count, height = parts[0].shape[:2]
    gap = np.full((count, height, _GAP, channels), 255, np.uint8)
    return np.concatenate([part for each in parts for part in (gap, each)][1:], axis=2)


def texts_of(fields: Mapping[str, Kind], values: Mapping[str, Any]) -> list[str] | None:
    """What is printed under each example, or None if nothing is."""
    texts = [found for name, kind in fields.items() if name in values and (found := kind.texts(values[name]))]
    return ["\n".join(parts) for parts in zip(*texts, strict=True)] if texts else None


def with_texts(pictures: np.ndarray, texts: Sequence[str] | None) -> np.ndarray:
    """The pictures with a band of text under each; small pictures are enlarged so that it can be read."""
    from PIL import Image, ImageDraw, ImageFont

    if texts is None:
        return pictures
    scale = -(-TINY // min(TINY, *pictures.shape[1:3]))
    pictures = pictures.repeat(scale, axis=1).repeat(scale, axis=2)
    count, _, width, channels = pictures.shape
    font, bands = ImageFont.load_default(_LINE - 1), []
    for text in texts:
        lines = [line for part in text.split("\n") for line in textwrap.wrap(
            part, max(1, width // _LETTER), max_lines=LINES, placeholder=" ...") or [""]]
        bands.append(lines)
    height = _LINE * max(map(len, bands)) + 3
    drawn = np.empty((count, height, width, channels), np.uint8)
    for index, lines in enumerate(bands):
        band = Image.new("L", (width, height), 255)
        ImageDraw.Draw(band).multiline_text((1, 0), "\n".join(lines), fill=0, font=font, spacing=1)
        drawn[index] = convert_channels(np.asarray(band)[..., None], channels)
    return np.concatenate([pictures, drawn], axis=1)
