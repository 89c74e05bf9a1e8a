"""Measures of enhanced speech: `metric(reference, estimate, sample_rate)`, float64 inside, inputs never changed.

A table is the mean of per-file values. Signals are compared after de-emphasis, at their own level.
"""

from __future__ import annotations

from gan_audio.metrics.composite import Composite, composite, composite_from
from gan_audio.metrics.log_likelihood_ratio import log_likelihood_ratio
from gan_audio.metrics.perceptual import pesq, stoi
from gan_audio.metrics.ratios import segmental_snr, si_sdr, snr
from gan_audio.metrics.spectral_distance import log_spectral_distance
from gan_audio.metrics.weighted_slope import weighted_slope_distance

METRICS = {"snr": snr, "segmental_snr": segmental_snr, "si_sdr": si_sdr, "log_spectral_distance": log_spectral_distance,
           "llr": log_likelihood_ratio, "wss": weighted_slope_distance, "stoi": stoi, "pesq": pesq}
LOWER_IS_BETTER = frozenset({"log_spectral_distance", "llr", "wss"})
__all__ = ["LOWER_IS_BETTER", "METRICS", "Composite", "composite", "composite_from", "log_likelihood_ratio",
           "log_spectral_distance", "pesq", "segmental_snr", "si_sdr", "snr", "stoi", "weighted_slope_distance"]
