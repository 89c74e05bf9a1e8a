"""Rounding floats to the grid that stored pictures live on."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError


def quantise(values, *, levels: int = 256, top: float = 1.0) -> np.ndarray:
    """The nearest value of the grid 0, top/(levels-1), ..., top.

    Pictures on disk have 256 grey levels, a network's output has millions. Unrounded, the two differ at once for
    that reason alone; rounded, what is left is a difference of the pictures.

    Args:
        values: any shape, nominally in [0, top]; values outside become 0 or `top`.
        levels: int >= 2, 256 for 8-bit pictures.
        top: float > 0, the largest value of the grid: 1 for pixels / 255, 255/256 for Valle's (2019) division by 256.

    Returns:
        float64, same shape, exactly equal to k·top/(levels-1) for an integer k.

    Raises:
        ConfigError: fewer than 2 `levels`, or `top` not positive.

    Example:
        >>> quantise([.0001, .5, 1.2], levels=3)
        array([0. , 0.5, 1. ])
    """
    if levels < 2:
        raise ConfigError(f"`levels` must be at least 2. Received: levels={levels}. Use 256 for 8-bit pictures.")
    if not top > 0:
        raise ConfigError(f"`top` must be positive. Received: top={top}.")
    step = levels - 1
    # k / step * top and not k * (top / step): only the former equals uint8 / 255 bit for bit.
    return np.clip(np.rint(np.asarray(values, np.float64) / top * step), 0, step) / step * top
