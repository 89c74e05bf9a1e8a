"""How far a score would move if the same generator were sampled anew and judged by the same real images.

Two generators are compared on one set of real images, so the chance that matters is that of the generated ones alone.
The deviation of values over overlapping subsets is something else: it belongs to samples of the subsets' size, and
tells nothing about how the mean over all of them varies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import check_integer, check_pair
from gan_core.metrics.functional.fid import trace_from_covariances, trace_from_features
from gan_core.metrics.functional.moments import Moments

TILE_ROWS = 2048  # a tile of kernel values: 2048² float64 = 34 MB
MOST_ROWS = 4000  # per side, from which the variance components of the kernel distance are taken
GROUPS, FEW_GROUPS = 40, 20  # of the jackknife; fewer where one Fréchet distance takes seconds
LARGE_DIMENSION = 512


def kernel_distance_error(real, fake, *, seed: int = 0) -> float:
    """Standard error of the unbiased kernel distance ("full") over draws of the generated images.

    As a function of the generated images y the distance is a U-statistic of order two, so that its variance is
    4 Var(g)/n + 2 E[k̃²]/(n(n-1)) (Hoeffding 1948, "A Class of Statistics with Asymptotically Normal Distribution"; for
    the kernel distance Sutherland et al. 2017, arXiv:1611.04488, appendix A), where g(y) = E k(y,y') - mean k(xᵢ,y) and
    k̃ is the kernel without its row and column means. The second term must not be left out: it is most of the variance
    where generated and real images are alike.

    Args:
        real: numbers of **shape (m, D)**, m ≥ 2.
        fake: numbers of **shape (n, D)**, n ≥ 3.
        seed: int ≥ 0; of more than 4,000 rows a side so many are drawn, and the result is that of all n.

    Returns:
        float ≥ 0, in units of the distance.

    Raises:
        DataError: bad features, too few rows or unequal dimensions.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(3, 200, 4))
        >>> 0 < kernel_distance_error(x[0], x[1]) < 0.1
        True
    """
    real, fake = check_pair("real", real, "fake", fake, minimum=3)
    generator = np.random.default_rng(check_integer("seed", seed, minimum=0))
    m, n = len(real), len(fake)
    x, y = (rows if len(rows) <= MOST_ROWS else rows[np.sort(generator.choice(len(rows), MOST_ROWS, replace=False))]
            for rows in (real, fake))
    within, within_squares = _kernel_sums(y, y)
    diagonal = _kernel_diagonal(y)
    within, within_squares = within - diagonal, within_squares - float(diagonal @ diagonal)
    across, across_squares = _kernel_sums(y, x)
    rows, columns = len(y), len(x)
    own, other = within / (rows - 1), across / columns
    pairs = _centred_square(within_squares, rows * (rows - 1), own)
    crossed = max(across_squares / (rows * columns) - float(np.mean(other**2)), 0.0)
    # Own means are means over the other rows: what their noise adds to the variance of g is taken off again; likewise
    # the noise of a choice of the real images, which are all there in the distance itself.
    first = float(np.var(own - other, ddof=1)) - pairs / (rows - 1) - crossed * (1 / columns - 1 / m)
    return float(np.sqrt(4 * max(first, 0.0) / n + 2 * pairs / (n * (n - 1))))


def frechet_distance_error(real, fake, *, groups: int | None = None, count: int | None = None) -> float:
    """Standard error of the Fréchet distance over draws of the generated images, by a grouped jackknife.

    The generated images are dealt into g groups; with F₋ᵢ the distance without group i, the variance is
    (g-1)/g Σ (F₋ᵢ - mean F₋)² (Tukey 1958; Efron and Stein 1981, "The Jackknife Estimate of Variance", which shows that
    it errs upwards). The bias of the distance, which depends on the number of images alone, does not enter.

    Args:
        real: numbers of **shape (m, D)**, m ≥ 2.
        fake: numbers of **shape (n, D)**, n ≥ 4, in an order that means nothing.
        groups: int in 2..n/2; by default 40, and 20 for more than 512 features.
        count: int ≥ n, images of the distance, where `fake` is a choice of them; n by default.

    Returns:
        float ≥ 0, in units of the distance.

    Raises:
        DataError: bad features, too few rows or unequal dimensions.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(2, 200, 4))
        >>> 0 < frechet_distance_error(x[0], x[1]) < 0.1
        True
    """
    real, fake = check_pair("real", real, "fake", fake, minimum=2)
    n = len(fake)
    wanted = (FEW_GROUPS if fake.shape[1] > LARGE_DIMENSION else GROUPS) if groups is None else groups
    groups = min(check_integer("groups", wanted, minimum=2), n // 2)
    if groups < 2:
        raise DataError(f"a jackknife needs at least 4 generated images. Received: {n}.")
    without = _by_features(real, fake) if min(len(real), n) < real.shape[1] else _by_moments(real, fake)
    # Every group holds rows of all parts of the set, whatever its order.
    values = np.array([without(np.arange(start, n, groups)) for start in range(groups)])
    error = float(np.sqrt((groups - 1) * np.mean((values - values.mean()) ** 2)))
    return error * np.sqrt(n / (count or n))


def _kernel_diagonal(rows: np.ndarray) -> np.ndarray:
    return (np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / rows.shape[1] + 1.0) ** 3


def _kernel_sums(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float]:
    """Σⱼ k(aᵢ,bⱼ) of every row, and Σᵢⱼ k(aᵢ,bⱼ)²."""
    sums, squares = np.zeros(len(first)), 0.0
    for i in range(0, len(first), TILE_ROWS):
        left = np.asarray(first[i:i + TILE_ROWS], np.float64)
        for j in range(0, len(second), TILE_ROWS):
            kernel = left @ np.asarray(second[j:j + TILE_ROWS], np.float64).T
            kernel /= first.shape[1]
            kernel += 1.0
            kernel **= 3
            sums[i:i + TILE_ROWS] += kernel.sum(axis=1)
            squares += float(np.vdot(kernel, kernel))
    return sums, squares


def _centred_square(squares: float, pairs: int, means: np.ndarray) -> float:
    """E[k̃²] of the pairs i ≠ j from Σk² and row means: Σ(k - rᵢ - rⱼ + c)², written out."""
    rows, mean = len(means), float(means.mean())
    scatter = float(np.sum((means - mean) ** 2))
    centred = squares - pairs * mean**2 - 2 * rows * scatter
    return max(centred, 0.0) / max(pairs - 2 * rows, 1)


def _by_moments(real: np.ndarray, fake: np.ndarray) -> Callable[[np.ndarray], float]:
    """A function: rows to leave out -> the distance of the rest; the rest is never added up anew."""
    reference, whole = Moments.of(real), Moments.of(fake)
    mean, covariance = reference.mean, reference.covariance

    def without(rows: np.ndarray) -> float:
        part = Moments.of(fake[rows])
        left = whole.count - part.count
        shift = part.mean - whole.mean
        rest = whole.mean - shift * (part.count / left)
        scatter = whole.scatter - part.scatter - np.outer(shift, shift) * (part.count * whole.count / left)
        spread = scatter / (left - 1)
        gap = mean - rest
        return float(gap @ gap + np.trace(spread)) - 2 * trace_from_covariances(covariance, spread)

    return without


def _by_features(real: np.ndarray, fake: np.ndarray) -> Callable[[np.ndarray], float]:
    """The same for fewer rows than features, where covariances are singular."""
    mean, scaled = _scaled(real)

    def without(rows: np.ndarray) -> float:
        rest, other = _scaled(np.delete(fake, rows, axis=0))
        gap = mean - rest
        return float(gap @ gap + np.vdot(other, other)) - 2 * trace_from_features(scaled, other)

    return without


def _scaled(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    features = features.astype(np.float64)
    mean = features.mean(axis=0)
    return mean, (features - mean) / np.sqrt(len(features) - 1)
