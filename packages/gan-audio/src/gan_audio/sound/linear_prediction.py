"""Linear prediction: the all-pole model of short frames, for the LLR metric and for concealment."""

from __future__ import annotations

import numpy as np


def autocorrelation(frames: np.ndarray, order: int) -> np.ndarray:
    """R[k] = Σ x[n]·x[n+k], k = 0..order, of frames (..., length): (..., order + 1)."""
    length = frames.shape[-1]
    return np.stack([np.sum(frames[..., : length - lag] * frames[..., lag:], axis=-1) for lag in range(order + 1)], -1)


def levinson(correlation: np.ndarray) -> np.ndarray:
    """Prediction error filters (1, a1, ..., ap) of autocorrelations (..., p + 1), by the Levinson-Durbin recursion.

    All frames at once. A frame of zero energy gets the filter (1, 0, ..., 0).

    Args:
        correlation: float (..., order + 1).

    Returns:
        float64 (..., order + 1).
    """
    correlation = np.asarray(correlation, np.float64)
    order = correlation.shape[-1] - 1
    filters = np.zeros(correlation.shape)
    filters[..., 0] = 1.0
    error = correlation[..., 0].copy()
    for index in range(1, order + 1):
        inner = np.sum(filters[..., :index] * correlation[..., index:0:-1], axis=-1)
        reflection = np.divide(-inner, error, out=np.zeros_like(error), where=error > 0)
        filters[..., 1 : index + 1] += reflection[..., None] * filters[..., index - 1 :: -1][..., :index]
        error = error * (1 - np.square(reflection))
    return filters


def extrapolate(samples: np.ndarray, count: int, order: int = 64) -> np.ndarray:
    """`count` further samples of a signal, predicted from its all-pole model.

    Args:
        samples: float64 (time,), the context; more than the order is needed for a useful model.
        count: int.
        order: int, coefficients of the model, at most time - 1.

    Returns:
        float64 (count,).
    """
    order = min(order, len(samples) - 1)
    if order < 1 or count < 1:
        return np.zeros(max(count, 0))
    correlation = autocorrelation(samples * np.hanning(len(samples) + 2)[1:-1], order)
    correlation[0] *= 1 + 1e-9  # keeps the model stable for pure tones
    weights = -levinson(correlation)[:0:-1]
    values = np.concatenate([samples[-order:], np.zeros(count)])
    for index in range(count):  # a recursion of order 64 over one gap: some hundred samples
        values[order + index] = weights @ values[index : index + order]
    return values[order:]
