"""What every baseline offers: the same `enhance` as the networks, without training."""

from __future__ import annotations

import numpy as np

from gan_audio.sound.waves import restore_wave, split_wave


class Baseline:
    """A classical method. Subclasses change one channel at a time; length, rate and channels stay as they are."""

    name = ""

    def enhance(self, wave: np.ndarray, sample_rate: int) -> np.ndarray:
        """Enhance a recording.

        Args:
            wave: (time,) or (time, channels); floats where ±1 is full scale, or integers.
            sample_rate: int, Hz.

        Returns:
            float32 of the shape of `wave`.

        Raises:
            AudioDataError: no samples, or NaN or infinite ones.
        """
        channels = split_wave(wave)
        results = [self.channel(channel.astype(np.float64), sample_rate) for channel in channels.T]
        return restore_wave(np.stack(results, axis=1), wave)

    def channel(self, samples: np.ndarray, sample_rate: int) -> np.ndarray:
        """float64 (time,): one enhanced channel."""
        raise NotImplementedError


class Identity(Baseline):
    """Returns its input: the row against which all others are read."""

    name = "identity"

    def channel(self, samples, sample_rate):  # noqa: D102
        return samples
