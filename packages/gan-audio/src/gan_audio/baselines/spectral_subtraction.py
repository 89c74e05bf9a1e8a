"""Spectral subtraction with oversubtraction and a spectral floor (Berouti, Schwartz and Makhoul 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.baselines.base import Baseline
from gan_audio.baselines.noise_floor import from_first_frames, from_minima
from gan_audio.errors import AudioConfigError
from gan_audio.sound.frames import Spectrogram


@dataclass(frozen=True)
class SpectralSubtraction(Baseline):
    """|S|² = max(|Y|² - a·|N|², b·|N|²) with the noisy phase, a = 4 - 3/20·SNR_frame clipped to 1..4.75.

    Frames of 20 ms (periodic Hann, 50 % overlap).

    Args:
        noise: "first" takes the noise from the first 6 frames, "minimum" follows it by minimum statistics.
        floor: float, b.
    """

    noise: str = "first"
    floor: float = 0.01
    name = "spectral_subtraction"

    def __post_init__(self):
        if self.noise not in ("first", "minimum"):
            raise AudioConfigError(f"`noise` must be first or minimum. Received: noise={self.noise!r}.")

    def channel(self, samples, sample_rate):  # noqa: D102
        spectrogram = Spectrogram(samples, 2 * round(0.01 * sample_rate))
        power = np.square(np.abs(spectrogram.values))
        noise = from_first_frames(power) if self.noise == "first" else from_minima(power)
        ratio = power.sum(axis=1) / np.maximum(noise.sum(axis=1), 1e-20)
        factor = np.clip(4 - 3 / 20 * 10 * np.log10(np.maximum(ratio, 1e-10)), 1, 4.75)[:, None]
        cleaned = np.maximum(power - factor * noise, self.floor * noise)
        # The floor may exceed what was there (digital silence): subtraction never adds.
        gain = np.sqrt(np.minimum(cleaned / np.maximum(power, 1e-20), 1.0))
        return spectrogram.samples(gain * spectrogram.values)
