"""Change of sample rate with soxr (band-limited, along time), with one rule for lengths."""

from __future__ import annotations

import numpy as np


def resampled_length(frames: int, source_rate: int, target_rate: int) -> int:
    """ceil(frames · target/source): 48 kHz to 16 kHz of n frames gives ceil(n/3)."""
    return -(-frames * int(target_rate) // int(source_rate))


def fit_length(samples: np.ndarray, length: int) -> np.ndarray:
    """`samples` cut, or extended with zeros, to `length` along axis 0."""
    if len(samples) >= length:
        return samples[:length]
    return np.concatenate([samples, np.zeros((length - len(samples), *samples.shape[1:]), samples.dtype)])


def resample(samples: np.ndarray, source_rate: int, target_rate: int) -> np.ndarray:
    """`samples` at another rate, anti-aliased.

    Args:
        samples: float32 or float64 (time,) or (time, channels).
        source_rate: int, Hz.
        target_rate: int, Hz.

    Returns:
        Array of the same type, (ceil(time · target/source), ...).

    Example:
        >>> resample(np.zeros(100, np.float32), 48_000, 16_000).shape
        (34,)
    """
    if source_rate == target_rate:
        return samples
    import soxr

    result = soxr.resample(np.ascontiguousarray(samples), source_rate, target_rate, quality="HQ")
    return fit_length(result, resampled_length(len(samples), source_rate, target_rate))


class StreamResampler:
    """`resample` block by block: the joined outputs equal the output for the whole, whatever the blocks.

    Args:
        source_rate: int, Hz.
        target_rate: int, Hz.
        channels: int.
    """

    def __init__(self, source_rate: int, target_rate: int, channels: int):
        self._rates, self._channels, self._read, self._written = (source_rate, target_rate), channels, 0, 0
        self._stream = None
        if source_rate != target_rate:
            import soxr

            self._stream = soxr.ResampleStream(source_rate, target_rate, channels, dtype="float32", quality="HQ")

    def __call__(self, block: np.ndarray, last: bool = False) -> np.ndarray:
        """The output (time', channels) that the next float32 block (time, channels) makes available."""
        if self._stream is None:
            return block
        self._read += len(block)
        result = self._stream.resample_chunk(np.ascontiguousarray(block, np.float32), last=last)
        result = result.reshape(-1, self._channels)
        if last:
            result = fit_length(result, resampled_length(self._read, *self._rates) - self._written)
        self._written += len(result)
        return result
