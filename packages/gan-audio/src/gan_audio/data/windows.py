"""Windows cut from pairs of recordings: what the training loop draws from."""

from __future__ import annotations

import numpy as np

from gan_audio.errors import AudioConfigError
from gan_audio.sound.emphasis import check_coefficient
from gan_core.data.content_hash import content_hash

SHORTEST = 1024  # samples; a shorter recording is mostly padding


def window_starts(length: int, window: int, hop: int, tail: str = "align") -> np.ndarray:
    """First samples of the windows of a recording: 0, hop, 2·hop, ... and, with tail "align", one that ends with it.

    Args:
        length: int, samples of the recording.
        window: int, samples of a window.
        hop: int, samples between windows.
        tail: "align" | "drop". "drop" leaves the rest out, and recordings shorter than a window altogether.

    Returns:
        int64 (count,). A recording shorter than a window has the start 0 (and is padded) under "align".

    Example:
        >>> window_starts(40_000, 16_384, 8_192)
        array([    0,  8192, 16384, 23616])
    """
    if length < window:
        return np.zeros(int(tail == "align"), np.int64)
    starts = np.arange(0, length - window + 1, hop, dtype=np.int64)
    if tail == "align" and starts[-1] != length - window:
        starts = np.append(starts, length - window)
    return starts


class MemoryRows:
    """Recordings in memory, and where their windows begin.

    Args:
        clean: list of int16 or float32 (time,); int16 means x/32768.
        noisy: list of the same lengths and type.
        window: int, samples.
        starts: list of int64 (count,), one entry per recording.
    """

    def __init__(self, clean: list[np.ndarray], noisy: list[np.ndarray], window: int, starts: list[np.ndarray]):
        self.window = window
        self.lengths = np.array([len(samples) for samples in clean], np.int64)
        self.offsets = np.cumsum(self.lengths) - self.lengths
        self.clean, self.noisy = np.concatenate(clean), np.concatenate(noisy)
        self.file = np.repeat(np.arange(len(clean)), [len(each) for each in starts])
        self.start = np.concatenate(starts)

    def __len__(self):
        return len(self.start)

    def read(self, file: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float32 (count, window + 1) of both sides, each window with the one sample before it (0 at the start)."""
        result = []
        for side in (self.clean, self.noisy):
            rows = np.zeros((len(file), self.window + 1), np.float32)
            for row, number, first in zip(rows, file, start, strict=True):
                stop = min(first + self.window, self.lengths[number])
                before = max(first - 1, 0)
                part = side[self.offsets[number] + before : self.offsets[number] + stop]
                row[before - first + 1 : before - first + 1 + len(part)] = part
            result.append(rows / np.float32(32768) if side.dtype == np.int16 else rows)
        return result[0], result[1]


class PairedWindows:
    """Windows of pairs of recordings, for `gan_core.Loader`: {"real": clean, "noisy": noisy}.

    Both are float32 (batch, window, 1).

    Every window is pre-emphasised as if the whole recording had been: it knows the sample before its first.

    Args:
        rows: `MemoryRows` or `CachedRows`.
        sample_rate: int, Hz.
        preemphasis: float in [0, 1).
        windows: "grid" | "random". "random" draws one window per recording and epoch, its start uniform over
            0..length - window.
        shift: int, samples; each window of the grid starts up to this much earlier or later (inside the recording).
        augment: (clean, noisy, seeds (batch, 2)) -> (clean, noisy), or None.

    Raises:
        AudioConfigError: an option is unknown, or needs whole recordings but the rows come from a cache.
    """

    def __init__(self, rows, *, sample_rate: int = 16_000, preemphasis: float = 0.95, windows: str = "grid",
                 shift: int = 0, augment=None):
        check_window_options(windows=windows, shift=shift, cached=not isinstance(rows, MemoryRows))
        self.rows, self.sample_rate, self.window = rows, sample_rate, rows.window
        self.preemphasis = check_coefficient(preemphasis)
        self.windows, self.shift, self.augment = windows, shift, augment

    def __len__(self):
        return len(self.rows.lengths) if self.windows == "random" else len(self.rows)

    @property
    def content_hash(self) -> str:
        """Changes with the recordings: hash of where the windows lie, and of the samples of evenly spaced ones."""
        chosen = np.unique(np.linspace(0, len(self.rows) - 1, 256).round().astype(np.int64))
        places = self.rows.file[chosen], self.rows.start[chosen]
        clean, noisy = self.rows.read(*places) if isinstance(self.rows, MemoryRows) else self.rows.read(chosen)
        return content_hash({"clean": clean, "noisy": noisy, "file": self.rows.file, "start": self.rows.start,
                             "lengths": self.rows.lengths})

    def draw(self, indices: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read windows as NumPy arrays.

        Args:
            indices: int (batch,), 0..len-1.
            seeds: int64 (batch, 2), for the random start and the augmentation.

        Returns:
            (clean, noisy): float32 (batch, window) each, pre-emphasised.
        """
        if self.windows == "random":
            file = np.asarray(indices)
            start = _integers(seeds, np.maximum(self.rows.lengths[file] - self.window, 0) + 1)
        else:
            file, start = self.rows.file[indices], self.rows.start[indices]
            if self.shift:
                last = np.maximum(self.rows.lengths[file] - self.window, 0)
                low, high = np.maximum(start - self.shift, 0), np.minimum(start + self.shift, last)
                start = low + _integers(seeds, high - low + 1)
        clean, noisy = (self.rows.read(file, start) if isinstance(self.rows, MemoryRows) else self.rows.read(indices))
        coefficient = np.float32(self.preemphasis)
        clean = clean[:, 1:] - coefficient * clean[:, :-1]
        noisy = noisy[:, 1:] - coefficient * noisy[:, :-1]
        return (clean, noisy) if self.augment is None else self.augment(clean, noisy, seeds)

    def gather(self, indices, seeds):
        """The batch of these windows, inside a tf.data graph."""
        import tensorflow as tf

        def read(rows, row_seeds):
            clean, noisy = self.draw(rows, row_seeds)
            return [np.ascontiguousarray(side[..., None], np.float32) for side in (clean, noisy)]

        clean, noisy = tf.numpy_function(read, [indices, seeds], (tf.float32, tf.float32), stateful=False)
        for side in (clean, noisy):
            side.set_shape((indices.shape[0], self.window, 1))
        return {"real": clean, "noisy": noisy}


def check_window_options(*, windows: str, shift: int, cached: bool) -> None:
    """Refuse unknown or impossible ways to draw windows."""
    if windows not in ("grid", "random"):
        raise AudioConfigError(f"`windows` must be grid or random. Received: windows={windows!r}.")
    if shift < 0 or (shift and windows == "random"):
        raise AudioConfigError("`shift` must be 0 or more samples, and 0 with windows=\"random\", which shifts anyway. "
                               f"Received: shift={shift}, windows={windows!r}.")
    if cached and (windows == "random" or shift):
        raise AudioConfigError("`cache` stores the windows of the grid, so windows=\"random\" and `shift` need the "
                               f"whole recordings. Received: windows={windows!r}, shift={shift}. Use `cache=None`.")


def _integers(seeds: np.ndarray, high: np.ndarray) -> np.ndarray:
    """One integer of 0..high[i] - 1 per pair of seeds."""
    return np.array([np.random.default_rng([int(part) & 0x7FFF_FFFF_FFFF_FFFF for part in pair]).integers(bound)
                     for pair, bound in zip(seeds, high, strict=True)], np.int64)
