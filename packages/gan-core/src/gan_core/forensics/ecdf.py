"""The empirical distribution function."""

from __future__ import annotations

import numpy as np

from gan_core.errors import DataError

POINTS = np.linspace(0.0, 1.0, 50)


def ecdf(values, at=None) -> np.ndarray:
    """The share of values at or below each point: F(t) = #{x ≤ t} / n, continuous from the right.

    Args:
        values: any shape, finite.
        at: (points,), where to evaluate; 50 equally spaced points in [0, 1] if None, as in Valle (2019), chapter 11.

    Returns:
        float64 (points,) in [0, 1].

    Raises:
        DataError: no values, or NaN among them.

    Example:
        >>> ecdf([0, 0, .5, 1], at=[0, .4, .5, 1])
        array([0.5 , 0.5 , 0.75, 1.  ])
    """
    values = np.sort(np.asarray(values, np.float64), axis=None)
    if not values.size or np.isnan(values[-1]):
        raise DataError("`values` must hold at least one number and no NaN. Received: "
                        + ("NaN among them." if values.size else "none."))
    at = POINTS if at is None else np.asarray(at, np.float64)
    return np.searchsorted(values, at, side="right") / values.size
