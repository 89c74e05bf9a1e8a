"""Maps of ids at another size: the nearest pixel, since ids have no mean."""

from __future__ import annotations

import numpy as np

from gan_core.errors import choose
from gan_core.images.resize import FITS, image_size


def resize_nearest(ids: np.ndarray, size: int | tuple[int, int], *, fit: str = "center_crop",
                   outside: int = 0) -> np.ndarray:
    """The pixels whose centres are nearest, of the same part of the picture that `resize_image` takes.

    Args:
        ids: (h, w) of any type.
        size: int, or (height, width), in pixels.
        fit: "center_crop", "stretch" or "pad", as in `resize_image`.
        outside: the id beyond the picture, with "pad".

    Returns:
        (height, width), the same type.

    Example:
        >>> resize_nearest(np.array([[1, 2], [3, 4]]), (2, 4), fit="stretch")
        array([[1, 1, 2, 2],
               [3, 3, 4, 4]])
    """
    choose("fit", fit, FITS)
    wanted, had = np.array(image_size(size)), np.array(ids.shape)
    scale = had / wanted
    if fit == "center_crop":
        scale[:] = scale.min()
    inner, start = wanted, (had - wanted * scale) / 2
    if fit == "pad":
        inner = np.maximum(1, np.rint(had / scale.max()).astype(int))
        scale, start = had / inner, np.zeros(2)
    rows, columns = (np.clip(np.floor(first + (np.arange(count) + 0.5) * step), 0, limit - 1).astype(int)
                     for first, count, step, limit in zip(start, inner, scale, had, strict=True))
    found = ids[rows[:, None], columns]
    if fit != "pad":
        return found
    canvas = np.full(wanted, outside, ids.dtype)
    top, left = (wanted - inner) // 2
    canvas[top:top + inner[0], left:left + inner[1]] = found
    return canvas
