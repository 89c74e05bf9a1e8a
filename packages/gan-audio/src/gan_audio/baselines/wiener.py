"""The Wiener filter with decision-directed a-priori SNR (Ephraim and Malah 1984; Scalart and Filho 1996)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.baselines.base import Baseline
from gan_audio.baselines.noise_floor import from_first_frames
from gan_audio.sound.frames import Spectrogram


@dataclass(frozen=True)
class Wiener(Baseline):
    """Gain (ξ/(1+ξ))^p with ξ = 0.98·|S_previous|²/|N|² + 0.02·max(γ-1, 0), γ = |Y|²/|N|².

    Frames of 20 ms (periodic Hann, 50 % overlap). The noise comes from the first 6 frames and is updated in frames
    whose mean log likelihood ratio says that nobody speaks.

    Args:
        power: float, p: 1 is the Wiener gain, 0.5 its root, which a widely used script takes.
        smoothing: float, the weight of the previous frame in ξ.
        floor_db: float, dB, least ξ.
        silence: float, likelihood ratio below which a frame counts as silent.
    """

    power: float = 1.0
    smoothing: float = 0.98
    floor_db: float = -25.0
    silence: float = 0.15
    name = "wiener"

    def channel(self, samples, sample_rate):  # noqa: D102
        spectrogram = Spectrogram(samples, 2 * round(0.01 * sample_rate))
        power = np.square(np.abs(spectrogram.values))
        noise = np.maximum(from_first_frames(power)[0], 1e-12)
        floor, gains = 10 ** (self.floor_db / 10), np.empty_like(power)
        previous = np.zeros_like(noise)
        for index, frame in enumerate(power):  # each frame needs the one before: a loop over frames, not samples
            posterior = np.minimum(frame / noise, 1e4)
            prior = self.smoothing * previous / noise + (1 - self.smoothing) * np.maximum(posterior - 1, 0)
            prior = np.maximum(prior, floor)
            ratio = prior / (1 + prior)
            if np.mean(posterior * ratio - np.log1p(prior)) < self.silence:
                noise = np.maximum(0.98 * noise + 0.02 * frame, 1e-12)
            gains[index] = ratio**self.power
            previous = np.square(gains[index]) * frame
        return spectrogram.samples(gains * spectrogram.values)
