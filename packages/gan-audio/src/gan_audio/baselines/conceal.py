"""Concealment of missing chunks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.baselines.base import Baseline
from gan_audio.errors import AudioConfigError
from gan_audio.sound.frames import runs
from gan_audio.sound.linear_prediction import extrapolate


@dataclass(frozen=True)
class Conceal(Baseline):
    """Fills gaps of digital silence by extrapolating from both sides with a cross-fade.

    A gap is a run of exact zeros between `shortest` and `longest`; longer ones are taken as meant.

    Args:
        method: "ar" extrapolates an all-pole model of order 64, "pitch" repeats the last pitch period.
        shortest: float, seconds.
        longest: float, seconds.
        context: float, seconds of sound on either side from which the model is made.
    """

    method: str = "ar"
    shortest: float = 0.002
    longest: float = 0.25
    context: float = 0.05
    name = "conceal"

    def __post_init__(self):
        if self.method not in ("ar", "pitch"):
            raise AudioConfigError(f"`method` must be ar or pitch. Received: method={self.method!r}.")

    def channel(self, samples, sample_rate):  # noqa: D102
        result, reach = samples.copy(), round(self.context * sample_rate)
        gaps = runs(samples == 0.0)
        lengths = gaps[:, 1] - gaps[:, 0]
        gaps = gaps[(lengths >= max(self.shortest * sample_rate, 2)) & (lengths <= self.longest * sample_rate)]
        for start, stop in gaps:
            length = stop - start
            before = result[max(start - reach, 0) : start]  # already filled where a gap lies close before
            after = samples[stop : stop + reach]
            forward = self._continue(before, length, sample_rate)
            backward = self._continue(after[::-1], length, sample_rate)[::-1]
            fade = (np.arange(length) + 0.5) / length
            if not len(before) or not len(after):
                fade = np.full(length, 0.0 if len(before) else 1.0)
            result[start:stop] = (1 - fade) * forward + fade * backward
        return result

    def _continue(self, context: np.ndarray, count: int, sample_rate: int) -> np.ndarray:
        if len(context) < 2 or not context.any():
            return np.zeros(count)
        if self.method == "ar":
            return extrapolate(context, count)
        return np.resize(context[-pitch_period(context, sample_rate):], count)


def pitch_period(samples: np.ndarray, sample_rate: int) -> int:
    """The lag (samples) between 2.5 and 15 ms at which the end of `samples` resembles itself most."""
    low, high = round(0.0025 * sample_rate), min(round(0.015 * sample_rate), len(samples) // 2)
    if high <= low:
        return len(samples)
    template = samples[-high:]
    energy = np.sqrt(np.sum(np.square(template)))
    scores = []
    for lag in range(low, high + 1):
        other = samples[len(samples) - high - lag : len(samples) - lag]
        scores.append(template @ other / (energy * np.sqrt(np.sum(np.square(other))) + 1e-12))
    return low + int(np.argmax(scores))
