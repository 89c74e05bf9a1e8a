"""Birthday-paradox test: how many different samples can a generator make?"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional.binomial import binomial_interval
from gan_core.metrics.functional.feature_checks import MetricWarning, check_fraction, check_integer, check_numeric
from gan_core.metrics.functional.neighbours import nearest_neighbours
from gan_core.metrics.functional.tiles import CHUNK_BYTES

SUPPORT_CAVEAT = (
    "the support estimate is the effective size 1/Σp²: equal to the support only for equally likely samples, else a "
    "lower bound on it; run the same test on held-out real data beside it"
)


@dataclass(frozen=True)
class CandidatePair:
    """Two samples of one repeat that may be the same: **(2, ...)** `samples`, their numbers and distance."""

    repeat: int
    first: int
    second: int
    distance: float
    samples: np.ndarray


@dataclass(frozen=True)
class BirthdayTest:
    """Result of a birthday test; without a threshold only `smallest` and `pairs`, for judgement by eye.

    Attributes:
        sample_size: int, samples per repeat (s).
        repeats: int.
        smallest: float64 **(repeats,)**, the smallest distance of two samples in each repeat.
        pairs: the closest `CandidatePair`s over all repeats, closest first.
        threshold: float or None; below it a pair counts as the same sample.
        collisions: int or None, repeats with such a pair.
        rate: float or None, their share γ.
        interval: (low, high) or None, Clopper-Pearson interval of γ.
        support: float or None, s(s-1) / (2 ln(1/(1-γ))); infinite without a collision, 0 if every repeat collides.
        support_interval: (low, high) or None, `interval` carried through the formula.
    """

    sample_size: int
    repeats: int
    smallest: np.ndarray
    pairs: tuple[CandidatePair, ...]
    threshold: float | None = None
    collisions: int | None = None
    rate: float | None = None
    interval: tuple[float, float] | None = None
    support: float | None = None
    support_interval: tuple[float, float] | None = None

    caveat = SUPPORT_CAVEAT


def effective_support(sample_size: int, rate: float) -> float:
    """N = s(s-1) / (2 ln(1/(1-γ))), the effective size 1/Σp² of a sampler whose s draws collide with probability γ.

    It is s²/1.386 at γ = ½ (Arora and Zhang 2017, arXiv:1706.08224, whose "about s²" holds at γ = 39%).

    Args:
        sample_size: int ≥ 2.
        rate: float in [0, 1]; 0 gives infinity, 1 gives 0.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(effective_support(400, 0.5))
        115127
    """
    sample_size = check_integer("sample_size", sample_size, minimum=2)
    if not 0 <= rate <= 1:
        raise ConfigError(f"`rate` must lie in [0, 1]. Received: rate={rate!r}.")
    if rate == 1:
        return 0.0
    return sample_size * (sample_size - 1) / (-2.0 * math.log1p(-rate)) if rate else math.inf


def birthday_test(
    sampler: Callable[[int], np.ndarray],
    sample_size: int,
    *,
    repeats: int = 20,
    threshold: float | None = None,
    metric: str | Callable = "l2",
    features: Callable | None = None,
    top: int = 20,
    confidence: float = 0.95,
    chunk_bytes: float = CHUNK_BYTES,
    progress: Callable[[int, int], None] | None = None,
) -> BirthdayTest:
    """Draw s samples again and again, and look for two that are the same (arXiv:1706.08224).

    Args:
        sampler: function of a count that returns that many new samples, **shape (count, ...)**.
        sample_size: int ≥ 2, s.
        repeats: int ≥ 1.
        threshold: float > 0 in units of the metric, e.g. from `calibrate_threshold`; None: no verdict.
        metric: "l2", "l1" or a function, as in `nearest_neighbours`.
        features: function of **(count, ...)** samples that returns **(count, D)**; None flattens the samples.
        top: int ≥ 1, closest pairs to keep for inspection.
        confidence: float in (0, 1) of the intervals.
        chunk_bytes: number of bytes of working memory.
        progress: function of (repeats done, repeats), called after each.

    Returns:
        `BirthdayTest`. A collapsed generator collides in every repeat: support 0, and an interval that bounds it.

    Raises:
        DataError: the sampler or `features` returns another count, or no finite numbers.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: a rate of 0 or 1, which bounds the support on one side only.

    Example:
        >>> import numpy as np
        >>> generator = np.random.default_rng(0)
        >>> test = birthday_test(lambda n: generator.integers(0, 365, n), 23, repeats=100, threshold=0.5)
        >>> 200 < test.support < 700
        True
    """
    sample_size = check_integer("sample_size", sample_size, minimum=2)
    repeats, top = check_integer("repeats", repeats), check_integer("top", top)
    confidence = check_fraction("confidence", confidence)
    if threshold is not None and not threshold > 0:
        raise ConfigError(f"`threshold` must be positive: a pair collides below it. Received: threshold={threshold!r}.")
    smallest, pairs = np.empty(repeats), []
    for repeat in range(repeats):
        samples, flat = _draw(sampler, sample_size, features)
        close = _closest_pairs(flat, top, metric, chunk_bytes)
        smallest[repeat] = close[0][0]
        found = [CandidatePair(repeat, i, j, d, samples[[i, j]]) for d, i, j in close]
        pairs = sorted([*pairs, *found], key=lambda pair: pair.distance)[:top]
        if progress:
            progress(repeat + 1, repeats)
    if threshold is None:
        return BirthdayTest(sample_size, repeats, smallest, tuple(pairs))

    collisions = int((smallest < threshold).sum())
    rate, interval = collisions / repeats, binomial_interval(collisions, repeats, confidence=confidence)
    if collisions in (0, repeats):
        bound, remedy = ("above", "larger") if collisions == 0 else ("below", "smaller")
        end = effective_support(sample_size, interval[1] if collisions == 0 else interval[0])
        warnings.warn(
            f"{collisions} of {repeats} repeats of the birthday test collide: the support lies {bound} {end:.3g}; "
            f"use a {remedy} sample size for an estimate",
            MetricWarning,
            stacklevel=2,
        )
    return BirthdayTest(
        sample_size,
        repeats,
        smallest,
        tuple(pairs),
        threshold=float(threshold),
        collisions=collisions,
        rate=rate,
        interval=interval,
        support=effective_support(sample_size, rate),
        support_interval=(effective_support(sample_size, interval[1]), effective_support(sample_size, interval[0])),
    )


def calibrate_threshold(
    real_sampler: Callable[[int], np.ndarray],
    sample_size: int,
    *,
    repeats: int = 100,
    quantile: float = 0.05,
    metric: str | Callable = "l2",
    features: Callable | None = None,
    chunk_bytes: float = CHUNK_BYTES,
) -> float:
    """The distance below which real samples "collide" in 5% of the repeats: the quantile of their smallest distances.

    Args:
        real_sampler: function of a count that returns so many different real samples, drawn at random.
        sample_size: int ≥ 2, the size of the test that will use the threshold.
        repeats: int ≥ 1; 5% needs at least 20.
        quantile: float in (0, 1).
        metric: as in `birthday_test`.
        features: as in `birthday_test`.
        chunk_bytes: as in `birthday_test`.

    Raises:
        DataError: as `birthday_test`, or the quantile is 0: the real data hold copies.
        ConfigError: an option out of range.
    """
    quantile = check_fraction("quantile", quantile)
    options = {"metric": metric, "features": features, "chunk_bytes": chunk_bytes}
    smallest = birthday_test(real_sampler, sample_size, repeats=repeats, top=1, **options).smallest
    threshold = float(np.quantile(smallest, quantile))
    if threshold == 0:
        raise DataError(
            f"the real data hold copies: {int((smallest == 0).sum())} of {repeats} draws of {sample_size} hold two "
            "equal samples. Draw without replacement from data without duplicates, or pass `threshold`."
        )
    return threshold


def _draw(sampler: Callable, count: int, features: Callable | None) -> tuple[np.ndarray, np.ndarray]:
    samples = check_numeric("sampler(count)", sampler(count))
    flat = samples if features is None else check_numeric("features(samples)", features(samples))
    for name, array in (("sampler", samples), ("features", flat)):
        if array.ndim == 0 or len(array) != count:
            raise DataError(f"`{name}` must return {count} rows. Received: shape {array.shape}.")
    return samples, flat.reshape(count, -1)


def _closest_pairs(flat: np.ndarray, top: int, metric, chunk_bytes: float) -> list[tuple[float, int, int]]:
    """The closest pairs (distance, i, j), i < j. Each of the `top` closest is among its members' `top` nearest."""
    k = min(top, len(flat) - 1)
    distances, indices = nearest_neighbours(flat, flat, k, metric=metric, exclude_self=True, chunk_bytes=chunk_bytes)
    own = np.repeat(np.arange(len(flat)), k)
    i, j, d = np.minimum(own, indices.ravel()), np.maximum(own, indices.ravel()), distances.ravel()
    order = np.lexsort((j, i, d))
    closest = dict.fromkeys((float(d[n]), int(i[n]), int(j[n])) for n in order[: 2 * top])
    return list(closest)[:top]
