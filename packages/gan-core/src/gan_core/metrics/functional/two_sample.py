"""Can a nearest-neighbour classifier tell generated from real samples?"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from gan_core.errors import ConfigError
from gan_core.metrics.functional.feature_checks import MetricWarning, check_integer, check_pair
from gan_core.metrics.functional.neighbours import nearest_neighbours
from gan_core.metrics.functional.tiles import CHUNK_BYTES


class TwoSampleAccuracy(NamedTuple):
    """Accuracies in [0, 1] over all samples, over the real ones, over the fake ones."""

    overall: float
    real: float
    fake: float


def two_sample_accuracy(real, fake, *, k: int = 1, chunk_bytes: float = CHUNK_BYTES) -> TwoSampleAccuracy:
    """Leave-one-out accuracy of a k-nearest-neighbour classifier of real against fake (arXiv:1610.06545).

    ½ overall: indistinguishable; 1: separable; far below ½: fakes are copies of real samples. A low real accuracy
    beside a high fake one is the mark of mode collapse.

    Args:
        real: numbers of **shape (n, D)**, n ≥ 2 and 2n > k.
        fake: numbers of **shape (m, D)**; m = n, or ½ no longer means indistinguishable.
        k: odd int ≥ 1, so that no vote ends in a draw.
        chunk_bytes: number of bytes of working memory.

    Raises:
        DataError: bad features, unequal dimensions, fewer than 2 on a side, or no k neighbours.
        ConfigError: k is even or below 1.

    Warns:
        MetricWarning: unequal counts.

    Example:
        >>> two_sample_accuracy([[0.0], [0.1]], [[5.0], [5.1]]).overall
        1.0
    """
    k = check_integer("k", k)
    if k % 2 == 0:
        raise ConfigError(f"`k` must be odd, since an even number of votes can draw. Received: k={k}. Use k={k + 1}.")
    real, fake = check_pair("real", real, "fake", fake, minimum=2)
    if len(real) != len(fake):
        warnings.warn(
            f"two-sample accuracy of {len(real)} real against {len(fake)} fake samples: chance is not ½",
            MetricWarning,
            stacklevel=2,
        )
    pooled = np.concatenate([real, fake])
    is_real = np.arange(len(pooled)) < len(real)
    indices = nearest_neighbours(pooled, pooled, k, exclude_self=True, chunk_bytes=chunk_bytes).indices
    right = (is_real[indices].sum(axis=1) * 2 > k) == is_real
    return TwoSampleAccuracy(float(right.mean()), float(right[is_real].mean()), float(right[~is_real].mean()))
