"""Multi-scale structural similarity, and the diversity of a set of images measured by it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional.feature_checks import MetricWarning, check_integer, check_labels, check_numeric

WINDOW, SIGMA, K1, K2 = 11, 1.5, 0.01, 0.03
PAIRS_AT_ONCE_VALUES = 4_000_000  # pixels filtered at once: about 300 MB of working memory

# Exponents from the finest to the coarsest scale. Five are those of the paper; the others serve images on which the
# 11-pixel window does not fit five times. Each number of scales is a metric of its own.
POWER_FACTORS = {
    5: (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    4: (0.0517, 0.3295, 0.3462, 0.2726),
    3: (0.2, 0.3, 0.5),
    2: (0.4, 0.6),
    1: (1.0,),
}


@dataclass(frozen=True)
class SimilarityOfPairs:
    """MS-SSIM of random pairs: near 1 the images are alike, so lower is more diverse.

    Attributes:
        mean: float in [0, 1].
        std: float, population standard deviation over the pairs.
        pairs: int.
        power_factors: tuple of floats, one per scale.
        identity: str, what two values must share to be compared.
    """

    mean: float
    std: float
    pairs: int
    power_factors: tuple[float, ...]
    identity: str


def power_factors_for(height: int, width: int) -> tuple[float, ...]:
    """Exponents of as many scales (up to 5) as the 11-pixel window fits on: 5 from 161 pixels, 3 from 41.

    Raises:
        DataError: the smaller side is below 11 pixels.

    Example:
        >>> power_factors_for(64, 64)
        (0.2, 0.3, 0.5)
    """
    scales, side = 0, min(height, width)
    while side >= WINDOW and scales < 5:
        scales, side = scales + 1, -(-side // 2)
    if scales == 0:
        raise DataError(
            f"MS-SSIM needs images of at least {WINDOW}x{WINDOW} pixels. Received: {height}x{width}. Enlarge them."
        )
    return POWER_FACTORS[scales]


def ms_ssim(first, second, *, data_range: float | None = None, power_factors=None) -> np.ndarray:
    """Multi-scale structural similarity of pairs of images (Wang, Simoncelli and Bovik 2003).

    Π_scales contrast-structure^w, with the luminance term at the coarsest scale only, mean over channels; Gaussian
    window of 11 pixels and σ = 1.5, 2x2 mean pooling between the scales, negative terms set to 0.

    Args:
        first: images of **shape (count, height, width[, channels])**.
        second: images of the same shape.
        data_range: float > 0, largest minus smallest possible value; None: 255, for uint8 images only.
        power_factors: floats > 0, one per scale; None: `power_factors_for` the size.

    Returns:
        float64 **(count,)** in [0, 1]; 1 for equal images.

    Raises:
        DataError: bad or unequal shapes, values that are not finite, images too small for the scales.
        ConfigError: `data_range` missing for other than uint8 images, or options out of range.
    """
    first, second = _check_images("first", first), _check_images("second", second)
    if first.shape != second.shape:
        raise DataError(f"`first` and `second` must have one shape. Received: {first.shape} and {second.shape}.")
    span = _check_range((first.dtype, second.dtype), data_range)
    factors = _check_factors(power_factors, *first.shape[1:3])
    at_once = max(1, PAIRS_AT_ONCE_VALUES // first[:1].size)
    results = [
        _similarity(first[start : start + at_once], second[start : start + at_once], span, factors)
        for start in range(0, len(first), at_once)
    ]
    return np.concatenate(results)


def ms_ssim_diversity(
    images, *, labels=None, pairs: int = 1000, seed: int = 0, data_range: float | None = None, power_factors=None
) -> SimilarityOfPairs:
    """Mean MS-SSIM of random pairs of one class (Odena et al. 2017, arXiv:1610.09585).

    Compare the value with that of the real images: a collapsed generator gives 1.

    Args:
        images: **shape (count, height, width[, channels])**, count ≥ 2.
        labels: ints of **shape (count,)**; None: all images are of one class.
        pairs: int ≥ 1.
        seed: int ≥ 0 of the draw of the pairs.
        data_range: as in `ms_ssim`.
        power_factors: as in `ms_ssim`.

    Returns:
        `SimilarityOfPairs`.

    Raises:
        DataError: as `ms_ssim`, or no class with two images.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: more pairs than there are different ones.
    """
    images = _check_images("images", images)
    pairs, seed = check_integer("pairs", pairs), check_integer("seed", seed, minimum=0)
    labels = np.zeros(len(images), np.int64) if labels is None else check_labels("labels", labels)
    if len(labels) != len(images):
        raise DataError(f"`labels` must hold one per image. Received: {len(labels)} labels, {len(images)} images.")
    span = _check_range((images.dtype,), data_range)
    factors = _check_factors(power_factors, *images.shape[1:3])
    first, second, different = _draw_pairs(labels, pairs, seed)
    if pairs > different:
        warnings.warn(
            f"MS-SSIM of {pairs} pairs, but only {different} differ: pairs repeat, and the mean is that of few images",
            MetricWarning,
            stacklevel=2,
        )
    at_once = max(1, PAIRS_AT_ONCE_VALUES // images[:1].size)
    values = np.concatenate([
        _similarity(images[first[start : start + at_once]], images[second[start : start + at_once]], span, factors)
        for start in range(0, pairs, at_once)
    ])
    weights = ",".join(f"{factor:g}" for factor in factors)
    identity = f"ms-ssim[{images.shape[1]}x{images.shape[2]}/window {WINDOW}/power {weights}/range {span:g}]"
    return SimilarityOfPairs(float(values.mean()), float(values.std()), pairs, factors, identity)


def _draw_pairs(labels: np.ndarray, pairs: int, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Two different images of one class per pair; a class is drawn by its number of images."""
    order = np.argsort(labels, kind="stable")
    _, starts, counts = np.unique(labels[order], return_index=True, return_counts=True)
    usable = np.repeat(counts, counts) >= 2  # by position in `order`
    if not usable.any():
        raise DataError("MS-SSIM diversity needs a class with at least 2 images. Received: none. Pass more images.")
    generator = np.random.default_rng(seed)
    first = generator.choice(np.flatnonzero(usable), pairs)
    begin, size = np.repeat(starts, counts)[first], np.repeat(counts, counts)[first]
    step = 1 + np.floor(generator.random(pairs) * (size - 1)).astype(np.int64)
    second = begin + (first - begin + step) % size
    return order[first], order[second], int((counts * (counts - 1) // 2).sum())


def _similarity(first: np.ndarray, second: np.ndarray, span: float, factors: tuple[float, ...]) -> np.ndarray:
    x, y = (np.moveaxis(image.astype(np.float64), -1, 1) for image in (first, second))
    result = np.ones(x.shape[:2])
    for scale, factor in enumerate(factors):
        if scale:
            x, y = _halve(x), _halve(y)
        luminance, structure = similarity_terms(x, y, span)
        term = structure if scale + 1 < len(factors) else luminance * structure
        result = result * np.maximum(term.mean(axis=(-2, -1)), 0.0) ** factor
    return result.mean(axis=1)


def similarity_terms(x: np.ndarray, y: np.ndarray, span: float) -> tuple[np.ndarray, np.ndarray]:
    """Luminance and contrast-structure maps of **(count, channels, height, width)** images."""
    down, across = _blur_matrix(x.shape[-2]), _blur_matrix(x.shape[-1]).T
    mean_x, mean_y, square, product = (down @ image @ across for image in (x, y, x * x + y * y, x * y))
    small_1, small_2 = (K1 * span) ** 2, (K2 * span) ** 2
    cross, squares = mean_x * mean_y, mean_x**2 + mean_y**2
    luminance = (2 * cross + small_1) / (squares + small_1)
    return luminance, (2 * (product - cross) + small_2) / (square - squares + small_2)


def _blur_matrix(size: int) -> np.ndarray:
    """Gaussian window of 11 at each place where it fits: **(size - 10, size)**."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    matrix = np.zeros((size - WINDOW + 1, size))
    for row in range(len(matrix)):
        matrix[row, row : row + WINDOW] = window / window.sum()
    return matrix


def _halve(x: np.ndarray) -> np.ndarray:
    height, width = x.shape[-2:]
    x = np.pad(x, ((0, 0), (0, 0), (0, height % 2), (0, width % 2)), mode="symmetric")
    return (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4.0


def _check_images(name: str, images) -> np.ndarray:
    images = check_numeric(name, images)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or 0 in images.shape:
        raise DataError(
            f"`{name}` must have shape (count, height, width[, channels]). Received: {name}.shape={images.shape}."
        )
    return images


def _check_range(dtypes, data_range: float | None) -> float:
    if data_range is None:
        if any(dtype != np.uint8 for dtype in dtypes):
            raise ConfigError(
                f"`data_range` is needed for images that are not uint8. Received: dtype {dtypes[0]}. "
                "Pass data_range=1 for [0, 1], data_range=2 for [-1, 1]."
            )
        return 255.0
    if not (np.isfinite(data_range) and data_range > 0):
        raise ConfigError(f"`data_range` must be positive. Received: data_range={data_range!r}.")
    return float(data_range)


def _check_factors(power_factors, height: int, width: int) -> tuple[float, ...]:
    if power_factors is None:
        return power_factors_for(height, width)
    factors = tuple(float(factor) for factor in power_factors)
    if not factors or not all(np.isfinite(factor) and factor > 0 for factor in factors):
        raise ConfigError(f"`power_factors` must be positive numbers, one per scale. Received: {power_factors!r}.")
    side = min(height, width)
    for _ in factors[1:]:
        side = -(-side // 2)
    if side < WINDOW:
        raise DataError(
            f"{len(factors)} scales shrink {height}x{width} images to {side} pixels, below the window of {WINDOW}. "
            "Pass fewer `power_factors`."
        )
    return factors
