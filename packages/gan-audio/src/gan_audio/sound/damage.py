"""Damages beside additive noise: a damage turns a clean recording into an input whose target is the clean recording.

Each is called as `damage(clean, rng) -> damaged` on float (time,) and keeps length and type. The authors' later work
trains the same network on clipping, lost chunks and limited bandwidth, so one trainer serves all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from gan_audio.data.resampling import fit_length, resample
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_core.errors import choose


def _require(condition: bool, rule: str, **received) -> None:
    if not condition:
        values = ", ".join(f"{name}={value!r}" for name, value in received.items())
        raise AudioConfigError(f"{rule} Received: {values}.")


@dataclass(frozen=True)
class Clip:
    """Peak clipping sign(x)·min(|x|, c).

    Args:
        level: float > 0, c in units of full scale.
        percentile: float 0..100, c as a percentile of |x|; 90 clips a tenth of the samples. Give one of the two.
    """

    level: float | None = None
    percentile: float | None = None

    def __post_init__(self):
        _require((self.level is None) != (self.percentile is None),
                 "exactly one of `level` and `percentile` is needed.",
                 level=self.level, percentile=self.percentile)
        _require(self.level is None or self.level > 0, "`level` must be positive.", level=self.level)
        _require(self.percentile is None or 0 < self.percentile <= 100, "`percentile` must lie in (0, 100].",
                 percentile=self.percentile)

    def __call__(self, clean, rng=None):  # noqa: D102
        limit = cast(float, self.level) if self.percentile is None else np.percentile(np.abs(clean), self.percentile)
        return np.clip(clean, -limit, limit).astype(clean.dtype)


@dataclass(frozen=True)
class DropPackets:
    """Lost packets, replaced by silence or by the packet before.

    Losses are independent, or come in bursts of a two-state chain (Gilbert) with the same overall rate.

    Args:
        rate: float 0..1, the share of packets lost.
        seconds: float, length of a packet.
        fill: "zero" | "repeat".
        burst: float >= 1, mean length of a burst in packets (1 / (1 - rate) if losses are independent); None means
            independent losses.
        sample_rate: int, Hz.
    """

    rate: float = 0.1
    seconds: float = 0.02
    fill: str = "zero"
    burst: float | None = None
    sample_rate: int = 16_000

    def __post_init__(self):
        _require(0 <= self.rate < 1, "`rate` must lie in [0, 1).", rate=self.rate)
        _require(self.seconds * self.sample_rate >= 1, "`seconds` must be at least one sample.", seconds=self.seconds)
        _require(self.fill in ("zero", "repeat"), "`fill` must be zero or repeat.", fill=self.fill)
        _require(self.burst is None or self.burst >= max(1.0, self.rate / (1 - self.rate)),
                 "`burst` must be at least 1 and at least rate/(1-rate).", burst=self.burst, rate=self.rate)

    def lost(self, packets: int, rng) -> np.ndarray:
        """Which packets are lost: bool (packets,)."""
        draws = rng.random(packets)
        if self.burst is None:
            return draws < self.rate
        leave = 1 / self.burst
        enter = leave * self.rate / (1 - self.rate)
        lost, state = np.zeros(packets, bool), draws[0] < self.rate if packets else False
        for index in range(packets):
            lost[index] = state
            state = (draws[index] >= leave) if state else (draws[index] < enter)
        return lost

    def __call__(self, clean, rng):  # noqa: D102
        size, damaged = round(self.seconds * self.sample_rate), clean.copy()
        for packet in np.flatnonzero(self.lost(-(-len(clean) // size), rng)):
            part = damaged[packet * size : (packet + 1) * size]
            before = damaged[max(packet - 1, 0) * size : packet * size]
            part[:] = before[: len(part)] if self.fill == "repeat" and packet else 0
        return damaged


@dataclass(frozen=True)
class RemoveChunks:
    """Silence in random places.

    Args:
        count: int, how many chunks.
        shortest: float, seconds.
        longest: float, seconds.
        sample_rate: int, Hz.
    """

    count: int = 5
    shortest: float = 0.005
    longest: float = 0.2
    sample_rate: int = 16_000

    def __post_init__(self):
        _require(self.count >= 0, "`count` must not be negative.", count=self.count)
        _require(0 < self.shortest <= self.longest, "`shortest` must be positive and at most `longest`.",
                 shortest=self.shortest, longest=self.longest)

    def __call__(self, clean, rng):  # noqa: D102
        damaged = clean.copy()
        for _ in range(self.count):
            length = min(round(rng.uniform(self.shortest, self.longest) * self.sample_rate), len(clean))
            start = int(rng.integers(len(clean) - length + 1))
            damaged[start : start + length] = 0
        return damaged


@dataclass(frozen=True)
class BandLimit:
    """Nothing above half of a lower rate: down and up again with the same length.

    Args:
        rate: int, Hz, the lower rate: 8000 leaves the band of a telephone.
        sample_rate: int, Hz.
    """

    rate: int = 8_000
    sample_rate: int = 16_000

    def __post_init__(self):
        _require(0 < self.rate <= self.sample_rate, "`rate` must be positive and at most `sample_rate`.",
                 rate=self.rate, sample_rate=self.sample_rate)

    def __call__(self, clean, rng=None):  # noqa: D102
        narrow = resample(np.asarray(clean), self.sample_rate, self.rate)
        return fit_length(resample(narrow, self.rate, self.sample_rate), len(clean)).astype(clean.dtype)


@dataclass(frozen=True)
class MuLaw:
    """Quantisation on a logarithmic scale, sign(x)·ln(1 + μ|x|)/ln(1 + μ) with μ = 2^bits - 1, in 2^bits levels.

    Args:
        bits: int 2..16.
    """

    bits: int = 8

    def __post_init__(self):
        _require(2 <= self.bits <= 16, "`bits` must lie in 2..16.", bits=self.bits)

    def __call__(self, clean, rng=None):  # noqa: D102
        levels = 2**self.bits - 1
        compressed = np.sign(clean) * np.log1p(levels * np.minimum(np.abs(clean), 1.0)) / np.log1p(levels)
        quantised = 2 * np.rint((compressed + 1) / 2 * levels) / levels - 1
        return (np.sign(quantised) * np.expm1(np.abs(quantised) * np.log1p(levels)) / levels).astype(clean.dtype)


@dataclass(frozen=True, eq=False)
class Reverb:
    """A room: convolution with an impulse response, aligned so that the target is the direct path.

    The response is divided by its largest tap and shifted by its place, so the direct sound arrives unchanged and
    in time.

    Args:
        response: float (taps,), a room impulse response at the rate of the recording.
    """

    response: np.ndarray

    def __post_init__(self):
        response = np.asarray(self.response)
        _require(response.ndim == 1 and response.size > 0, "`response` must be an array (taps,).", shape=response.shape)
        if not np.isfinite(response).all() or not response.any():
            raise AudioDataError("`response` must be finite and not silent.")

    def __call__(self, clean, rng=None):  # noqa: D102
        response = np.asarray(self.response, np.float64)
        direct = int(np.abs(response).argmax())
        size = 1 << (len(clean) + len(response) - 1).bit_length()
        wet = np.fft.irfft(np.fft.rfft(clean, size) * np.fft.rfft(response / response[direct], size), size)
        return wet[direct : direct + len(clean)].astype(clean.dtype)


@dataclass(frozen=True)
class Hum:
    """Mains hum with falling harmonics, its phase random.

    Args:
        frequency: float, Hz: 50 or 60.
        level: float, amplitude of the fundamental in units of full scale.
        harmonics: int.
        sample_rate: int, Hz.
    """

    frequency: float = 50.0
    level: float = 0.05
    harmonics: int = 5
    sample_rate: int = 16_000

    def __post_init__(self):
        _require(0 < self.frequency * self.harmonics < self.sample_rate / 2,
                 "`frequency` times `harmonics` must lie below half the rate.",
                 frequency=self.frequency, harmonics=self.harmonics, sample_rate=self.sample_rate)

    def __call__(self, clean, rng):  # noqa: D102
        angle = 2 * np.pi * self.frequency * np.arange(len(clean)) / self.sample_rate
        hum = sum(np.sin(number * angle + rng.uniform(0, 2 * np.pi)) / number
                  for number in range(1, self.harmonics + 1))
        return (clean + self.level * hum).astype(clean.dtype)


DAMAGES = {"clip": Clip, "drop_packets": DropPackets, "remove_chunks": RemoveChunks, "band_limit": BandLimit,
           "mu_law": MuLaw, "reverb": Reverb, "hum": Hum}


def build_damage(name: str, **options):
    """A damage by name.

    Raises:
        ConfigError: the name or an option is unknown, or a value out of range.

    Example:
        >>> build_damage("clip", percentile=90)
        Clip(level=None, percentile=90)
    """
    kind = choose("damage", name, DAMAGES)
    known = kind.__dataclass_fields__
    wrong = sorted(set(options) - set(known))
    _require(not wrong, f"damage {name!r} takes {', '.join(known)}.", **{key: options[key] for key in wrong})
    return kind(**options)


def damage_from_text(text: str):
    """A damage from "name" or "name:option=value,option=value", as the command line takes it.

    Numbers are numbers; `reverb:response=FILE` reads the impulse response from a sound file.

    Raises:
        ConfigError: the name or an option is unknown, or a value out of range.

    Example:
        >>> damage_from_text("drop_packets:rate=0.1,fill=repeat")
        DropPackets(rate=0.1, seconds=0.02, fill='repeat', burst=None, sample_rate=16000)
    """
    name, _, rest = text.partition(":")
    options = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        _require(bool(equals and key.strip() and value.strip()),
                 "a damage must have the form name:option=value,option=value.", damage=text)
        options[key.strip()] = _number(value.strip())
    if name == "reverb" and isinstance(options.get("response"), str):
        from gan_audio.data.reading import read_audio

        options["response"] = read_audio(options["response"], sample_rate=16_000, channels="first")[0][:, 0]
    try:
        return build_damage(name, **options)
    except TypeError:
        raise AudioConfigError(f"the damage {name!r} cannot be made of these options. Received: damage={text!r}. "
                               f"It takes {', '.join(DAMAGES[name].__dataclass_fields__)}.") from None


def _number(text: str):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
