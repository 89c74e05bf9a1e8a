"""Kernel (inception) distance: the unbiased squared maximum mean discrepancy under a cubic kernel."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.metrics.functional.feature_checks import MetricWarning, check_integer, check_pair, check_result

TILE_ROWS = 2048  # a tile of kernel values: 2048² float64 = 34 MB


@dataclass(frozen=True)
class KernelDistance:
    """A kernel distance and what its spread means.

    Attributes:
        value: float, unbiased estimate of MMD² ≥ 0; near 0 it may be negative and is not clipped.
        spread: float or None, the spread over parts; None for one part.
        spread_kind: str, "standard deviation over overlapping subsets" (no standard error) or "standard error".
        parts: int, number of subsets, blocks or batches.
        part_size: int, samples per part and side (of the largest part).
        estimator: str, "subsets", "blocks", "full" or "per_batch".
    """

    value: float
    spread: float | None
    spread_kind: str
    parts: int
    part_size: int
    estimator: str


@np.errstate(over="ignore", invalid="ignore")  # answered by DataError below
def kernel_distance(
    real,
    fake,
    *,
    estimator: str = "subsets",
    subsets: int = 100,
    subset_size: int = 1000,
    block_size: int = 1024,
    batch_size: int = 64,
    seed: int = 0,
) -> KernelDistance:
    """Kernel distance of two sets of features (Bińkowski et al. 2018, arXiv:1801.01401). Lower is better.

    MMD² = Σ_{i≠j} k(xᵢ,xⱼ)/(m(m-1)) + Σ_{i≠j} k(yᵢ,yⱼ)/(n(n-1)) - 2 mean k(xᵢ,yⱼ), k(x,y) = (xᵀy/D + 1)³.
    All estimators but "full" take the rows as they come or sample them: shuffle sorted data first.

    Args:
        real: numbers of **shape (m, D)**, m ≥ 2.
        fake: numbers of **shape (n, D)**, n ≥ 2.
        estimator:
            "subsets": mean and population standard deviation over `subsets` random subsets without replacement of
            size min(subset_size, m, n); "blocks": mean and standard error over disjoint blocks of at most
            `block_size` rows; "full": all pairs at once, in bounded memory; "per_batch": batches of `batch_size`
            aligned rows, weighted by their size (m = n).
        subsets: int ≥ 1.
        subset_size: int ≥ 2.
        block_size: int ≥ 2.
        batch_size: int ≥ 2.
        seed: int ≥ 0 of the random subsets.

    Returns:
        `KernelDistance`. Equal distributions give values around 0 of either sign; two identical sets give a small
        negative value with "full", since pairs of a sample with its own copy count only between the sets.

    Raises:
        DataError: bad features, fewer than 2 rows, unequal dimensions, unequal counts with "per_batch", overflow.
        ConfigError: unknown `estimator` or an option out of range.

    Warns:
        MetricWarning: a negative value; a subset smaller than asked for; a last batch of one row left out.

    Example:
        >>> kernel_distance([[0.0], [1.0]], [[1.0], [2.0]], estimator="full").value
        9.5
    """
    real, fake = check_pair("real", real, "fake", fake, minimum=2)
    subsets, seed = check_integer("subsets", subsets), check_integer("seed", seed, minimum=0)
    sizes = {
        "subsets": check_integer("subset_size", subset_size, minimum=2),
        "blocks": check_integer("block_size", block_size, minimum=2),
        "per_batch": check_integer("batch_size", batch_size, minimum=2),
    }
    parts = choose("`estimator`", estimator, _PARTS)
    if estimator == "full":
        value = check_result("the kernel distance", squared_discrepancy(real, fake))
        result = KernelDistance(value, None, "", 1, max(len(real), len(fake)), "full")
    else:
        estimates = PartEstimates()
        for left, right in parts(real, fake, sizes[estimator], subsets, seed):
            estimates.add(left, right)
        result = estimates.result(estimator)
    warn_if_negative(result.value)
    return result


def squared_discrepancy(real: np.ndarray, fake: np.ndarray, *, tile_rows: int = TILE_ROWS) -> float:
    """Unbiased MMD² of all pairs of **shape (m, D)** and **(n, D)** arrays, m, n ≥ 2, tile by tile."""
    m, n = len(real), len(fake)
    return (
        _kernel_sum(real, None, tile_rows) / (m * (m - 1.0))
        + _kernel_sum(fake, None, tile_rows) / (n * (n - 1.0))
        - 2.0 * _kernel_sum(real, fake, tile_rows) / (m * float(n))
    )


def _kernel_sum(first: np.ndarray, second: np.ndarray | None, tile_rows: int) -> float:
    """Σ (xᵀy/D + 1)³ over all pairs of two sets; without a `second`, over i ≠ j within the first."""
    same, total = second is None, 0.0
    other = first if second is None else second
    for i in range(0, len(first), tile_rows):
        left = np.asarray(first[i : i + tile_rows], np.float64)
        for j in range(i if same else 0, len(other), tile_rows):
            diagonal = same and i == j
            right = left if diagonal else np.asarray(other[j : j + tile_rows], np.float64)
            kernel = left @ right.T
            kernel *= 1.0 / first.shape[1]
            kernel += 1.0
            if diagonal:
                np.fill_diagonal(kernel, 0.0)
            cubes = float(np.vdot(kernel * kernel, kernel))
            total += cubes if diagonal or not same else 2.0 * cubes  # the mirrored tile below the diagonal
    return total


def _random_subsets(real, fake, size: int, subsets: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    usable = min(size, len(real), len(fake))
    if usable < size:
        warnings.warn(
            f"KID subsets hold {usable} samples instead of {size}, since there are no more; the value stays unbiased, "
            "its spread is larger",
            MetricWarning,
            stacklevel=3,
        )
    generator = np.random.default_rng(seed)
    for _ in range(subsets):
        yield tuple(x[generator.choice(len(x), usable, replace=False)] for x in (real, fake))


def _disjoint_blocks(real, fake, size: int, *_) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    wanted = -(-max(len(real), len(fake)) // size)
    blocks = min(wanted, min(len(real), len(fake)) // 2)  # each block needs 2 rows a side
    yield from zip(np.array_split(real, blocks), np.array_split(fake, blocks), strict=True)


def _aligned_batches(real, fake, size: int, *_) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    if len(real) != len(fake):
        raise DataError(
            '`real` and `fake` must hold equally many samples for estimator="per_batch". '
            f'Received: {len(real)} and {len(fake)}. Cut the longer one or use estimator="blocks".'
        )
    if len(real) % size == 1:
        warnings.warn(
            "KID per batch left out the last sample: a batch of one has no pairs", MetricWarning, stacklevel=3
        )
    for start in range(0, len(real) - 1, size):
        yield real[start : start + size], fake[start : start + size]


_PARTS: dict[str, Callable | None] = {
    "subsets": _random_subsets,
    "blocks": _disjoint_blocks,
    "full": None,
    "per_batch": _aligned_batches,
}


class PartEstimates:
    """Weighted mean and spread of the estimates of parts that are seen once (West 1979): constant memory."""

    def __init__(self):
        self.parts, self.largest, self.weight, self.mean, self.scatter = 0, 0, 0.0, 0.0, 0.0

    def add(self, real: np.ndarray, fake: np.ndarray) -> None:
        """Take in one part of **shape (m, D)** and **(n, D)**, m, n ≥ 2, weighted by its rows."""
        part = PartEstimates()
        part.parts, part.largest, part.weight = 1, max(len(real), len(fake)), float(len(real) + len(fake))
        part.mean = check_result("the kernel distance", squared_discrepancy(real, fake))
        self.merge(part)

    def merge(self, other: PartEstimates) -> None:
        """Take in the parts of `other`."""
        if other.parts == 0:
            return
        total, shift = self.weight + other.weight, other.mean - self.mean
        self.scatter += other.scatter + shift**2 * self.weight * other.weight / total
        self.mean += shift * other.weight / total
        self.parts, self.largest, self.weight = self.parts + other.parts, max(self.largest, other.largest), total

    def result(self, estimator: str) -> KernelDistance:
        """Population deviation for overlapping subsets, else standard error with Bessel's correction."""
        variance = self.scatter / self.weight
        if estimator == "subsets":
            spread, kind = variance**0.5, "standard deviation over overlapping subsets"
        elif self.parts > 1:
            spread, kind = (variance / (self.parts - 1)) ** 0.5, "standard error"
        else:
            spread, kind = None, ""
        return KernelDistance(float(self.mean), spread, kind, self.parts, self.largest, estimator)


def warn_if_negative(value: float) -> None:
    """Tell that a negative kernel distance is no error."""
    if value < 0:
        warnings.warn(
            f"KID is negative ({value:.3g}): normal for an unbiased estimate of a distance near 0; read it as 0 within "
            "its spread",
            MetricWarning,
            stacklevel=3,
        )
