"""Sounds made by formula for demonstrations and tests: voices with pitch and formants, and several noises."""

from __future__ import annotations

import numpy as np

from gan_audio.data.mixing import mix_at_snr
from gan_audio.errors import AudioConfigError
from gan_audio.sound.emphasis import recursion
from gan_core.errors import did_you_mean

# First three formants of vowels in Hz (averages of adult speakers).
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240),
          (490, 1350, 1690))


def voice(seconds: float, rng: np.random.Generator, *, sample_rate: int = 16_000, pauses: bool = True) -> np.ndarray:
    """Vowel-like syllables: harmonics of a moving pitch, shaped by moving formants, with pauses between words.

    Args:
        seconds: float, duration.
        rng: NumPy generator: speaker, melody and vowels.
        sample_rate: int, Hz.
        pauses: bool; False makes one unbroken sound.

    Returns:
        float32 (time,), peak 0.5.

    Example:
        >>> voice(1.0, np.random.default_rng(0)).shape
        (16000,)
    """
    length = round(seconds * sample_rate)
    time = np.arange(length) / sample_rate
    syllables = max(int(np.ceil(seconds * 4)), 1) + 1
    knots = np.linspace(0, max(seconds, 1e-9), syllables)
    pitch = np.interp(time, knots, rng.uniform(90, 230) * 2 ** rng.uniform(-0.25, 0.25, syllables))
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    formants = np.array(VOWELS)[rng.integers(len(VOWELS), size=syllables)] * rng.uniform(0.9, 1.15)
    tracks = [np.interp(time, knots, formants[:, index]) for index in range(3)]
    result = np.zeros(length)
    for harmonic in range(1, int(min(sample_rate / 2, 4000) / pitch.min()) + 1):
        frequency = harmonic * pitch
        # resonance curves of width 90, 110 and 170 Hz on the falling spectrum of the glottis
        envelope = sum(gain / (1 + ((frequency - track) / width) ** 2)
                       for track, width, gain in zip(tracks, (90, 110, 170), (1.0, 0.5, 0.25), strict=True))
        amplitude = (envelope + 0.02) * (frequency < 0.45 * sample_rate) / np.sqrt(harmonic)
        result += amplitude * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi))
    if pauses:
        loudness = rng.uniform(0.5, 1.0, syllables) * (rng.random(syllables) > 0.25)
        loudness[rng.integers(syllables)] = 1.0
        # a syllable rises and falls around its knot
        beat = 0.15 + 0.85 * np.square(np.sin(np.pi * (time * (syllables - 1) / max(seconds, 1e-9) + 0.5)))
        result *= np.interp(time, knots, loudness) * beat
    # breath, 45 dB down: without it all-pole models of the sound would be singular
    breath = rng.standard_normal(length) * 0.0056 * np.sqrt(np.mean(np.square(result))) if length else 0.0
    result = result + breath
    peak = np.abs(result).max(initial=0.0)
    return (0.5 * result / peak if peak else result).astype(np.float32)


def tones(seconds: float, rng: np.random.Generator, *, sample_rate: int = 16_000) -> np.ndarray:
    """Voiced tones: some harmonics of a slowly gliding pitch with a slow swell; the easiest thing to denoise.

    Args:
        seconds: float, duration.
        rng: NumPy generator.
        sample_rate: int, Hz.

    Returns:
        float32 (time,), peak 0.5.
    """
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    pitch = rng.uniform(100, 250) * (1 + 0.05 * np.sin(2 * np.pi * rng.uniform(1, 4) * time + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    result = sum(np.sin(number * phase + rng.uniform(0, 6)) / number for number in range(1, 7))
    result = result * (0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(1, 3) * time + rng.uniform(0, 6)))
    return (0.5 * result / np.abs(result).max(initial=1e-9)).astype(np.float32)


def _white(length, rng, sample_rate):
    return rng.standard_normal(length)


def _pink(length, rng, sample_rate):
    spectrum = np.fft.rfft(rng.standard_normal(length))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), length)


def _rumble(length, rng, sample_rate):
    return recursion(rng.standard_normal(length), 0.98)


def _babble(length, rng, sample_rate):
    return sum(voice(length / sample_rate, rng, sample_rate=sample_rate)[:length] for _ in range(6))


def _hum(length, rng, sample_rate):
    time = np.arange(length) / sample_rate
    return sum(np.sin(2 * np.pi * 50 * number * time + rng.uniform(0, 6)) / number for number in (1, 2, 3, 5, 7))


def _clicks(length, rng, sample_rate):
    impulses = rng.standard_normal(length) * (rng.random(length) < 40 / sample_rate)
    return recursion(impulses, 0.9) + 0.01 * rng.standard_normal(length)


NOISES = {"white": _white, "pink": _pink, "rumble": _rumble, "babble": _babble, "hum": _hum, "clicks": _clicks}


def noise(kind: str, seconds: float, rng: np.random.Generator, *, sample_rate: int = 16_000) -> np.ndarray:
    """Noise of a kind: "white", "pink", "rumble", "babble", "hum" or "clicks".

    Args:
        kind: str.
        seconds: float, duration.
        rng: NumPy generator.
        sample_rate: int, Hz.

    Returns:
        float32 (time,), root mean square 0.1.

    Raises:
        AudioConfigError: `kind` is unknown.
    """
    if kind not in NOISES:
        raise AudioConfigError(f"unknown noise. Received: kind={kind!r}. {did_you_mean(kind, NOISES)}")
    samples = NOISES[kind](round(seconds * sample_rate), rng, sample_rate)
    level = np.sqrt(np.mean(np.square(samples))) if len(samples) else 0.0
    return (0.1 * samples / max(level, 1e-12)).astype(np.float32)


def pairs(count: int, seconds: float, *, seed: int = 0, sample_rate: int = 16_000, source=voice, kinds=("white",),
          snrs=(10.0,)) -> list[tuple[np.ndarray, np.ndarray]]:
    """Clean and noisy recordings.

    Args:
        count: int.
        seconds: float, duration of each.
        seed: int.
        sample_rate: int, Hz.
        source: `voice` or `tones`.
        kinds: names of noises, drawn evenly.
        snrs: dB, drawn evenly.

    Returns:
        `count` pairs (clean, noisy) of float32 (time,).
    """
    rng, result = np.random.default_rng(seed), []
    for index in range(count):
        clean = source(seconds, rng, sample_rate=sample_rate)
        added = noise(kinds[index % len(kinds)], seconds, rng, sample_rate=sample_rate)
        mixture = mix_at_snr(clean, added, snrs[index // len(kinds) % len(snrs)], rng, sample_rate=sample_rate)
        result.append((mixture.clean.astype(np.float32), mixture.noisy.astype(np.float32)))
    return result
