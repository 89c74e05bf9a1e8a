"""Pixel histograms that say what they leave out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError


@dataclass(frozen=True)
class PixelHistogram:
    """Counts of pixel values, including those which fall outside the range.

    Attributes:
        counts: int64 (bins,), values inside [edges[0], edges[-1]].
        edges: float64 (bins + 1,).
        below: int, values smaller than the first edge.
        above: int, values larger than the last edge.
    """

    counts: np.ndarray
    edges: np.ndarray
    below: int
    above: int

    @property
    def total(self) -> int:
        """All values, inside and outside."""
        return int(self.counts.sum()) + self.below + self.above

    @property
    def share_outside(self) -> float:
        """The part of all values that no bin shows, in [0, 1]."""
        return (self.below + self.above) / self.total

    @property
    def shares(self) -> np.ndarray:
        """float64 (bins,): each bin's part of *all* values; sums to 1 - share_outside."""
        return self.counts / self.total

    @property
    def complete(self) -> np.ndarray:
        """int64 (bins + 2,): the counts with what lies below in front and what lies above behind."""
        return np.concatenate([[self.below], self.counts, [self.above]])


def pixel_histogram(values, *, bins: int = 100, range: tuple[float, float] = (0.0, 1.0)) -> PixelHistogram:
    """Count values in equal bins; what falls outside `range` is counted too, never dropped unseen.

    Args:
        values: any shape, finite.
        bins: int >= 1.
        range: (low, high); the last bin includes `high`. (0, 1) shows everything; (0.11, 0.88) leaves out the two
            modes of digits, so that the values between them become visible.

    Raises:
        DataError: no values, or NaN or infinities among them.
        ConfigError: `bins` below 1, or `range` not increasing.

    Example:
        >>> histogram = pixel_histogram([-.1, 0, .5, 1], bins=2)
        >>> histogram.counts, histogram.below, histogram.share_outside
        (array([1, 2]), 1, 0.25)
    """
    low, high = range
    if bins < 1:
        raise ConfigError(f"`bins` must be at least 1. Received: bins={bins}.")
    if not low < high:
        raise ConfigError(f"`range` must be (low, high) with low < high. Received: range={range}.")
    values = np.asarray(values, np.float64).ravel()
    if not values.size or not np.isfinite(values).all():
        raise DataError("`values` must hold at least one number, all finite. Received: "
                        + ("NaN or infinite values." if values.size else "none."))
    counts, edges = np.histogram(values, bins=bins, range=(low, high))
    return PixelHistogram(counts.astype(np.int64), edges, int((values < low).sum()), int((values > high).sum()))
