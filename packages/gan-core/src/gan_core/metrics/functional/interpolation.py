"""Ways between two latent points."""

from __future__ import annotations

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import check_numeric, check_pair

SMALLEST_SINE = 1e-9


def lerp(start, end, fraction) -> np.ndarray:
    """(1-t) a + t b for **(count, D)** points and **(count,)** fractions or one; the straight way."""
    start, end, fraction = _check_ends(start, end, fraction)
    return (1.0 - fraction) * start + fraction * end


def slerp(start, end, fraction) -> np.ndarray:
    """(sin((1-t)ω) a + sin(tω) b) / sin ω, ω the angle between a and b (Shoemake 1985).

    The way along the sphere, on which Gaussian latent points nearly lie: lerp would pass through its inside.

    Args:
        start: numbers of **shape (count, D)**, no zero row.
        end: numbers of **shape (count, D)**, no zero row.
        fraction: number in [0, 1], or **shape (count,)**.

    Returns:
        float64 **(count, D)**. Parallel rows are joined straight.

    Raises:
        DataError: bad numbers, unequal shapes, a zero row, or opposite rows, between which no shortest way exists.

    Example:
        >>> slerp([[1.0, 0.0]], [[0.0, 1.0]], 0.5).round(4).tolist()
        [[0.7071, 0.7071]]
    """
    start, end, fraction = _check_ends(start, end, fraction)
    lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in (start, end)]
    if not all((length > 0).all() for length in lengths):
        raise DataError("`start` and `end` must not hold a zero row: it has no direction. Use lerp.")
    a, b = start / lengths[0], end / lengths[1]
    # arctan2 keeps its digits for small angles, where arccos of the product loses half of them
    angle = 2.0 * np.arctan2(np.linalg.norm(a - b, axis=1, keepdims=True), np.linalg.norm(a + b, axis=1, keepdims=True))
    sine = np.sin(angle)
    if ((sine < SMALLEST_SINE) & (angle > 1)).any():
        raise DataError("`start` and `end` hold opposite rows: no shortest way joins them on the sphere. Use lerp.")
    parallel = sine < SMALLEST_SINE
    safe = np.where(parallel, 1.0, sine)
    weight_start = np.where(parallel, 1.0 - fraction, np.sin((1.0 - fraction) * angle) / safe)
    weight_end = np.where(parallel, fraction, np.sin(fraction * angle) / safe)
    return weight_start * start + weight_end * end


def _check_ends(start, end, fraction) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start, end = (x.astype(np.float64) for x in check_pair("start", start, "end", end))
    fraction = check_numeric("fraction", fraction).astype(np.float64)
    if start.shape != end.shape or fraction.shape not in ((), (len(start),)):
        raise DataError(
            "`start` and `end` must have one shape (count, D), `fraction` none or (count,). "
            f"Received: {start.shape}, {end.shape}, {fraction.shape}."
        )
    return start, end, fraction.reshape(-1, 1)
