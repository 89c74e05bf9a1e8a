"""What can be said about a recording without a clean version of it: level, clipping, and where its energy lies."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from gan_audio.data.inspection import clipped_share
from gan_audio.data.mixing import power

QUIET = 40.0  # dB below the loudest frame: a pause


@dataclass(frozen=True)
class Analysis:
    """Measurements of one channel.

    Attributes:
        seconds: length.
        peak: highest absolute sample, dB relative to full scale (0 dB).
        level: mean power of the frames within 40 dB of the loudest, dB relative to full scale.
        clipped: share (0..1) of samples in runs at the recording's extreme.
        centroid: Hz, power-weighted mean frequency of the frames that are not pauses; NaN for silence.
        bandwidth: Hz, below which lies 99 % of their power (median over frames): a telephone has about 3,400.
    """

    seconds: float
    peak: float
    level: float
    clipped: float
    centroid: float
    bandwidth: float

    def as_dict(self) -> dict[str, float]:
        """Plain values."""
        return asdict(self)


def analyse(samples: np.ndarray, sample_rate: int) -> Analysis:
    """Measure a recording.

    Args:
        samples: float (time,), full scale is 1.
        sample_rate: int, Hz.

    Example:
        >>> analyse(np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000), 16_000).level     # -3 dB
        -3.01...
    """
    samples = np.asarray(samples, np.float64)
    centroid, bandwidth = _spectrum(samples, sample_rate)
    return Analysis(len(samples) / sample_rate, _decibels(np.abs(samples).max(initial=0.0) ** 2),
                    _decibels(power(samples, "active", sample_rate)), clipped_share(samples), centroid, bandwidth)


def _spectrum(samples: np.ndarray, sample_rate: int) -> tuple[float, float]:
    import librosa  # loads a compiler: not before it is needed

    size = max(16, round(0.032 * sample_rate))
    samples = np.pad(samples, (0, max(0, size - len(samples))))  # librosa warns of less than one frame
    spectrum = np.abs(librosa.stft(samples, n_fft=size, hop_length=size // 4)) ** 2
    loudness = spectrum.sum(axis=0)
    spectrum = spectrum[:, loudness > loudness.max() * 10 ** (-QUIET / 10)]
    if not spectrum.size:
        return float("nan"), float("nan")
    centroid = librosa.feature.spectral_centroid(S=spectrum, sr=sample_rate, n_fft=size)
    rolloff = librosa.feature.spectral_rolloff(S=spectrum, sr=sample_rate, n_fft=size, roll_percent=0.99)
    return float(np.average(centroid[0], weights=spectrum.sum(axis=0))), float(np.median(rolloff))


def _decibels(value: float) -> float:
    return float(10 * np.log10(max(value, 1e-20)))
