"""The local trend of a sequence of centroids."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError, DataError


def slope(values, window: int = 7) -> np.ndarray:
    """The least-squares slope in every overlapping window of a sequence.

    For a window of w points s_j = Σ_k (k - (w-1)/2)·c_{j+k} / Σ_k (k - (w-1)/2)²; the denominator is 28 for w = 7
    (the spectral slope of 1807.04919 applied to the centroids).

    Args:
        values: (..., length), for example what `centroid` returns. NaN makes the windows that hold it NaN.
        window: int, 2..length.

    Returns:
        float64 (..., length - window + 1): 22 values for the 28 columns of a digit.

    Raises:
        ConfigError: `window` is below 2 or longer than the sequence.

    Example:
        >>> slope([0, 1, 2, 3, 4, 5, 6, 7])
        array([1., 1.])
    """
    values = np.asarray(values, np.float64)
    if values.ndim == 0:
        raise DataError("`values` must be a sequence. Received: a single number.")
    if not 2 <= window <= values.shape[-1]:
        raise ConfigError(f"`window` must be between 2 and the length of the sequence. Received: window={window}, "
                          f"length={values.shape[-1]}. Choose a shorter window.")
    position = np.arange(window) - (window - 1) / 2
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=-1)
    return windows @ (position / (position**2).sum())
