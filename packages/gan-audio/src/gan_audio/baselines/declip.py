"""Declipping by interpolation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.baselines.base import Baseline
from gan_audio.sound.frames import runs


@dataclass(frozen=True)
class Declip(Baseline):
    """Replaces clipped runs by the cubic through the two intact samples on either side, kept at |y| >= level.

    The result exceeds the level of clipping, and so possibly full scale: write it as FLOAT, or lower the level first.

    Args:
        level: float, units of full scale; None takes the extremes of the recording, each side for itself.
        most: float, the largest |y| as a multiple of the level: bounds what a cubic does across a long run.
    """

    level: float | None = None
    most: float = 2.0
    name = "declip"

    def channel(self, samples, sample_rate):  # noqa: D102
        result, spans = samples.copy(), []
        for sign in (1.0, -1.0):
            level = self.level if self.level is not None else float((sign * samples).max(initial=0.0))
            if level <= 0:
                continue
            found = runs(sign * samples >= level * (1 - 1e-4))
            spans += [(start, stop, sign, level) for start, stop in found[found[:, 1] - found[:, 0] >= 2]]
        intact = np.ones(len(samples), bool)
        for start, stop, _, _ in spans:
            intact[start:stop] = False
        places = np.flatnonzero(intact)
        for start, stop, sign, level in spans:
            split = int(np.searchsorted(places, start))
            knots = np.concatenate([places[max(split - 2, 0) : split], places[split : split + 2]])
            if len(knots) < 4:  # at the ends of the recording
                continue
            curve = sign * _lagrange(knots, samples[knots], np.arange(start, stop))
            result[start:stop] = sign * np.clip(curve, level, self.most * level)
        return result


def _lagrange(knots: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The polynomial through (knots, values) at the places `at`."""
    knots = knots.astype(np.float64)
    total = np.zeros(len(at))
    for index, value in enumerate(values):
        others = np.delete(knots, index)
        total += value * np.prod((at[:, None] - others) / (knots[index] - others), axis=1)
    return total
