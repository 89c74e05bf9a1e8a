"""Which modes of the data does a generator reach?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import (
    MetricWarning,
    check_features,
    check_integer,
    check_labels,
)
from gan_core.metrics.functional.inception_score import check_probabilities

NO_MODE = -1
CHANCE_WORTH_TELLING = 0.05


@dataclass(frozen=True)
class ModeAnalysis:
    """How samples spread over modes.

    Attributes:
        count: int, samples looked at.
        counts: int64 **(modes,)**, samples of each mode.
        covered: int, modes with at least the asked number of samples.
        missing: tuple of ints, the other modes.
        unassigned: float in [0, 1], share of the samples of no mode.
        divergence: float ≥ 0, KL(fake‖real) in nats over the assigned samples; infinite if fakes hit a mode without
            real samples.
        chance_to_miss: float in [0, 1], bound of the chance that `count` samples of the real distribution miss a mode.
    """

    count: int
    counts: np.ndarray
    covered: int
    missing: tuple[int, ...]
    unassigned: float
    divergence: float
    chance_to_miss: float


def mode_analysis(labels, modes: int, *, minimum_count: int = 1, real_frequencies=None) -> ModeAnalysis:
    """Coverage of modes, KL(p_fake‖p_real) = Σ p log(p/q) and the share of samples of no mode.

    Args:
        labels: ints of **shape (count,)**: a mode in 0, ..., modes - 1, or -1 for none. `labels_from_probabilities`
            makes them from a classifier.
        modes: int ≥ 1.
        minimum_count: int ≥ 1, samples that make a mode covered.
        real_frequencies: numbers ≥ 0 of **shape (modes,)**, counts or shares of the real data; None: uniform.

    Returns:
        `ModeAnalysis`.

    Raises:
        DataError: bad labels or frequencies, or not one sample in any mode.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: so few samples that a perfect generator could miss a mode (chance above 5%).

    Example:
        >>> result = mode_analysis([0, 0, 1, -1], 3)
        >>> result.covered, result.missing, result.unassigned
        (2, (2,), 0.25)
    """
    modes, minimum_count = check_integer("modes", modes), check_integer("minimum_count", minimum_count)
    labels = check_labels("labels", labels, modes, lowest=NO_MODE)
    real = _frequencies(real_frequencies, modes)
    counts = np.bincount(labels[labels != NO_MODE], minlength=modes)
    if counts.sum() == 0:
        raise DataError(f"none of the {len(labels)} samples belongs to a mode: there is no distribution to compare.")
    fake = counts / counts.sum()
    hit = fake > 0
    with np.errstate(divide="ignore"):
        divergence = float(np.sum(fake[hit] * (np.log(fake[hit]) - np.log(real[hit]))))
    chance = float(min(1.0, ((1.0 - real[real > 0]) ** len(labels)).sum()))  # union bound
    if chance > CHANCE_WORTH_TELLING:
        warnings.warn(
            f"{len(labels)} samples of the real distribution would miss a mode with a chance of up to {chance:.0%}: "
            "draw more before calling a mode missing",
            MetricWarning,
            stacklevel=2,
        )
    missing = np.flatnonzero((counts < minimum_count) & (real > 0))
    return ModeAnalysis(
        count=len(labels),
        counts=counts,
        covered=int(np.count_nonzero(counts >= minimum_count)),
        missing=tuple(missing.tolist()),
        unassigned=float((labels == NO_MODE).mean()),
        divergence=max(divergence, 0.0),
        chance_to_miss=chance,
    )


def labels_from_probabilities(probabilities, *, confidence: float = 0.0) -> np.ndarray:
    """The likeliest class of each row of **shape (count, classes)**, or -1 where its probability is below `confidence`.

    Raises:
        DataError: rows that are no probabilities.

    Example:
        >>> labels_from_probabilities([[0.9, 0.1], [0.5, 0.5]], confidence=0.8).tolist()
        [0, -1]
    """
    probabilities = check_features("probabilities", probabilities)
    check_probabilities("probabilities", probabilities)
    return np.where(probabilities.max(axis=1) >= confidence, probabilities.argmax(axis=1), NO_MODE)


def _frequencies(frequencies, modes: int) -> np.ndarray:
    if frequencies is None:
        return np.full(modes, 1.0 / modes)
    frequencies = check_features("real_frequencies", np.reshape(frequencies, (1, -1)))[0].astype(np.float64)
    if len(frequencies) != modes or (frequencies < 0).any() or frequencies.sum() == 0:
        raise DataError(
            f"`real_frequencies` must hold {modes} numbers of at least 0, not all 0. "
            f"Received: {len(frequencies)} numbers with minimum {frequencies.min()} and sum {frequencies.sum()}."
        )
    return frequencies / frequencies.sum()
