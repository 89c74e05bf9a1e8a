"""Mean and covariance of a stream of features, in memory that does not grow with the number of samples."""

from __future__ import annotations

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import check_features

ROWS_AT_ONCE = 4096  # bounds the float64 copy of one update; larger matrix products would gain nothing


class Moments:
    """Count, mean and scatter matrix of features that arrive in batches.

    Two disjoint sets merge as n = n₁+n₂, δ = μ₂-μ₁, μ = μ₁ + δ n₂/n, M = M₁ + M₂ + δδᵀ n₁n₂/n (Chan, Golub and
    LeVeque 1979). Sums of x and xxᵀ would lose all digits for features with a mean far larger than their spread.

    Args:
        dimension: int, features per sample. Memory: two (dimension, dimension) float64 matrices (67 MB at 2048).

    Example:
        >>> moments = Moments(1).update([[1.0]]).update([[2.0], [3.0]])
        >>> moments.count, float(moments.mean[0]), round(float(moments.covariance[0, 0]), 9)
        (3, 2.0, 1.0)
    """

    def __init__(self, dimension: int):
        self.count = 0
        self.mean = np.zeros(dimension)
        self.scatter = np.zeros((dimension, dimension))

    @classmethod
    def of(cls, features) -> Moments:
        """The moments of one array of **shape (count, dimension)**."""
        features = check_features("features", features)
        return cls(features.shape[1]).update(features)

    @property
    def dimension(self) -> int:
        """Features per sample."""
        return len(self.mean)

    @property
    def covariance(self) -> np.ndarray:
        """Sample covariance (divisor count - 1), **shape (dimension, dimension)**.

        Raises:
            DataError: fewer than two samples were seen.
        """
        if self.count < 2:
            raise DataError(f"a covariance needs at least 2 samples. Received: count={self.count}. Pass more samples.")
        return self.scatter / (self.count - 1)

    def update(self, features) -> Moments:
        """Take in a further batch of **shape (count, dimension)** and return self.

        Raises:
            DataError: not finite two-dimensional numbers, or another dimension.
        """
        features = check_features("features", features, minimum=0)
        if features.shape[1] != self.dimension:
            raise DataError(
                f"`features` must have {self.dimension} columns as before. Received: features.shape={features.shape}."
            )
        for start in range(0, len(features), ROWS_AT_ONCE):
            piece = features[start : start + ROWS_AT_ONCE].astype(np.float64)
            mean = piece.mean(axis=0)
            piece -= mean
            self._add(len(piece), mean, piece.T @ piece)
        return self

    def merge(self, other: Moments) -> Moments:
        """Take in the samples that `other` has seen and return self.

        Raises:
            DataError: `other` has another dimension.
        """
        if other.dimension != self.dimension:
            raise DataError(
                "only moments of one dimension merge. "
                f"Received: {self.dimension} and other.dimension={other.dimension}."
            )
        self._add(other.count, other.mean, other.scatter)
        return self

    def _add(self, count: int, mean: np.ndarray, scatter: np.ndarray) -> None:
        if count == 0:
            return
        total = self.count + count
        shift = mean - self.mean
        self.scatter += scatter
        weight = np.sqrt(self.count * (count / total))
        if weight:
            self.scatter += np.outer(shift * weight, shift * weight)
        self.mean = self.mean + shift * (count / total)
        self.count = total
