"""Precision, recall, density and coverage of generated samples on k-nearest-neighbour manifolds."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import MetricWarning, check_integer, check_pair
from gan_core.metrics.functional.tiles import CHUNK_BYTES, ROUNDING, Tiles, centre_of


@dataclass(frozen=True)
class ManifoldScores:
    """Fidelity (precision, density) and variety (recall, coverage); precision, recall and coverage lie in [0, 1].

    Attributes:
        precision: float, share of the fakes that lie within a real sample's neighbourhood.
        recall: float, share of the real samples that lie within a fake's neighbourhood.
        density: float ≥ 0, mean number of real neighbourhoods around a fake, divided by k; may exceed 1.
        coverage: float, share of the real samples whose neighbourhood holds a fake.
        manifold_k: int, neighbours behind precision and recall.
        density_k: int, neighbours behind density and coverage.
    """

    precision: float
    recall: float
    density: float
    coverage: float
    manifold_k: int
    density_k: int

    @property
    def f1(self) -> float:
        """2PR/(P+R), and 0 if both are 0."""
        total = self.precision + self.recall
        return 2.0 * self.precision * self.recall / total if total else 0.0


@np.errstate(over="ignore", invalid="ignore")  # answered by DataError below
def precision_recall_density_coverage(
    real, fake, *, manifold_k: int = 3, density_k: int = 5, chunk_bytes: float = CHUNK_BYTES
) -> ManifoldScores:
    """Improved precision and recall (arXiv:1904.06991), density and coverage (arXiv:2002.09797).

    With ρ_k(x) the distance of x to its k-th neighbour in its own set, itself excluded, and Euclidean d:
    precision = mean_F [∃r: d ≤ ρ_k(r)], recall = mean_R [∃f: d ≤ ρ_k(f)],
    density = Σ_F Σ_R [d ≤ ρ_k(r)] / (k|F|), coverage = mean_R [min_F d ≤ ρ_k(r)].
    Distances equal up to rounding count as ≤.

    Args:
        real: numbers of **shape (m, D)**, m > k.
        fake: numbers of **shape (n, D)**, n > k; m = n is advised, since all four depend on both counts.
        manifold_k: int ≥ 1, k of precision and recall.
        density_k: int ≥ 1, k of density and coverage.
        chunk_bytes: number of bytes of working memory beside the inputs (default 256 MB).

    Returns:
        `ManifoldScores`. Identical sets give precision = recall = coverage = 1. A collapsed generator gives a high or
        zero precision, depending on where its point lies, and a recall near 0.

    Raises:
        DataError: bad features, unequal dimensions, or a set not larger than k.
        ConfigError: k below 1, or `chunk_bytes` too small for one pair.

    Warns:
        MetricWarning: unequal counts; neighbourhoods of radius 0, that is more than k copies of one sample.

    Example:
        >>> scores = precision_recall_density_coverage(
        ...     [[0.0], [1.0], [2.0], [3.0]], [[0.5], [10.0], [11.0], [12.0]], manifold_k=1, density_k=1)
        >>> scores.precision, scores.recall, scores.density, scores.coverage
        (0.25, 1.0, 0.5, 0.5)
    """
    manifold_k, density_k = check_integer("manifold_k", manifold_k), check_integer("density_k", density_k)
    real, fake = check_pair("real", real, "fake", fake, minimum=max(manifold_k, density_k) + 1)
    if len(real) != len(fake):
        warnings.warn(
            f"precision and recall of {len(real)} real against {len(fake)} fake samples: the radii depend on the "
            "counts; use equal ones",
            MetricWarning,
            stacklevel=2,
        )
    centre = centre_of(real)
    real_radii = _squared_radii(real, (manifold_k, density_k), centre, chunk_bytes)
    fake_radii = _squared_radii(fake, (manifold_k,), centre, chunk_bytes)
    _warn_of_copies("real", real_radii)
    _warn_of_copies("fake", fake_radii)

    precise, recalled = np.zeros(len(fake), bool), np.zeros(len(real), bool)
    covered, neighbourhoods = np.zeros(len(real), bool), 0
    tiles = Tiles(fake, real, centre, chunk_bytes)
    for block in tiles.row_blocks():
        for part, squares, norms in tiles.along(block):
            norms *= ROUNDING
            squares -= norms
            precise[block] |= (squares <= real_radii[part, 0]).any(axis=1)
            recalled[part] |= (squares <= fake_radii[block, :1]).any(axis=0)
            inside = squares <= real_radii[part, 1]
            covered[part] |= inside.any(axis=0)
            neighbourhoods += int(np.count_nonzero(inside))
    return ManifoldScores(
        precision=float(precise.mean()),
        recall=float(recalled.mean()),
        density=neighbourhoods / (density_k * len(fake)),
        coverage=float(covered.mean()),
        manifold_k=manifold_k,
        density_k=density_k,
    )


def _squared_radii(features: np.ndarray, ks: tuple[int, ...], centre: np.ndarray, chunk_bytes: float) -> np.ndarray:
    """Squared distance of each row to its k-th neighbour, itself excluded: **shape (count, len(ks))**."""
    most = max(ks)
    radii = np.empty((len(features), len(ks)))
    tiles = Tiles(features, features, centre, chunk_bytes)
    for block in tiles.row_blocks():
        nearest = np.full((block.stop - block.start, most), np.inf)
        for part, squares, norms in tiles.along(block):
            squares[squares <= ROUNDING * norms] = 0.0
            if part == block:
                np.fill_diagonal(squares, np.inf)
            kept = min(most, squares.shape[1])
            squares.partition(kept - 1, axis=1)
            nearest = np.sort(np.concatenate([nearest, squares[:, :kept]], axis=1), axis=1)[:, :most]
        radii[block] = nearest[:, [k - 1 for k in ks]]
    if not np.isfinite(radii).all():
        raise DataError(
            "squared distances overflowed float64. The features are too large: divide both sets by one constant."
        )
    return radii


def _warn_of_copies(name: str, radii: np.ndarray) -> None:
    share = float((radii[:, 0] == 0.0).mean())
    if share:
        cause = "a collapsed generator" if name == "fake" else "duplicates in the data"
        warnings.warn(
            f"{share:.1%} of the {name} samples have neighbourhoods of radius 0, which only copies enter: {cause}",
            MetricWarning,
            stacklevel=3,
        )
