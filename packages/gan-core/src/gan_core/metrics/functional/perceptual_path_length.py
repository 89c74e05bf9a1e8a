"""Perceptual path length: how evenly the images change as the latent point moves."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gan_core.errors import ConfigError, DataError, choose
from gan_core.metrics.functional.feature_checks import MetricWarning, check_integer, check_numeric
from gan_core.metrics.functional.interpolation import lerp, slerp

DROPPED_PERCENT = 1.0  # at each end


class PathLength(NamedTuple):
    """Mean and population standard deviation of the kept values, and all of them in float64 **(samples,)**."""

    mean: float
    std: float
    kept: int
    values: np.ndarray


_INTERPOLATIONS = {"slerp": slerp, "lerp": lerp}


def perceptual_path_length(
    generate: Callable,
    distance: Callable,
    sample_latents: Callable,
    *,
    samples: int = 10_000,
    batch_size: int = 32,
    epsilon: float = 1e-4,
    interpolation: str = "slerp",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> PathLength:
    """E[d(G(path(t)), G(path(t+ε))) / ε²] (Karras et al. 2019, arXiv:1812.04948). Lower is smoother.

    t is uniform in (0, 1) and the values outside the 1st to 99th percentile are dropped. d must grow as the square
    of small changes, as perceptual distances of squared feature differences do.

    Args:
        generate: function of float64 **(count, D)** latents that returns **(count, ...)** images.
        distance: function of two such batches of images that returns **(count,)** distances ≥ 0.
        sample_latents: function of (count, numpy.random.Generator) that returns **(count, D)** latents.
        samples: int ≥ 1; below 102 the percentiles drop nothing.
        batch_size: int ≥ 1.
        epsilon: float in (0, 1); in float32 generators far below 1e-4 only rounding remains.
        interpolation: "slerp" for Gaussian latents, "lerp" for learned intermediate spaces.
        seed: int ≥ 0 of latents and fractions.
        progress: function of (samples done, samples), called after each batch.

    Returns:
        `PathLength`; 0 for a generator that ignores its input.

    Raises:
        DataError: a function returns another shape, NaN, or negative distances.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: every distance is 0: a collapsed generator, or an `epsilon` below the images' resolution.

    Example:
        >>> length = perceptual_path_length(
        ...     lambda z: 3 * z, lambda a, b: ((a - b) ** 2).sum(1), lambda n, g: g.normal(size=(n, 1)),
        ...     samples=1000, interpolation="lerp")
        >>> length.kept
        982
    """
    samples, batch_size = check_integer("samples", samples), check_integer("batch_size", batch_size)
    if not 0 < epsilon < 1:
        raise ConfigError(f"`epsilon` must lie strictly between 0 and 1. Received: epsilon={epsilon!r}.")
    between = choose("`interpolation`", interpolation, _INTERPOLATIONS)
    generator = np.random.default_rng(check_integer("seed", seed, minimum=0))
    values = []
    for start in range(0, samples, batch_size):
        count = min(batch_size, samples - start)
        first, second = sample_latents(count, generator), sample_latents(count, generator)
        fraction = generator.random(count)
        images = [_generated(generate(between(first, second, t)), count) for t in (fraction, fraction + epsilon)]
        values.append(_distances(distance(*images), count) / epsilon**2)
        if progress:
            progress(start + count, samples)
    values = np.concatenate(values)
    if not values.any():
        warnings.warn(
            "perceptual path length 0: the images do not change at all. The generator ignores its input, or `epsilon` "
            "is below the resolution of its output (never round to 8 bits here)",
            MetricWarning,
            stacklevel=2,
        )
    low = np.percentile(values, DROPPED_PERCENT, method="lower")
    high = np.percentile(values, 100.0 - DROPPED_PERCENT, method="higher")
    kept = values[(values >= low) & (values <= high)]
    return PathLength(float(kept.mean()), float(kept.std()), len(kept), values)


def _generated(images, count: int) -> np.ndarray:
    images = check_numeric("generate(latents)", images)
    if images.ndim == 0 or len(images) != count:
        raise DataError(f"`generate` must return one image per latent, {count}. Received: shape {images.shape}.")
    return images


def _distances(values, count: int) -> np.ndarray:
    values = check_numeric("distance(a, b)", values).astype(np.float64)
    if values.shape != (count,) or (values < 0).any():
        raise DataError(
            f"`distance` must return {count} numbers of at least 0, one per pair. Received: shape {values.shape}, "
            f"minimum {values.min() if values.size else 'of nothing'}."
        )
    return values
