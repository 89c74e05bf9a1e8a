"""Differences between two systems over the same recordings, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.metrics.evaluation import Evaluation
from gan_core.metrics.functional.paired import RESAMPLES, bootstrap_mean


@dataclass(frozen=True)
class Difference:
    """Mean of (first - second) over recordings, and its 95 % interval; `count` recordings have both values."""

    metric: str
    mean: float
    low: float
    high: float
    count: int


def differences(found: Evaluation, first: str, second: str, *, resamples: int = RESAMPLES,
                seed: int = 0) -> list[Difference]:
    """Paired bootstrap over recordings, percentile intervals (Efron 1979).

    Whole recordings are drawn with replacement, since frames of one recording are not independent.

    Args:
        found: of `gan_audio.evaluate`.
        first: a system of it.
        second: another one.
        resamples: int, bootstrap samples.
        seed: int.

    Returns:
        One `Difference` per metric; NaN where no recording has both values, and no interval (NaN) for a single one.

    Example:
        >>> differences(result, "model", "control")[0]
        Difference(metric='si_sdr', mean=0.31, low=0.05, high=0.58, count=24)
    """
    rows = []
    for metric in found.values[first]:
        values = np.array(found.values[first][metric]) - np.array(found.values[second][metric])
        values = values[np.isfinite(values)]
        if not len(values):
            rows.append(Difference(metric, float("nan"), float("nan"), float("nan"), 0))
            continue
        rows.append(Difference(metric, *bootstrap_mean(values, resamples=resamples, seed=seed), len(values)))
    return rows
