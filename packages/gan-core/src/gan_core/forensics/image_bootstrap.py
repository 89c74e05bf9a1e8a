"""How sure a distance between pixels is, when whole images are the independent units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.kolmogorov_smirnov import ks_2samp

_BLOCK = 1 << 22  # pixels counted at once


@dataclass(frozen=True)
class ImageBootstrap:
    """A Kolmogorov-Smirnov distance with its uncertainty.

    Attributes:
        statistic: float, D of all pixels.
        low: float, lower end of the percentile interval of D over resampled images.
        high: float, upper end.
        level: float, for example 0.95.
        repeats: int, resamples.
        floor: float, mean D between random halves of the reference: what two samples of one source show.
        floor_high: float, the distance which only 5 % of these halves exceed.
    """

    statistic: float
    low: float
    high: float
    level: float
    repeats: int
    floor: float
    floor_high: float


def bootstrap_ks(reference, sample, *, repeats: int = 200, level: float = 0.95, points: int = 512,
                 seed: int = 0) -> ImageBootstrap:
    """The pixel distance D with an interval from resampling images, and the distance of the reference to itself.

    Neighbouring pixels are alike, so a set of N images holds far fewer than N·H·W independent values and the usual
    p-value is absurdly small. Images are independent of each other: draw N of them with replacement, on both sides,
    and look how much D moves (Efron's percentile interval). For D near 0 the interval sits too high, because
    resampling adds noise to both sides: compare with `floor` there.

    Args:
        reference: (N, ...) pixels, N >= 2.
        sample: (M, ...) pixels, M >= 2.
        repeats: int >= 10, resamples and random halvings.
        level: float in (0, 1), of the interval.
        points: int >= 2, resampled distribution functions are compared at this many pixel values (all of them for
            8-bit pictures). The place of the largest distance is always among them.
        seed: int.

    Raises:
        DataError: fewer than two images on a side, or values that are not finite.
        ConfigError: `repeats`, `level` or `points` outside their range.

    Example:
        >>> bootstrap_ks(real, fake).low > bootstrap_ks(real, fake).floor_high     # a difference beyond chance
        True
    """
    reference, sample = _flat("reference", reference), _flat("sample", sample)
    if repeats < 10 or not 0 < level < 1 or points < 2:
        raise ConfigError("`repeats` must be at least 10, `level` between 0 and 1 and `points` at least 2. Received: "
                          f"repeats={repeats}, level={level}, points={points}.")
    random = np.random.default_rng(seed)
    exact = ks_2samp(reference, sample)
    grid = np.union1d(np.concatenate([_landmarks(reference, points, random), _landmarks(sample, points, random)]),
                      [exact.location])

    resampled = random.multinomial(len(reference), np.full(len(reference), 1 / len(reference)), size=repeats)
    halves = random.permuted(np.tile(np.arange(len(reference)) % 2, (repeats, 1)), axis=1)
    of_reference = _distribution_functions(reference, grid, np.concatenate([resampled, halves, 1 - halves]))
    resampled = random.multinomial(len(sample), np.full(len(sample), 1 / len(sample)), size=repeats)
    of_sample = _distribution_functions(sample, grid, resampled)

    distances = np.abs(of_reference[:repeats] - of_sample).max(axis=1)
    between_halves = np.abs(of_reference[repeats:2 * repeats] - of_reference[2 * repeats:]).max(axis=1)
    low, high = np.quantile(distances, [(1 - level) / 2, (1 + level) / 2])
    return ImageBootstrap(exact.statistic, float(low), float(high), level, repeats,
                          float(between_halves.mean()), float(np.quantile(between_halves, 0.95)))


def _flat(name: str, images) -> np.ndarray:
    images = np.asarray(images, np.float64)
    if images.ndim < 2 or len(images) < 2 or not images.size:
        raise DataError(f"`{name}` must hold at least two images, shape (N, ...). Received: shape={images.shape}.")
    return images.reshape(len(images), -1)


def _landmarks(images: np.ndarray, points: int, random: np.random.Generator) -> np.ndarray:
    """Pixel values that cut the set into about equally full parts."""
    values = images.ravel()
    if values.size > 1_000_000:
        values = values[random.integers(values.size, size=1_000_000)]
    values = np.sort(values)
    distinct = values[np.append(True, values[1:] != values[:-1])]
    if distinct.size <= points:
        return distinct
    return values[np.linspace(0, values.size - 1, points).round().astype(int)]


def _distribution_functions(images: np.ndarray, grid: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """F of each weighting of the images at each grid value: (weightings, grid)."""
    total = np.zeros((len(weights), len(grid)))
    start = 0
    for counts in _counts_below(images, grid):
        total += weights[:, start:start + len(counts)].astype(np.float64) @ counts
        start += len(counts)
    return total / (weights.sum(axis=1, keepdims=True) * images.shape[1])


def _counts_below(images: np.ndarray, grid: np.ndarray) -> Iterator[np.ndarray]:
    """Blocks (images, grid): how many pixels of each image are at or below each grid value."""
    rows = max(1, _BLOCK // max(images.shape[1], len(grid)))
    for start in range(0, len(images), rows):
        block = images[start:start + rows]
        slot = np.searchsorted(grid, block, side="left")  # the first grid value that is not below the pixel
        slot += np.arange(len(block))[:, None] * (len(grid) + 1)
        counts = np.bincount(slot.ravel(), minlength=len(block) * (len(grid) + 1)).reshape(len(block), -1)
        yield counts[:, :-1].cumsum(axis=1).astype(np.float64)
