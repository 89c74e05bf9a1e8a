"""Speed and memory of the metrics against what they replace.

Each ratio compares two measurements of the same process. Needs SciPy for `sqrtm`. On a machine with other work set
OPENBLAS_NUM_THREADS=1: threads that wait for a busy processor made the full-rank trace 20 times slower.
"""

import time
import tracemalloc
import warnings

import numpy as np
import scipy.linalg

from gan_core.metrics.functional import MetricWarning, kernel_distance, precision_recall_density_coverage
from gan_core.metrics.functional.fid import trace_from_covariances, trace_from_features


def seconds(function, repeats: int = 1) -> tuple[float, object]:
    """Least time of `repeats` calls, and the result."""
    least = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        result = function()
        least = min(least, time.perf_counter() - start)
    return least, result


def features(count: int, dimension: int, seed: int) -> np.ndarray:
    """Correlated features with a wide spread of variances, as those of a network."""
    mix = np.random.default_rng(0).normal(size=(dimension, dimension)) / dimension**0.5
    raw = np.random.default_rng(seed).normal(size=(count, dimension)) * np.linspace(0.1, 3, dimension)
    return raw @ (np.eye(dimension) + 0.2 * mix)


def centred(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(0)) / np.sqrt(len(x) - 1)


def full_rank(dimension: int) -> tuple[str, str, str, str]:
    first, second = (np.cov(features(2 * dimension, dimension, seed), rowvar=False) for seed in (1, 2))
    ours, value = seconds(lambda: trace_from_covariances(first, second), 3)
    theirs, oracle = seconds(lambda: np.trace(scipy.linalg.sqrtm(first @ second)).real)
    error = abs(value - oracle) / oracle
    return (
        f"FID trace, {dimension} features, full rank",
        f"{ours:.2f} s",
        f"{theirs / ours:.1f} x faster than sqrtm, relative difference {error:.1e}",
        ">= 5 x, <= 1e-6",
    )


def few_samples(dimension: int, count: int) -> tuple[str, str, str, str]:
    first, second = (centred(features(count, dimension, seed)) for seed in (1, 2))
    ours, value = seconds(lambda: trace_from_features(first, second), 5)
    theirs, oracle = seconds(lambda: np.trace(scipy.linalg.sqrtm((first.T @ first) @ (second.T @ second))).real)
    error = abs(value - oracle) / value
    return (
        f"FID trace, {dimension} features, {count} samples",
        f"{ours:.3f} s",
        f"{theirs / ours:.0f} x faster than sqrtm, relative difference {error:.1e}",
        ">= 50 x",
    )


def neighbourhoods(count: int, dimension: int) -> tuple[str, str, str, str]:
    real, fake = (np.random.default_rng(seed).normal(size=(count, dimension)) for seed in (1, 2))
    tracemalloc.start()
    used, _ = seconds(lambda: precision_recall_density_coverage(real, fake))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    total = (peak + real.nbytes + fake.nbytes) / 1e9
    return (
        f"precision/recall, {count} x {count} x {dimension}",
        f"{used:.1f} s",
        f"{peak / 1e9:.2f} GB beside the inputs, {total:.2f} GB with them",
        "<= 2 GB",
    )


def subsets(number: int, size: int, dimension: int) -> tuple[str, str, str, str]:
    real, fake = (features(4 * size, dimension, seed) for seed in (1, 2))
    x, y = real[:size], fake[:size]

    def products():
        for _ in range(number):
            x @ x.T, y @ y.T, x @ y.T

    ours, _ = seconds(lambda: kernel_distance(real, fake, subsets=number, subset_size=size))
    theirs, _ = seconds(products)
    return (
        f"KID, {number} subsets of {size} x {dimension}",
        f"{ours:.1f} s",
        f"{ours / theirs:.2f} times its matrix products, which take {theirs:.1f} s",
        "about 1",
    )


def rows(quick: bool = False) -> list[tuple[str, str, str]]:
    """(what, measured, promised) of this file; quick: small sizes, does it run, not how fast is it."""
    cases = [
        lambda: full_rank(256 if quick else 2048),
        lambda: few_samples(256 if quick else 2048, 60 if quick else 500),
        lambda: neighbourhoods(500 if quick else 10_000, 256 if quick else 2048),
        lambda: subsets(10 if quick else 100, 200 if quick else 1000, 256 if quick else 2048),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        return [(what, f"{result} ({time_taken})", wanted) for what, time_taken, result, wanted in
                (case() for case in cases)]
