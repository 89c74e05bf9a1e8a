"""Changes of training pairs that leave the task as it is: the same draw for both sides.

A shift of the window and other speeds need more of the recording than the window: they are options of the data sets
(`shift`, `speeds`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_audio.errors import AudioConfigError


@dataclass(frozen=True)
class Augmentation:
    """Random gain, polarity and noise for batches of windows. All are linear, so they commute with pre-emphasis.

    Args:
        gain_db: (low, high), dB; the gain is limited so that nothing that was within ±1 leaves it. None: off.
        polarity: bool; half of the pairs change sign.
        swap_noise: float 0..1, the share of pairs that get the noise of another pair of the batch: clean_i + (noisy_j -
            clean_j). Only for additive noise.

    Raises:
        AudioConfigError: `gain_db` is not an increasing pair, or `swap_noise` not in 0..1.

    Example:
        >>> PairedAudioFolder("clean", "noisy", augment=Augmentation(swap_noise=0.5))
    """

    gain_db: tuple[float, float] | None = (-12.0, 6.0)
    polarity: bool = True
    swap_noise: float = 0.0

    def __post_init__(self):
        if self.gain_db is not None and not self.gain_db[0] <= self.gain_db[1]:
            raise AudioConfigError(f"`gain_db` must be (low, high). Received: gain_db={self.gain_db}.")
        if not 0.0 <= self.swap_noise <= 1.0:
            raise AudioConfigError(f"`swap_noise` must lie in 0..1. Received: swap_noise={self.swap_noise}.")

    def __call__(self, clean: np.ndarray, noisy: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Change a batch.

        Args:
            clean: float32 (batch, time).
            noisy: float32 (batch, time).
            seeds: int64 (batch, 2); the result is a function of these alone.

        Returns:
            (clean, noisy), changed alike.
        """
        rng = np.random.default_rng([int(part) & 0x7FFF_FFFF_FFFF_FFFF for part in np.ravel(seeds)])
        count = len(clean)
        if self.swap_noise and count > 1:
            # A random cycle through the batch: nobody keeps their own noise.
            order = rng.permutation(count)
            partner = np.empty(count, int)
            partner[order] = np.roll(order, 1)
            swapped = rng.random(count) < self.swap_noise
            noise = noisy - clean
            noisy = np.where(swapped[:, None], clean + noise[partner], noisy)
        factor = np.ones(count, np.float32)
        if self.gain_db is not None:
            factor = 10 ** (rng.uniform(*self.gain_db, count) / 20)
            peak = np.maximum(np.abs(clean).max(axis=1), np.abs(noisy).max(axis=1))
            factor = np.minimum(factor, 1 / np.maximum(np.minimum(peak, 1.0), 1e-9)).astype(np.float32)
        if self.polarity:
            factor = np.where(rng.random(count) < 0.5, -factor, factor)
        factor = factor[:, None].astype(np.float32)
        return clean * factor, noisy * factor
