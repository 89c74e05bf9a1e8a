"""Where the ink of each column (or row) of an image sits."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError, DataError, choose

_EMPTY = {"nan": np.nan, "zero": 0.0}


def centroid(images, *, axis: int = 0, empty: str = "nan") -> np.ndarray:
    """The centre of mass of every column of grey images.

    c_j = Σ_i i·x_ij / Σ_i x_ij with rows i counted from 0 (the spectral centroid of 1807.04919 applied to pixels).

    Args:
        images: (H, W) or (N, H, W), non-negative pixels on any scale.
        axis: 0 gives one centroid per column, 1 one per row.
        empty: what a column without any ink gets: "nan", or "zero" as in Valle (2019), by adding a tiny number
            to the denominator (then an empty column cannot be told from one whose ink is all in row 0).

    Returns:
        float64 (W,) or (N, W) in 0..H-1 for axis 0; (H,) or (N, H) in 0..W-1 for axis 1.

    Raises:
        DataError: pixels are negative or not finite, or there are not two or three dimensions.
        ConfigError: an unknown `axis` or `empty`.

    Example:
        >>> centroid([[0], [1], [0], [1]])
        array([2.])
    """
    filler = choose("treatment of `empty` columns", empty, _EMPTY)
    if axis not in (0, 1):
        raise ConfigError(f"`axis` must be 0 (one centroid per column) or 1 (one per row). Received: axis={axis!r}.")
    images = np.asarray(images, np.float64)
    if images.ndim not in (2, 3) or 0 in images.shape:
        raise DataError(f"`images` must have shape (H, W) or (N, H, W). Received: shape={images.shape}. "
                        "Average the channels of colour images first.")
    if not np.isfinite(images).all():
        raise DataError("`images` must be finite. Received: NaN or infinite pixels.")
    if images.min() < 0:
        raise DataError(f"`images` must not be negative, else a centre of mass means nothing. Received: "
                        f"smallest pixel={images.min():g}. Map [-1, 1] to [0, 1] with (x + 1) / 2, or clip.")
    summed = images.ndim - 2 + axis
    position = np.arange(images.shape[summed], dtype=np.float64)
    position = position[:, None] if axis == 0 else position
    mass = images.sum(axis=summed)
    moment = (images * position).sum(axis=summed)
    return np.divide(moment, mass, out=np.full(mass.shape, filler), where=mass > 0)
