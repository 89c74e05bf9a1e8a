"""The two-sample Kolmogorov-Smirnov distance and its critical value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError

_BLOCK = 1 << 20  # values looked up at once: bounds the working memory for sets of many millions of pixels


@dataclass(frozen=True)
class KolmogorovSmirnov:
    """The outcome of one comparison.

    Attributes:
        statistic: float in [0, 1], D = sup_t |F₁(t) - F₂(t)|.
        location: float, a value t where the distance D is reached.
        critical: float, D above this rejects equality at level `alpha`, *if all values are independent*.
        alpha: float, the level.
        rejected: bool, statistic > critical.
        sizes: (n, m), how many values each side had.
    """

    statistic: float
    location: float
    critical: float
    alpha: float
    rejected: bool
    sizes: tuple[int, int]


def critical_constant(alpha: float = 0.05) -> float:
    """c(α) = sqrt(-½ ln(α/2)): 1.358102 at 5 %, 1.627624 at 1 %.

    Raises:
        ConfigError: `alpha` is not strictly between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ConfigError(f"`alpha` must lie between 0 and 1. Received: alpha={alpha}. Usual values are 0.05 and 0.01.")
    return math.sqrt(-0.5 * math.log(alpha / 2))


def critical_value(n: int, m: int, *, alpha: float = 0.05) -> float:
    """c(α)·sqrt((n + m)/(n·m)): the distance that two equal distributions exceed with probability about α.

    Args:
        n: int >= 1, independent values of the first sample.
        m: int >= 1, of the second.
        alpha: float in (0, 1), the level.

    Raises:
        DataError: `n` or `m` is below 1.

    Example:
        >>> round(critical_value(7_840_000, 7_840_000), 6)     # 10,000 MNIST images on either side
        0.000686
    """
    if n < 1 or m < 1:
        raise DataError(f"both samples need at least one value. Received: n={n}, m={m}.")
    return critical_constant(alpha) * math.sqrt((n + m) / (n * m))


def ks_2samp(x, y, *, alpha: float = 0.05) -> KolmogorovSmirnov:
    """The largest vertical distance between the distribution functions of two samples, and its critical value.

    Equality is rejected if D > c(α)·sqrt((n + m)/(n·m)). The rule assumes independent values: for pixels, which are
    not, use the distance with `bootstrap_ks` instead of the verdict.

    Args:
        x: any shape, finite values.
        y: any shape, finite values.
        alpha: float in (0, 1), the level.

    Raises:
        DataError: a sample is empty or holds NaN or infinities.

    Example:
        >>> round(ks_2samp([1, 2, 3], [2, 3, 4]).statistic, 6)
        0.333333
    """
    x, y = _sorted("x", x), _sorted("y", y)
    critical = critical_value(x.size, y.size, alpha=alpha)
    statistic, location = 0.0, float(x[0])
    # Both functions are constant between jumps and continuous from the right: looking at every jump is exact.
    for jumps in (x, y):
        for start in range(0, jumps.size, _BLOCK):
            block = jumps[start:start + _BLOCK]
            block = block[np.append(True, block[1:] != block[:-1])]
            gap = np.abs(np.searchsorted(x, block, "right") / x.size - np.searchsorted(y, block, "right") / y.size)
            widest = int(gap.argmax())
            if gap[widest] > statistic:
                statistic, location = float(gap[widest]), float(block[widest])
    return KolmogorovSmirnov(statistic, location, critical, alpha, statistic > critical, (x.size, y.size))


def _sorted(name: str, values) -> np.ndarray:
    values = np.asarray(values, np.float64).ravel()
    if not values.size:
        raise DataError(f"`{name}` must hold at least one value. Received: an empty sample.")
    values = np.sort(values)
    if not (np.isfinite(values[0]) and np.isfinite(values[-1])):  # NaN sorts last
        raise DataError(f"`{name}` must be finite. Received: NaN or infinite values.")
    return values
