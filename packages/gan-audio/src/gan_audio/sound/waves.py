"""Recordings as arrays: what callers may pass, and how it comes back."""

from __future__ import annotations

import numpy as np

from gan_audio.data.reading import check_finite
from gan_audio.errors import AudioDataError, AudioFormatError

MOST_CHANNELS = 64


def split_wave(wave, name: str = "wave") -> np.ndarray:
    """A recording as float32 (time, channels).

    Args:
        wave: (time,) or (time, channels). Floats are taken as they are, signed integers divided by their full scale.
        name: str, for messages.

    Raises:
        AudioFormatError: another shape or type, or channels first.
        AudioDataError: no samples, or NaN or infinite ones.
    """
    wave = np.asarray(wave)
    if wave.ndim not in (1, 2):
        raise AudioFormatError(f"`{name}` must have the shape (time,) or (time, channels). Received: {wave.shape}.")
    if wave.ndim == 2 and (wave.shape[1] > MOST_CHANNELS or wave.shape[1] == 0):
        raise AudioFormatError(f"`{name}` must have 1 to {MOST_CHANNELS} channels in its second axis. "
                               f"Received: {wave.shape}. Pass `{name}.T` if the channels come first.")
    if np.issubdtype(wave.dtype, np.signedinteger):
        wave = wave / -float(np.iinfo(wave.dtype).min)
    elif not np.issubdtype(wave.dtype, np.floating):
        raise AudioFormatError(f"`{name}` must hold floats or signed integers. Received: dtype {wave.dtype}.")
    if not len(wave):
        raise AudioDataError(f"`{name}` is empty (0 samples).")
    check_finite(wave, f"`{name}`")
    return wave.reshape(len(wave), -1).astype(np.float32)


def restore_wave(channels: np.ndarray, wave) -> np.ndarray:
    """float32 (time, channels) back in the shape of the `wave` it came from."""
    return np.asarray(channels, np.float32).reshape(np.shape(wave))
