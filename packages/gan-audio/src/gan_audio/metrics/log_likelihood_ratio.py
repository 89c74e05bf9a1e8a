"""Log-likelihood ratio (Quackenbush, Barnwell and Clements 1988), as the composite measures use it."""

from __future__ import annotations

import numpy as np

from gan_audio.metrics.inputs import pair, smallest_95_percent, speech_frames
from gan_audio.sound.linear_prediction import autocorrelation, levinson


def log_likelihood_ratio(reference, estimate, sample_rate: int) -> float:
    """ln(a_y·R_s·a_y' / a_s·R_s·a_s'): how much worse the estimate's model predicts the reference than its own.

    30 ms frames every 7.5 ms, order 16 (10 below 10 kHz), mean of the smallest 95 % of the frames.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz.

    Returns:
        float >= 0; 0 for identical signals, whatever their scale.

    Raises:
        AudioConfigError: the signals differ in length, are not finite, or shorter than 37.5 ms.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    order = 16 if sample_rate >= 10_000 else 10
    # The published scripts add the machine epsilon, so that digital silence has a model too.
    epsilon = np.finfo(np.float64).eps
    of_reference, of_estimate = (autocorrelation(speech_frames(signal + epsilon, sample_rate), order)
                                 for signal in (reference, estimate))
    lags = np.abs(np.subtract.outer(np.arange(order + 1), np.arange(order + 1)))
    matrix = of_reference[:, lags]
    errors = [np.einsum("fi,fij,fj->f", filters, matrix, filters)
              for filters in (levinson(of_estimate), levinson(of_reference))]
    return smallest_95_percent(np.log(np.maximum(errors[0], 1e-300) / np.maximum(errors[1], 1e-300)))
