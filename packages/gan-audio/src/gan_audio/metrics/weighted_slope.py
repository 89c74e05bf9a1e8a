"""Weighted spectral slope distance (Klatt 1982), as the composite measures use it."""

from __future__ import annotations

import numpy as np

from gan_audio.metrics.inputs import pair, smallest_95_percent, speech_frames

# Centres and bandwidths of the 25 critical bands, Hz.
CENTRES = np.array([50, 120, 190, 260, 330, 400, 470, 540, 617.372, 703.378, 798.717, 904.128, 1020.38, 1148.30,
                    1288.72, 1442.54, 1610.70, 1794.16, 1993.93, 2211.08, 2446.71, 2701.97, 2978.04, 3276.17, 3597.63])
BANDWIDTHS = np.array([70, 70, 70, 70, 70, 70, 70, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914, 140.423,
                       153.823, 168.154, 183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126, 321.465,
                       346.136])
GLOBAL_PEAK_WEIGHT, LOCAL_PEAK_WEIGHT = 20.0, 1.0  # Klatt's Kmax and Klocmax


def weighted_slope_distance(reference, estimate, sample_rate: int) -> float:
    """Distance of the slopes between 25 critical bands, weighted by how near a band is to a spectral peak.

    Per frame Σw·(slope_s - slope_y)² / Σw over the 24 slopes; 30 ms frames every 7.5 ms, mean of the smallest 95 %.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz; at least 8000, so that the highest band exists.

    Returns:
        float >= 0, dB²; 0 for identical signals.

    Raises:
        AudioConfigError: the signals differ in length, are not finite, or shorter than 37.5 ms.
    """
    signals = pair(reference, estimate, sample_rate)
    levels = [band_levels(signal, sample_rate) for signal in signals]
    slopes = [np.diff(level, axis=1) for level in levels]
    weights = (slope_weights(levels[0]) + slope_weights(levels[1])) / 2
    distance = np.sum(weights * np.square(slopes[0] - slopes[1]), axis=1) / np.sum(weights, axis=1)
    return smallest_95_percent(distance)


def band_levels(signal: np.ndarray, sample_rate: int) -> np.ndarray:
    """float64 (frames, 25): the energy in each critical band, dB, with a floor of -100 dB."""
    pieces = speech_frames(signal, sample_rate)
    size = 1 << (2 * pieces.shape[1] - 1).bit_length()
    half = size // 2
    spectrum = np.square(np.abs(np.fft.fft(pieces, size, axis=1)))[:, :half]
    return 10 * np.log10(np.maximum(spectrum @ critical_filters(sample_rate, half).T, 1e-10))


def critical_filters(sample_rate: int, bins: int) -> np.ndarray:
    """float64 (25, bins): Gaussian filters, cut at -30 dB."""
    centre = np.floor(CENTRES / (sample_rate / 2) * bins)[:, None]
    width = (BANDWIDTHS / (sample_rate / 2) * bins)[:, None]
    # normalised so that every band weighs like the narrowest
    filters = np.exp(-11 * np.square((np.arange(bins) - centre) / width) + np.log(BANDWIDTHS[0] / BANDWIDTHS)[:, None])
    return filters * (filters > np.exp(-30 / (2 * 2.303)))


def slope_weights(levels: np.ndarray) -> np.ndarray:
    """float64 (frames, 24): Klatt's weights, large near the loudest band and near local peaks."""
    loudest = levels.max(axis=1, keepdims=True)
    overall = GLOBAL_PEAK_WEIGHT / (GLOBAL_PEAK_WEIGHT + loudest - levels[:, :-1])
    local = LOCAL_PEAK_WEIGHT / (LOCAL_PEAK_WEIGHT + _nearest_peaks(levels) - levels[:, :-1])
    return overall * local


def _nearest_peaks(levels: np.ndarray) -> np.ndarray:
    """For each slope the level of the peak it leads to, as the published scripts find it.

    Uphill they stop at the first slope that does not rise and take the band before it, which is one short of the
    summit; published numbers contain that, so it is kept.
    """
    rising = np.diff(levels, axis=1) > 0
    bands = rising.shape[1]
    peaks = np.empty_like(levels[:, :-1])
    top = np.full(len(levels), bands)  # first band at or after `band` whose slope does not rise
    rows = np.arange(len(levels))
    tops = np.empty(rising.shape, int)
    for band in range(bands - 1, -1, -1):
        top = np.where(rising[:, band], top, band)
        tops[:, band] = top
    bottom = np.full(len(levels), -1)  # last band at or before `band` whose slope rises
    for band in range(bands):
        bottom = np.where(rising[:, band], band, bottom)
        peaks[:, band] = np.where(rising[:, band], levels[rows, tops[:, band] - 1], levels[rows, bottom + 1])
    return peaks
