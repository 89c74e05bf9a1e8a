"""Inception score: how confident a classifier is on each sample and how varied its answers are."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import MetricWarning, check_features, check_integer

SAMPLES_PER_SPLIT = 50


class InceptionScore(NamedTuple):
    """Mean over the splits in [1, classes], population standard deviation, and the score of each split."""

    mean: float
    std: float
    splits: tuple[float, ...]


def inception_score(logits, *, splits: int = 10, seed: int | None = 0) -> InceptionScore:
    """exp(mean_i Σ_c p_ic (log p_ic - log p̄_c)), p̄ the mean over the split (Salimans et al. 2016, arXiv:1606.03498).

    Higher is better. It sees neither variety within a class nor memorisation, and says little about images unlike
    those the classifier was trained on.

    Args:
        logits: numbers of **shape (count, classes)**, before the softmax; count ≥ splits.
        splits: int ≥ 1; split i holds the rows from ⌊i·count/splits⌋ on.
        seed: int ≥ 0 of the shuffle before splitting; None keeps the order.

    Returns:
        `InceptionScore`. A generator collapsed to one sample scores 1.

    Raises:
        DataError: bad logits, or fewer rows than splits.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: fewer than 50 rows per split.

    Example:
        >>> import numpy as np
        >>> round(inception_score(np.log([[0.9, 0.1], [0.1, 0.9]]), splits=1).mean, 6)
        1.444935
    """
    splits = check_integer("splits", splits)
    logits = check_features("logits", logits, minimum=splits).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return _score(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), splits, seed)


def inception_score_from_probabilities(probabilities, *, splits: int = 10, seed: int | None = 0) -> InceptionScore:
    """The Inception score of class probabilities of **shape (count, classes)**; 0·log 0 counts as 0.

    Prefer `inception_score`: float32 probabilities have lost the small ones.

    Raises:
        DataError: as `inception_score`, or rows that are no probabilities.
        ConfigError: an option out of range.
    """
    splits = check_integer("splits", splits)
    probabilities = check_features("probabilities", probabilities, minimum=splits).astype(np.float64)
    check_probabilities("probabilities", probabilities)
    with np.errstate(divide="ignore"):
        return _score(np.log(probabilities), splits, seed)


def check_probabilities(name: str, probabilities: np.ndarray) -> None:
    """Raise `DataError` unless each row is non-negative and sums to 1 within 1e-3."""
    wrong = (probabilities < 0).any(axis=1) | (np.abs(probabilities.sum(axis=1) - 1.0) > 1e-3)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"`{name}` must hold non-negative rows with sum 1. Received: row {row} with sum "
            f"{probabilities[row].sum():.6g} and minimum {probabilities[row].min():.6g}. "
            "Apply a softmax to logits first."
        )


def _score(log_probabilities: np.ndarray, splits: int, seed: int | None) -> InceptionScore:
    count = len(log_probabilities)
    if count < SAMPLES_PER_SPLIT * splits:
        warnings.warn(
            f"Inception score with {count} samples in {splits} splits: below {SAMPLES_PER_SPLIT} per split it measures "
            "the sample size; published values use 50,000 in 10 splits",
            MetricWarning,
            stacklevel=3,
        )
    if seed is not None:
        order = np.random.default_rng(check_integer("seed", seed, minimum=0)).permutation(count)
        log_probabilities = log_probabilities[order]
    scores = []
    for i in range(splits):
        logs = log_probabilities[i * count // splits : (i + 1) * count // splits]
        highest = logs.max(axis=0)
        highest = np.where(np.isfinite(highest), highest, 0.0)
        with np.errstate(divide="ignore"):  # a class that never occurs in the split: log 0, used by no sample
            log_mean = highest + np.log(np.exp(logs - highest).mean(axis=0))
        present = logs > -np.inf
        terms = np.exp(logs[present]) * (logs - np.where(np.isfinite(log_mean), log_mean, 0.0))[present]
        scores.append(float(np.exp(terms.sum() / len(logs))))
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)), tuple(scores))
