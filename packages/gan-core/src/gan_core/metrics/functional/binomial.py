"""Exact binomial intervals and tests."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError
from gan_core.metrics.functional.feature_checks import check_fraction, check_integer

BISECTIONS = 80  # halves [0, 1] below the spacing of float64 near any result


def binomial_interval(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a probability (Biometrika 1934): every p that the exact binomial tests do not reject.

    With α = 1 - confidence the ends solve P(X ≥ successes; p) = α/2 and P(X ≤ successes; p) = α/2. It covers the
    true p with at least `confidence`.

    Args:
        successes: int in 0, ..., trials.
        trials: int ≥ 1.
        confidence: float in (0, 1).

    Returns:
        (low, high), both in [0, 1].

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> [round(end, 4) for end in binomial_interval(0, 10)]
        [0.0, 0.3085]
    """
    successes, trials = _check_counts(successes, trials)
    tail = (1.0 - check_fraction("confidence", confidence)) / 2.0
    choose = _log_choose(trials)
    low = high = None
    if successes == 0:
        low = 0.0
    if successes == trials:
        high = 1.0
    if low is None:
        low = _root(lambda p: _mass(choose, p, successes, trials) - tail)
    if high is None:
        high = _root(lambda p: tail - _mass(choose, p, 0, successes))
    return low, high


def binomial_p_value(successes: int, trials: int, *, probability: float = 0.5) -> float:
    """Two-sided exact test: the mass of all counts that are at most as likely as `successes`.

    Args:
        successes: int in 0, ..., trials.
        trials: int ≥ 1.
        probability: float in (0, 1), the hypothesis.

    Returns:
        p in [0, 1].

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(binomial_p_value(0, 5), 9)
        0.0625
    """
    successes, trials = _check_counts(successes, trials)
    masses = np.exp(_log_masses(_log_choose(trials), check_fraction("probability", probability)))
    return float(min(1.0, masses[masses <= masses[successes] * (1 + 1e-7)].sum()))  # ties despite rounding


def _check_counts(successes: int, trials: int) -> tuple[int, int]:
    trials, successes = check_integer("trials", trials), check_integer("successes", successes, minimum=0)
    if successes > trials:
        raise ConfigError(f"`successes` must not exceed `trials`. Received: successes={successes}, trials={trials}.")
    return successes, trials


def _log_choose(trials: int) -> np.ndarray:
    """Logarithms of (trials over j) for j = 0, ..., trials."""
    j = np.arange(1, trials + 1)
    return np.concatenate([[0.0], np.cumsum(np.log((trials - j + 1) / j))])


def _log_masses(choose: np.ndarray, p: float) -> np.ndarray:
    j = np.arange(len(choose))
    return choose + j * np.log(p) + (len(choose) - 1 - j) * np.log1p(-p)


def _mass(choose: np.ndarray, p: float, first: int, last: int) -> float:
    return float(np.exp(_log_masses(choose, p)[first : last + 1]).sum())


def _root(rising) -> float:
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        if not 0.0 < middle < 1.0:
            break
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2.0
