"""Clean speech and noise, mixed at a given signal-to-noise ratio."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.sound.frames import frames


class Mixture(NamedTuple):
    """A mix and its parts, float64 (time,): noisy = clean + noise.

    `scale` is the factor (at most 1) by which all three were multiplied to keep them within ±1.
    """

    noisy: np.ndarray
    clean: np.ndarray
    noise: np.ndarray
    scale: float


def generator_for(seed: int, name: str) -> np.random.Generator:
    """Random numbers that depend on (seed, name) alone, not on how many files came before."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest[:16], np.uint32))


def mix_at_snr(clean: np.ndarray, noise: np.ndarray, snr_db: float, rng: np.random.Generator, *,
               level: str = "active", sample_rate: int = 16_000) -> Mixture:
    """Add `noise` to `clean` at `snr_db`: noisy = clean + g·noise with g = sqrt(P_s / (P_n·10^(snr/10))).

    Longer noise is cut at a random place, shorter noise repeated from a random offset with 10 ms cross-fades. If the
    mix exceeds ±1, noisy, clean and noise are scaled together, so the target still matches.

    Args:
        clean: float (time,), full scale ±1.
        noise: float (any,), at the same rate.
        snr_db: float, dB.
        rng: NumPy generator for the place of the cut.
        level: what P_s is. "active": mean square over 30 ms frames within 40 dB of the loudest, close to the active
            level of ITU-T P.56 with which VoiceBank+DEMAND was mixed; "rms": mean square of all samples, 1 to 3 dB less
            for speech with pauses. P_n is the mean square of the noise in either case.
        sample_rate: int, Hz.

    Returns:
        `Mixture`.

    Raises:
        AudioDataError: speech or noise is silent or empty, so that no gain gives the SNR.
        AudioConfigError: `level` is unknown or `snr_db` not finite.

    Example:
        >>> mixture = mix_at_snr(speech, traffic, 5.0, np.random.default_rng(0))
    """
    clean, noise = np.asarray(clean, np.float64), np.asarray(noise, np.float64)
    if not np.isfinite(snr_db):
        raise AudioConfigError(f"`snr_db` must be a finite number of dB. Received: snr_db={snr_db}.")
    speech_power = power(clean, level, sample_rate)
    cut = fit_noise(noise, len(clean), rng, fade=max(sample_rate // 100, 1)) if len(noise) else noise
    noise_power = power(cut, "rms", sample_rate)
    for name, value in (("clean", speech_power), ("noise", noise_power)):
        if value <= 0.0:
            raise AudioDataError(f"`{name}` is silent or empty, so no gain gives {snr_db:g} dB. "
                                 "Received: power 0. Leave this file out.")
    scaled = np.sqrt(speech_power / (noise_power * 10 ** (snr_db / 10))) * cut
    noisy = clean + scaled
    scale = min(1.0, 1.0 / np.abs(noisy).max(initial=0.0), 1.0 / np.abs(clean).max(initial=0.0))
    return Mixture(scale * noisy, scale * clean, scale * scaled, float(scale))


def power(samples: np.ndarray, level: str = "active", sample_rate: int = 16_000) -> float:
    """Mean square of all samples ("rms") or of the 30 ms frames within 40 dB of the loudest ("active")."""
    if level not in ("rms", "active"):
        raise AudioConfigError(f"`level` must be rms or active. Received: level={level!r}.")
    samples = np.asarray(samples, np.float64)
    if not len(samples):
        return 0.0
    length = round(0.03 * sample_rate)
    if level == "rms" or len(samples) < length:
        return float(np.mean(np.square(samples)))
    energies = np.mean(np.square(frames(samples, length, length)), axis=1)
    return float(energies[energies >= energies.max() * 1e-4].mean())


def fit_noise(noise: np.ndarray, length: int, rng: np.random.Generator, *, fade: int = 160) -> np.ndarray:
    """`length` samples of `noise` from a random place, repeated with cross-fades of `fade` samples if it is shorter."""
    if len(noise) > length:
        start = int(rng.integers(len(noise) - length + 1))
        return noise[start : start + length]
    if len(noise) == length:
        return noise
    fade = min(fade, len(noise) // 2)
    # One period of an endless loop: the end fades into the start. Roots of a ramp keep the power of noise constant.
    period = noise[fade:].copy()
    if fade:
        ramp = (np.arange(fade) + 0.5) / fade
        period[-fade:] = period[-fade:] * np.sqrt(1 - ramp) + noise[:fade] * np.sqrt(ramp)
    offset = int(rng.integers(len(period)))
    return np.take(period, np.arange(offset, offset + length), mode="wrap")
