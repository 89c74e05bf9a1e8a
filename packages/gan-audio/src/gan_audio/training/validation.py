"""Scores while a run trains: held-out recordings, enhanced whole and compared after de-emphasis."""

from __future__ import annotations

import importlib.util

import numpy as np

from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.metrics.evaluation import evaluate
from gan_core.data.content_hash import content_hash

METRICS = ("si_sdr", "segmental_snr", "snr")


class EnhancementScores:
    """A validation of an experiment: means over held-out recordings.

    Args:
        recordings: list of `Recording`.
        size: the `NetworkSize` of the generator.
        sample_rate: int, Hz.
        preemphasis: float.
        seed: int, of the noise z: the same at every validation.
    """

    def __init__(self, recordings: list, size, *, sample_rate: int, preemphasis: float, seed: int = 0):
        self.recordings, self.size = recordings, size
        self.options = {"sample_rate": sample_rate, "preemphasis": preemphasis, "seed": seed}
        self.metrics = METRICS + (("stoi",) if importlib.util.find_spec("pystoi") else ())
        self.content_hash = content_hash({f"{number} {side}": getattr(each, side) for side in ("clean", "noisy")
                                          for number, each in enumerate(recordings)})
        self.before = evaluate(recordings, {}, self.metrics)
        self._enhancer: tuple | None = None  # (model, its enhancer)

    def __call__(self, gan) -> dict[str, float]:
        """SI-SDR, segmental SNR, SNR (dB) and, where pystoi is installed, STOI; and their gains over the noisy input.

        `negative_si_sdr` is what the best generator minimises.
        """
        if self._enhancer is None or self._enhancer[0] is not gan.sampler:
            self._enhancer = gan.sampler, Enhancer.of(gan.sampler, self.size, **self.options)
        found = evaluate(self.recordings, {"model": self._enhancer[1]}, self.metrics)
        scores = {}
        for metric in self.metrics:
            scores[metric] = found.mean("model", metric)
            scores[f"{metric}_gain"] = scores[metric] - self.before.mean("noisy", metric)
        # an estimate without anything of the reference has no ratio: it must not win
        return {**scores, "negative_si_sdr": -scores["si_sdr"] if np.isfinite(scores["si_sdr"]) else float("inf")}
