"""How much samples differ among each other. Imports no TensorFlow."""

from __future__ import annotations

import numpy as np


def variety(fakes: np.ndarray, reals: np.ndarray) -> dict[str, float]:
    """How much generated samples differ among each other, relative to real ones.

    Args:
        fakes: float (n, ...).
        reals: float (m, ...), in the same range.

    Returns:
        "sample_diversity": mean pairwise L2 distance of the fakes / the same of the reals, 1 if equally diverse;
        "sample_spread": median over elements of the standard deviation across the fakes / the same of the reals,
        absent where most elements of the reals are constant. Empty for what is not float, fewer than two samples,
        values that are not finite, and reals that are all the same.

    Example:
        >>> variety(np.zeros((64, 2)), np.random.default_rng(0).normal(size=(64, 2)))
        {'sample_diversity': 0.0, 'sample_spread': 0.0}
    """
    sets = [np.asarray(samples) for samples in (fakes, reals)]
    if any(not np.issubdtype(samples.dtype, np.floating) or len(samples) < 2 for samples in sets):
        return {}
    # Centred first: distances within a collapsed set are tiny beside its distance from the origin.
    sets = [np.asarray(samples, np.float64).reshape(len(samples), -1) for samples in sets]
    centred = [samples - samples.mean(axis=0) for samples in sets]
    if not all(np.isfinite(samples).all() for samples in centred):
        return {}
    fake_distance, real_distance = map(_mean_distance, centred)
    fake_spread, real_spread = (float(np.median(samples.std(axis=0))) for samples in centred)
    if real_distance == 0:
        return {}
    found = {"sample_diversity": fake_distance / real_distance}
    return found | {"sample_spread": fake_spread / real_spread} if real_spread > 0 else found


def _mean_distance(samples: np.ndarray) -> float:
    squares = np.square(samples).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * samples @ samples.T, 0))
    return float(distances[np.triu_indices(len(samples), 1)].mean())
