"""Signal-to-noise ratios: whole, by segment, and free of scale."""

from __future__ import annotations

import warnings

import numpy as np

from gan_audio.errors import AudioWarning
from gan_audio.metrics.inputs import pair, speech_frames


def _decibels(signal: float, error: float) -> float:
    if signal == 0.0:
        warnings.warn("the reference is silent: the ratio is not defined (NaN)", AudioWarning, stacklevel=3)
        return float("nan")
    return float("inf") if error == 0.0 else float(10 * np.log10(signal / error))


def snr(reference, estimate, sample_rate: int) -> float:
    """10·log10(Σs² / Σ(s-y)²), dB.

    Args:
        reference: float (time,), s.
        estimate: float (time,), y.
        sample_rate: int, Hz; not used, all metrics take it.

    Returns:
        float, dB; +inf for identical signals, NaN with an `AudioWarning` for a silent reference.

    Raises:
        AudioConfigError: the signals differ in length or are not finite.

    Example:
        >>> snr([1.0, -1.0], [0.5, -0.5], 16_000)
        6.020599913279624
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    return _decibels(np.sum(np.square(reference)), np.sum(np.square(reference - estimate)))


def si_sdr(reference, estimate, sample_rate: int) -> float:
    """Scale-invariant signal-to-distortion ratio 10·log10(|a·s|² / |y-a·s|²), a = <y,s>/<s,s>, dB (Le Roux 2019).

    Args:
        reference: float (time,), s; its mean is removed.
        estimate: float (time,), y; its mean is removed.
        sample_rate: int, Hz; not used.

    Returns:
        float, dB; NaN with an `AudioWarning` if the reference is constant or nothing of it is in the estimate.

    Raises:
        AudioConfigError: the signals differ in length or are not finite.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    reference, estimate = reference - reference.mean(), estimate - estimate.mean()
    energy = reference @ reference
    target = (estimate @ reference / energy if energy else 0.0) * reference
    return _decibels(target @ target, np.sum(np.square(estimate - target)))


def segmental_snr(reference, estimate, sample_rate: int, *, skip_silence: bool = False) -> float:
    """The mean over 30 ms frames of 10·log10(E_s/E_e), each clamped to -10..35, dB.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz.
        skip_silence: bool; leaves frames out that are 40 dB below the loudest. Published numbers do not.

    Returns:
        float, dB.

    Raises:
        AudioConfigError: the signals differ in length, are not finite, or shorter than 37.5 ms.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    signal = np.sum(np.square(speech_frames(reference, sample_rate)), axis=1)
    error = np.sum(np.square(speech_frames(reference - estimate, sample_rate)), axis=1)
    ratios = np.clip(10 * np.log10(signal / (error + 1e-10) + 1e-10), -10, 35)
    return float(ratios[signal >= signal.max() * 1e-4].mean() if skip_silence else ratios.mean())
