"""Composite measures of speech quality (Hu and Loizou 2008): predicted opinion scores from four other metrics."""

from __future__ import annotations

from typing import NamedTuple

from gan_audio.metrics.log_likelihood_ratio import log_likelihood_ratio
from gan_audio.metrics.perceptual import pesq
from gan_audio.metrics.ratios import segmental_snr
from gan_audio.metrics.weighted_slope import weighted_slope_distance


class Composite(NamedTuple):
    """Predicted opinions, 1..5: of the signal's distortion, of the background's intrusion, and overall."""

    csig: float
    cbak: float
    covl: float


def composite(reference, estimate, sample_rate: int) -> Composite:
    """CSIG, CBAK and COVL.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz; 16000, as PESQ (wb) requires.

    Returns:
        `Composite`; NaN where PESQ is.

    Raises:
        MissingDependencyError: the package `pesq` is not installed.
        AudioConfigError: another rate, or signals that differ in length or are not finite.

    Example:
        >>> composite(clean, enhanced, 16_000).covl
        2.8
    """
    return composite_from(pesq=pesq(reference, estimate, sample_rate),
                          llr=log_likelihood_ratio(reference, estimate, sample_rate),
                          wss=weighted_slope_distance(reference, estimate, sample_rate),
                          segmental_snr=segmental_snr(reference, estimate, sample_rate))


def composite_from(*, pesq: float, llr: float, wss: float, segmental_snr: float) -> Composite:
    """The regressions themselves.

    CSIG = 3.093 - 1.029·LLR + 0.603·PESQ - 0.009·WSS;  CBAK = 1.634 + 0.478·PESQ - 0.007·WSS + 0.063·SSNR;
    COVL = 1.594 + 0.805·PESQ - 0.512·LLR - 0.007·WSS; each clamped to 1..5.
    """
    return Composite(
        csig=_clamp(3.093 - 1.029 * llr + 0.603 * pesq - 0.009 * wss),
        cbak=_clamp(1.634 + 0.478 * pesq - 0.007 * wss + 0.063 * segmental_snr),
        covl=_clamp(1.594 + 0.805 * pesq - 0.512 * llr - 0.007 * wss),
    )


def _clamp(value: float) -> float:
    # NaN compares false with everything: it must not come out as a limit
    return value if value != value else min(max(float(value), 1.0), 5.0)
