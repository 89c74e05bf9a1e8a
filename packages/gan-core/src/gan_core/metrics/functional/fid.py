"""Fréchet (inception) distance: how far apart two sets lie if both are taken as Gaussians."""

from __future__ import annotations

import warnings
from typing import cast

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.metrics.functional.feature_checks import MetricWarning, check_pair, check_result
from gan_core.metrics.functional.moments import Moments

NEGATIVE_TOLERANCE = 1e-3  # of Tr Σ₁ + Tr Σ₂; rounding stays far below it


@np.errstate(over="ignore", invalid="ignore")  # answered by DataError below
def frechet_distance(real, fake, *, route: str = "auto") -> float:
    """Fréchet distance of two sets of features (Heusel et al. 2017, arXiv:1706.08500).

    ‖μ₁-μ₂‖² + Tr Σ₁ + Tr Σ₂ - 2 Tr (Σ₁Σ₂)^½, Σ with divisor N-1, all in float64. Lower is better. The estimate is
    biased upward in proportion to 1/N: compare only equal N, and report it.

    Args:
        real: numbers of **shape (N₁, D)**, N₁ ≥ 2.
        fake: numbers of **shape (N₂, D)**, N₂ ≥ 2.
        route: how the trace is found. "covariance" by `trace_from_covariances`; "features" by `trace_from_features`,
            exact for rank-deficient covariances; "auto" takes "features" when min(N₁, N₂) < D.

    Returns:
        float ≥ 0. Identical sets give 0 up to rounding; a collapsed generator gives a finite number.

    Raises:
        DataError: bad features, N < 2, unequal dimensions, or overflow.
        ConfigError: unknown `route`.

    Warns:
        MetricWarning: N below D (singular covariance), or unequal N.

    Example:
        >>> import numpy as np
        >>> x = np.random.default_rng(0).normal(size=(50, 8))
        >>> round(frechet_distance(x, x + 2), 6)  # eight features, each moved by 2
        32.0
    """
    real, fake = check_pair("real", real, "fake", fake, minimum=2)
    _warn_of_bias(len(real), len(fake), real.shape[1])
    if route == "auto":
        route = "features" if min(len(real), len(fake)) < real.shape[1] else "covariance"
    return choose("`route`", route, _ROUTES)(real, fake)


def frechet_distance_from_moments(real: Moments, fake: Moments) -> float:
    """Fréchet distance of two streams; equal to `frechet_distance(..., route="covariance")`.

    Raises:
        DataError: fewer than two samples on a side, or unequal dimensions.

    Warns:
        MetricWarning: as `frechet_distance`.
    """
    if min(real.count, fake.count) >= 2:
        _warn_of_bias(real.count, fake.count, real.dimension)
    return frechet_distance_from_statistics(real.mean, real.covariance, fake.mean, fake.covariance)


@np.errstate(over="ignore", invalid="ignore")  # answered by DataError below
def frechet_distance_from_statistics(mean_1, covariance_1, mean_2, covariance_2) -> float:
    """Fréchet distance of two Gaussians, given by **shape (D,)** means and **shape (D, D)** covariances.

    Raises:
        DataError: shapes that do not fit, numbers that are not finite, or matrices that are no covariances.

    Example:
        >>> round(frechet_distance_from_statistics([0.0], [[1.0]], [3.0], [[4.0]]), 9)  # 3² + (1 - 2)²
        10.0
    """
    mean_1, covariance_1 = _check_gaussian("1", mean_1, covariance_1)
    mean_2, covariance_2 = _check_gaussian("2", mean_2, covariance_2)
    if mean_1.shape != mean_2.shape:
        raise DataError(f"both means must have one length. Received: {mean_1.shape} and {mean_2.shape}.")
    trace = trace_from_covariances(covariance_1, covariance_2)
    return _assemble(mean_1 - mean_2, np.trace(covariance_1) + np.trace(covariance_2), trace)


