"""Estimates of the noise's power spectrum from the noisy one."""

from __future__ import annotations

import numpy as np

from gan_audio.sound.emphasis import recursion

FIRST_FRAMES = 6


def from_first_frames(power: np.ndarray) -> np.ndarray:
    """(1, bins): the mean of the first 6 frames, on the assumption that nobody speaks yet."""
    return power[:FIRST_FRAMES].mean(axis=0, keepdims=True)


def from_minima(power: np.ndarray, *, frames: int = 150, smoothing: float = 0.9, bias: float = 1.5) -> np.ndarray:
    """(frames, bins): minimum statistics (after Martin 2001): speech pauses within a second and a half in every band.

    The smoothed power's minimum over the last `frames` frames, times a constant that makes up for the minimum being
    below the mean (Martin computes it per bin; 1.5 fits smoothing 0.9 and 150 frames).

    Args:
        power: float (frames, bins).
        frames: int, the memory; 150 frames of 10 ms are 1.5 s.
        smoothing: float in [0, 1).
        bias: float.
    """
    smooth = recursion((1 - smoothing) * power, smoothing, power[0])
    padded = np.concatenate([np.full((frames - 1, power.shape[1]), np.inf), smooth])
    # a running minimum by doubling: log2(frames) passes instead of one per frame
    width, minimum = 1, padded
    while width < frames:
        step = min(width, frames - width)
        minimum = np.minimum(minimum[step:], minimum[:-step])
        width += step
    return bias * minimum
