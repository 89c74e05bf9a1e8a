"""Frames of a signal, and back: shared by the metrics and the spectral baselines."""

from __future__ import annotations

import numpy as np


def frames(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    """A read-only view (count, length) of overlapping frames; a rest shorter than a frame is left out."""
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]


def hann(length: int) -> np.ndarray:
    """The periodic Hann window 0.5 - 0.5·cos(2πk/length), k = 0..length-1: copies half a length apart sum to 1."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def overlap_add(pieces: np.ndarray, hop: int) -> np.ndarray:
    """Sum (count, length) frames placed `hop` samples apart; length must be a multiple of hop."""
    count, length = pieces.shape
    result = np.zeros((count + length // hop - 1) * hop, pieces.dtype)
    for part in range(length // hop):  # two parts for 50 % overlap: no loop over frames
        result[part * hop : (part + count) * hop] += pieces[:, part * hop : (part + 1) * hop].reshape(-1)
    return result


class Spectrogram:
    """Short-time spectra that can be turned back into exactly the samples they came from.

    Periodic Hann frames with 50 % overlap, so the frames' sum is the signal; the signal is padded by one hop before
    and at least one after.

    Args:
        samples: float64 (time,).
        frame: int, even frame length in samples.

    Attributes:
        values: complex128 (frames, frame/2 + 1).
    """

    def __init__(self, samples: np.ndarray, frame: int):
        self.length, self.frame, self.hop = len(samples), frame, frame // 2
        padded = np.pad(samples, (self.hop, self.hop + (-len(samples)) % self.hop))
        self.values = np.fft.rfft(frames(padded, frame, self.hop) * hann(frame), axis=1)

    def samples(self, values: np.ndarray) -> np.ndarray:
        """float64 (time,): the signal of changed `values`."""
        pieces = np.fft.irfft(values, self.frame, axis=1)
        return overlap_add(pieces, self.hop)[self.hop : self.hop + self.length]


def runs(mask: np.ndarray) -> np.ndarray:
    """The runs of True as int (count, 2): first index, and one past the last.

    Example:
        >>> runs(np.array([False, True, True, False, True]))
        array([[1, 3],
               [4, 5]])
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2)