def trace_from_covariances(covariance_1: np.ndarray, covariance_2: np.ndarray) -> float:
    """Tr (Σ₁Σ₂)^½ = Σ √eigenvalues(Lᵀ Σ₂ L) with Σ₁ = L Lᵀ.

    LᵀΣ₂L is symmetric and has the eigenvalues of Σ₁Σ₂, so no complex matrix root is needed. L is the Cholesky
    factor where one exists, else V√w of the eigendecomposition with negative w set to 0.
    """
    try:
        root = np.linalg.cholesky(covariance_1)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance_1)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
    return float(np.sqrt(np.maximum(np.linalg.eigvalsh(root.T @ covariance_2 @ root), 0.0)).sum())


def trace_from_features(centred_1: np.ndarray, centred_2: np.ndarray) -> float:
    """Tr (Σ₁Σ₂)^½ = sum of the singular values of X₁X₂ᵀ for centred Xᵢ/√(Nᵢ-1) with Σᵢ = XᵢᵀXᵢ.

    Exact for rank-deficient covariances, where square roots of eigenvalues that ought to be 0 would add up.
    """
    # X = QR with orthogonal Q: R has the same singular values against anything, but at most D rows.
    small_1, small_2 = (
        cast(np.ndarray, np.linalg.qr(x, mode="r")) if x.shape[0] > x.shape[1] else x for x in (centred_1, centred_2)
    )
    return float(np.linalg.svd(small_1 @ small_2.T, compute_uv=False).sum())


def _by_features(real: np.ndarray, fake: np.ndarray) -> float:
    means, centred = [], []
    for features in (real, fake):
        features = features.astype(np.float64)
        means.append(features.mean(axis=0))
        centred.append((features - means[-1]) / np.sqrt(len(features) - 1))
    spread = sum(float(np.vdot(x, x)) for x in centred)
    check_result("the Fréchet distance", spread)
    return _assemble(means[0] - means[1], spread, trace_from_features(*centred))


def _by_covariance(real: np.ndarray, fake: np.ndarray) -> float:
    first, second = Moments.of(real), Moments.of(fake)
    return frechet_distance_from_statistics(first.mean, first.covariance, second.mean, second.covariance)


_ROUTES = {"covariance": _by_covariance, "features": _by_features}


def _assemble(shift: np.ndarray, traces: float, root_trace: float) -> float:
    # Shift and spread are kept apart: a large shift must not hide a wrong spread term.
    spread = traces - 2.0 * root_trace
    if spread < -NEGATIVE_TOLERANCE * traces:
        raise DataError(
            "the covariance term of the Fréchet distance is negative far beyond rounding. "
            f"Received: {spread:.6g} at Tr Σ₁ + Tr Σ₂ = {traces:.6g}. The matrices are no covariances: recompute them."
        )
    return check_result("the Fréchet distance", float(shift @ shift) + max(spread, 0.0))


def _check_gaussian(which: str, mean, covariance) -> tuple[np.ndarray, np.ndarray]:
    mean, covariance = np.asarray(mean, np.float64), np.asarray(covariance, np.float64)
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise DataError(
            f"`mean_{which}` must have shape (D,) and `covariance_{which}` (D, D). "
            f"Received: {mean.shape} and {covariance.shape}."
        )
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise DataError(
            f"`mean_{which}` and `covariance_{which}` must be finite. Received: NaN or infinity (in features so large "
            "that their squares overflow, or in the file they came from)."
        )
    scale = np.abs(covariance).max(initial=0.0)
    if np.abs(covariance - covariance.T).max(initial=0.0) > 1e-6 * scale or (np.diag(covariance) < 0).any():
        raise DataError(f"`covariance_{which}` must be symmetric with a non-negative diagonal. Recompute it.")
    return mean, covariance


def _warn_of_bias(real: int, fake: int, dimension: int) -> None:
    if min(real, fake) < dimension:
        warnings.warn(
            f"FID with {min(real, fake)} samples of {dimension} features: the covariance is singular and the value "
            "biased far upward; compare it only with values of the same sample counts",
            MetricWarning,
            stacklevel=3,
        )
    if real != fake:
        warnings.warn(
            f"FID of {real} real against {fake} fake samples: its bias depends on both counts; use equal ones",
            MetricWarning,
            stacklevel=3,
        )
