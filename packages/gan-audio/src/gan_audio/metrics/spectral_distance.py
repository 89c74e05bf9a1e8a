"""Log-spectral distance."""

from __future__ import annotations

import numpy as np

from gan_audio.errors import AudioConfigError
from gan_audio.metrics.inputs import pair
from gan_audio.sound.frames import frames, hann


def log_spectral_distance(reference, estimate, sample_rate: int) -> float:
    """Mean over frames of sqrt(mean over bins of (10·log10(P_s + 1e-10) - 10·log10(P_y + 1e-10))²), dB.

    Frames of 32 ms (periodic Hann), every 8 ms.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz.

    Returns:
        float >= 0, dB; 0 for identical signals.

    Raises:
        AudioConfigError: the signals differ in length, are not finite, or shorter than 32 ms.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    length = round(0.032 * sample_rate)
    if len(reference) < length:
        raise AudioConfigError(f"the signals must be at least 32 ms long. "
                               f"Received: {1000 * len(reference) / sample_rate:.1f} ms.")
    levels = [10 * np.log10(np.square(np.abs(np.fft.rfft(frames(signal, length, length // 4) * hann(length), axis=1)))
                            + 1e-10) for signal in (reference, estimate)]
    return float(np.sqrt(np.mean(np.square(levels[0] - levels[1]), axis=1)).mean())
