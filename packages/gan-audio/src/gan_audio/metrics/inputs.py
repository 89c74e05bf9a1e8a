"""What all metrics ask of their arguments."""

from __future__ import annotations

import numpy as np

from gan_audio.errors import AudioConfigError


def pair(reference, estimate, sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Both signals as float64 (time,), copied where needed: callers' arrays are never changed.

    Raises:
        AudioConfigError: another shape, different lengths, no samples, NaN, or a rate that is not positive.
    """
    reference, estimate = np.asarray(reference, np.float64), np.asarray(estimate, np.float64)
    if reference.ndim != 1 or reference.shape != estimate.shape or not reference.size:
        raise AudioConfigError("`reference` and `estimate` must be arrays (time,) of equal length. "
                               f"Received: shapes {reference.shape} and {estimate.shape}.")
    if sample_rate <= 0:
        raise AudioConfigError(f"`sample_rate` must be positive. Received: sample_rate={sample_rate}.")
    for name, signal in (("reference", reference), ("estimate", estimate)):
        if not np.isfinite(signal).all():
            raise AudioConfigError(f"`{name}` holds NaN or infinite samples: {int((~np.isfinite(signal)).sum())}.")
    return reference, estimate


def speech_frames(signal: np.ndarray, sample_rate: int) -> np.ndarray:
    """Windowed frames (count, length) of 30 ms every 7.5 ms, as the widely used evaluation scripts cut them.

    The window is 0.5·(1 - cos(2πk/(N+1))), k = 1..N; there are int(time/hop - 4) frames: one fewer than would fit.

    Raises:
        AudioConfigError: the signal is too short for one frame.
    """
    length = round(0.03 * sample_rate)
    hop = length // 4
    count = int(len(signal) / hop - length / hop)
    if count < 1:
        raise AudioConfigError("the signals must be at least 37.5 ms long (one frame of 30 ms and one hop). "
                               f"Received: {1000 * len(signal) / sample_rate:.1f} ms.")
    window = 0.5 * (1 - np.cos(2 * np.pi * np.arange(1, length + 1) / (length + 1)))
    return np.lib.stride_tricks.sliding_window_view(signal, length)[: count * hop : hop] * window


def smallest_95_percent(values: np.ndarray) -> float:
    """The mean of the smallest 95 % of the values: a few outlying frames do not decide."""
    return float(np.sort(values)[: max(round(0.95 * len(values)), 1)].mean())
