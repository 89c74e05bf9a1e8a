"""Pictures of a level that is smaller than the data, at the size of the data."""

from __future__ import annotations

import numpy as np


def enlarged(images: np.ndarray, size: int) -> np.ndarray:
    """Pictures with each pixel repeated until their sides have `size` pixels; others as they are.

    Args:
        images: (n, height, width, channels).
        size: pixels of the longer side, a multiple of that of `images`.

    Example:
        >>> enlarged(np.zeros((2, 8, 8, 3), np.uint8), 32).shape
        (2, 32, 32, 3)
    """
    factor = size // max(images.shape[1:3])
    return images if factor <= 1 else images.repeat(factor, axis=1).repeat(factor, axis=2)
