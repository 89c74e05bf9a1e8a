"""A look at examples: the fields of each side by side in a strip, its class and caption printed beneath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.images.decode import convert_channels
from gan_core.images.sheet import TINY, image_grid

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples
    from gan_vision.data.fields.kind import Kind

LINES = 3  # of text at most
_GAP = 2


def sheet(examples: Examples, rows, *, columns: int | None = None) -> np.ndarray:
    """Examples as one picture: see `Examples.sheet`."""
    found = examples.gather(rows)
    pictures, texts = strips(examples.fields, found), texts_of(examples.fields, found)
    # Small pictures are enlarged, so that a text below them can be read.
    scale = 1 if texts is None else -(-TINY // min(TINY, *pictures.shape[1:3]))
    return image_grid(pictures, columns, scale=scale, labels=texts, label_lines=LINES)


def strips(fields: Mapping[str, Kind], values: Mapping[str, Any], extra: Mapping[str, np.ndarray] | None = None,
           ) -> np.ndarray:
    """The pictures of each example in one row.

    Args:
        fields: name -> kind.
        values: name -> stored values (n, ...).
        extra: name -> pictures that are shown behind those of the fields: uint8 (n, height, width, 1, 3 or 4).

    Returns:
        uint8 (n, height, width, 1, 3 or 4).
    """
    shown = [kind.pictures(values[name]) for name, kind in fields.items() if name in values]
    pictures = [each for each in (*shown, *(extra or {}).values()) if each is not None]
    channels = max(each.shape[-1] for each in pictures)
    parts = [convert_channels(each, channels) for each in pictures]
    count, height = parts[0].shape[:2]
    gap = np.full((count, height, _GAP, channels), 255, np.uint8)
    return np.concatenate([part for each in parts for part in (gap, each)][1:], axis=2)


def texts_of(fields: Mapping[str, Kind], values: Mapping[str, Any]) -> list[str] | None:
    """What is printed under each example, or None if nothing is."""
    texts = [found for name, kind in fields.items() if name in values and (found := kind.texts(values[name]))]
    return ["\n".join(parts) for parts in zip(*texts, strict=True)] if texts else None
