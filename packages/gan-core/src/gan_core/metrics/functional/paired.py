"""Distances between pictures and their partners, one value for each pair, and intervals for their means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.ms_ssim import WINDOW, similarity_terms

RESAMPLES = 10_000


class MeanWithInterval(NamedTuple):
    """A mean and the ends of its 95 % interval; NaN for ends that one value does not give."""

    mean: float
    low: float
    high: float


def absolute_error(first, second) -> np.ndarray:
    """Mean of |a - b| over the values of each pair, as a share of the whole range (L1).

    Args:
        first: uint8 (count, height, width, channels).
        second: the same shape.

    Returns:
        float64 (count,) in 0..1.

    Raises:
        DataError: other types, or unequal shapes.
    """
    first, second = _checked(first, second)
    return _mean(np.abs(first - second)) / 255


def peak_signal_to_noise(first, second) -> np.ndarray:
    """PSNR of each pair in dB: 10 log10(255² / mean (a - b)²); infinite for equal pictures.

    Arguments and errors as those of `absolute_error`. Returns float64 (count,).
    """
    first, second = _checked(first, second)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(255**2 / _mean((first - second) ** 2))


def structural_similarity(first, second) -> np.ndarray:
    """SSIM of each pair (Wang, Bovik, Sheikh and Simoncelli 2004), mean over windows and channels.

    Gaussian windows of 11 pixels and σ = 1.5 where they fit, K = 0.01 and 0.03. Arguments as those of `absolute_error`.

    Returns:
        float64 (count,), at most 1.

    Raises:
        DataError: as `absolute_error`, or pictures below 11 pixels.
    """
    first, second = _checked(first, second)
    if min(first.shape[1:3]) < WINDOW:
        raise DataError(f"SSIM needs pictures of at least {WINDOW}x{WINDOW} pixels. Received: {first.shape[1]}x"
                        f"{first.shape[2]}. Enlarge them.")
    values = []
    for one, other in zip(first, second, strict=True):  # one at a time: the terms take eight times the room
        luminance, structure = similarity_terms(np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0), 255.0)
        values.append(float((luminance * structure).mean()))
    return np.array(values)


def bootstrap_mean(values, *, resamples: int = RESAMPLES, seed: int = 0) -> MeanWithInterval:
    """The mean of independent values, and the percentile interval of its bootstrap (Efron 1979).

    Give it the differences of two systems on the same inputs to compare them pair by pair.

    Args:
        values: (count,), at least one.
        resamples: int, how many bootstrap samples.
        seed: int, of their draw.

    Raises:
        DataError: no values.
    """
    values = np.asarray(values, np.float64)
    if not len(values):
        raise DataError("a mean needs at least one value. Received: none.")
    if len(values) == 1:
        return MeanWithInterval(float(values[0]), float("nan"), float("nan"))
    draw = np.random.default_rng(seed)
    at_once = max(1, 10_000_000 // len(values))
    means = np.concatenate([values[draw.integers(len(values), size=(min(at_once, resamples - start), len(values)))]
                            .mean(axis=1) for start in range(0, resamples, at_once)])
    low, high = np.quantile(means, (0.025, 0.975))
    return MeanWithInterval(float(values.mean()), float(low), float(high))


def _checked(first, second) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.ndim != 4 or not first.size or {first.dtype, second.dtype} != {
            np.dtype(np.uint8)}:
        raise DataError("pairs must be uint8 (count, height, width, channels) of one shape. "
                        f"Received: {first.dtype} {first.shape} and {second.dtype} {second.shape}.")
    return first.astype(np.float64), second.astype(np.float64)


def _mean(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=(1, 2, 3))
