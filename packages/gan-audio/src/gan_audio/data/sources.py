"""One line names a data set: folder:ROOT, voicebank:ROOT, pairs:CLEAN,NOISY, damage:CLEAN, or synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_audio.data.folder import PairedArrays, PairedAudioFolder, Recording, annotate
from gan_audio.data.mixing import generator_for, mix_at_snr
from gan_audio.data.pairing import Pair, find_pairs, hold_out, read_pair
from gan_audio.data.reading import list_audio, read_audio
from gan_audio.data.voicebank import VALIDATION_SPEAKERS, find_layout, find_voicebank, read_log
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.sound.damage import damage_from_text
from gan_core.errors import did_you_mean

SOURCES = {
    "folder": "folder:ROOT",
    "voicebank": "voicebank:ROOT",
    "pairs": "pairs:CLEAN_DIR,NOISY_DIR",
    "damage": "damage:CLEAN_DIR",
    "synthetic": "synthetic",
}
SYNTHETIC_SECONDS = 3.0
SYNTHETIC_KINDS = {"train": ("white", "rumble", "hum"), "validation": ("white", "rumble", "hum"), "test": ("pink",)}
SYNTHETIC_COUNT = {"train": 48, "validation": 12, "test": 24}
SYNTHETIC_SNRS = (0.0, 5.0, 10.0, 15.0)


@dataclass(frozen=True)
class Reading:
    """How recordings become data.

    Attributes:
        sample_rate: int, Hz.
        channels: "error" | "mix" | "first".
        strict: bool; False leaves out what cannot be used, with a warning.
        damage: "name" or "name:option=value,...", for the source damage.
        seed: int, of damages, synthetic sounds and the choice of files to hold out.
    """

    sample_rate: int = 16_000
    channels: str = "error"
    strict: bool = True
    damage: str = "clip:percentile=90"
    seed: int = 0


def parse_source(source: str) -> tuple[str, str]:
    """The scheme and the rest of a source; the path of an existing folder counts as folder:PATH.

    Raises:
        AudioConfigError: unknown scheme, or nothing after it.
    """
    scheme, colon, place = source.partition(":")
    if scheme in SOURCES and (colon or scheme == "synthetic"):
        if (scheme == "synthetic") == bool(place) or (scheme == "pairs" and not all(place.partition(","))):
            raise AudioConfigError(f"the source {source!r} must have the form {SOURCES[scheme]}.")
        return scheme, place
    if source and Path(source).is_dir():
        return "folder", source
    raise AudioConfigError(f"unknown data source. Received: {source!r}. {did_you_mean(scheme, SOURCES)} "
                           f"Write {', '.join(SOURCES.values())}.")


def recordings(source: str, *, split: str = "test", reading: Reading = Reading()) -> Iterator[Recording]:
    """Whole pairs of a source, one after the other.

    Args:
        source: see `SOURCES`.
        split: "train" | "test", where the source has both (voicebank, a folder with train/ and test/, synthetic).
        reading: how to read.

    Raises:
        AudioConfigError: the source has another form.
        AudioDataError: the sound cannot be used.

    Example:
        >>> first = next(recordings("synthetic"))
        >>> first.clean.shape, first.snr
        ((48000,), 0.0)
    """
    scheme, place = parse_source(source)
    if scheme == "synthetic":
        yield from synthetic_recordings(split, reading)
    elif scheme == "damage":
        yield from damaged_recordings(place, list_audio(place), reading)
    else:
        yield from read_pairs(pairs_of(scheme, place, split, reading), reading)


def load_source(source: str, *, reading: Reading = Reading(), held_out: tuple[str, ...] = (),
                validation: float = 0.1, limit: int = 24, **options) -> tuple[PairedArrays | PairedAudioFolder, list]:
    """Windows for training, and held-out recordings: other speakers or at least other files, never other windows.

    Args:
        source: see `SOURCES`.
        reading: how to read.
        held_out: speakers (file names up to the first _ or -) for validation; by default p226 and p287 where both
            exist, else a share of the files.
        validation: share of the files in [0, 1), where no speaker is held out. 0: none.
        limit: int, at most so many recordings for validation, evenly chosen.
        options: of `PairedAudioFolder`: window, hop, preemphasis, tail, windows, cache, speeds, shift, augment.

    Returns:
        (train, validation): a data set for `gan_core.Loader`, and a list of `Recording`.

    Raises:
        AudioConfigError: the source has another form, or options do not fit.
        AudioDataError: the sound cannot be used.
    """
    scheme, place = parse_source(source)
    if scheme in ("synthetic", "damage"):
        for name, plain in (("cache", None), ("speeds", (1.0,))):
            if options.pop(name, plain) != plain:
                raise AudioConfigError(f"`{name}` needs files that are pairs already. Received: data={source!r}.")
    if scheme == "synthetic":
        train = list(synthetic_recordings("train", reading))
        held = list(synthetic_recordings("validation", reading))[:limit] if validation or held_out else []
        return _windows(train, reading, options), held
    if scheme == "damage":
        files = list_audio(place)
        kept, held = _split([Pair(key, path, path) for key, path in files.items()], held_out, validation, reading.seed)
        train = list(damaged_recordings(place, {pair.key: pair.clean for pair in kept}, reading))
        return _windows(train, reading, options), list(damaged_recordings(
            place, {pair.key: pair.clean for pair in evenly(held, limit)}, reading))
    kept, held = _split(pairs_of(scheme, place, "train", reading), held_out, validation, reading.seed)
    train = PairedAudioFolder(place, place, reading.sample_rate, pairs=kept, channels=reading.channels,
                              strict=reading.strict, **options)
    return train, list(read_pairs(evenly(held, limit), reading))


def unseen_recordings(source: str, *, reading: Reading = Reading(), held_out: tuple[str, ...] = (),
                      validation: float = 0.1, limit: int | None = None) -> list[Recording]:
    """What a model trained on a source has not seen: its test part, or else what `load_source` holds out.

    Raises:
        AudioDataError: nothing was held out.
    """
    scheme, place = parse_source(source)
    if scheme == "synthetic":
        found = list(synthetic_recordings("test", reading))
    elif scheme in ("folder", "voicebank") and _has_test(place):
        pairs = pairs_of(scheme, place, "test", reading)
        return list(read_pairs(evenly(pairs, limit or len(pairs)), reading))
    else:
        pairs = ([Pair(key, path, path) for key, path in list_audio(place).items()] if scheme == "damage"
                 else pairs_of(scheme, place, "train", reading))
        held = _split(pairs, held_out, validation, reading.seed)[1]
        if not held:
            raise AudioDataError(f"{source}: everything was used for training, nothing is left to evaluate. "
                                 "Name other recordings with --data.")
        held = evenly(held, limit or len(held))
        if scheme == "damage":
            return list(damaged_recordings(place, {pair.key: pair.clean for pair in held}, reading))
        return list(read_pairs(held, reading))
    return evenly(found, limit or len(found))


def _has_test(root: str) -> bool:
    try:
        return find_layout(root, "test").clean != find_layout(root, "train").clean
    except AudioDataError:
        return False


def pairs_of(scheme: str, place: str, split: str, reading: Reading) -> list[Pair]:
    """The pairs of files of a source, with noise and SNR where a log file gives them."""
    if scheme == "pairs":
        clean, noisy = (Path(part) for part in place.split(",", 1))
        found = find_pairs(clean, noisy, strict=reading.strict)
        log = clean.parent / "log.txt"
        return annotate(found, read_log(log)) if clean.parent == noisy.parent and log.is_file() else found
    if split == "test" and not _has_test(place):
        split = "train"  # a folder without a test part is evaluated as a whole
    return find_voicebank(place, split, strict=reading.strict)


def read_pairs(pairs: list[Pair], reading: Reading) -> Iterator[Recording]:
    """Pairs of files as recordings."""
    for pair in pairs:
        clean, noisy = read_pair(pair, sample_rate=reading.sample_rate, channels=reading.channels)
        yield Recording(pair.key, clean, noisy, reading.sample_rate, pair.noise, pair.snr)


def damaged_recordings(folder, files: dict[str, Path], reading: Reading) -> Iterator[Recording]:
    """Clean files and their damaged copies; a file's damage depends on (seed, name) alone."""
    damage = damage_from_text(reading.damage)
    for name, path in files.items():
        clean = read_audio(path, sample_rate=reading.sample_rate, channels=reading.channels)[0][:, 0]
        damaged = np.asarray(damage(clean, generator_for(reading.seed, name)), np.float32)
        yield Recording(name, clean, damaged, reading.sample_rate, reading.damage)


def synthetic_recordings(split: str, reading: Reading) -> Iterator[Recording]:
    """Voices made by formula with noise at 0, 5, 10 and 15 dB; the split "test" has a noise that "train" has not."""
    from gan_audio.data import synthetic

    if split not in SYNTHETIC_KINDS:
        raise AudioConfigError(f"`split` must be one of {', '.join(SYNTHETIC_KINDS)}. Received: split={split!r}.")
    kinds = SYNTHETIC_KINDS[split]
    for index in range(SYNTHETIC_COUNT[split]):
        kind, snr = kinds[index % len(kinds)], SYNTHETIC_SNRS[index // len(kinds) % len(SYNTHETIC_SNRS)]
        draw, rate = generator_for(reading.seed, f"{split}/{index}"), reading.sample_rate
        mixture = mix_at_snr(synthetic.voice(SYNTHETIC_SECONDS, draw, sample_rate=rate),
                             synthetic.noise(kind, SYNTHETIC_SECONDS, draw, sample_rate=rate), snr, draw,
                             sample_rate=rate)
        yield Recording(f"{split}_{index:03d}", mixture.clean.astype(np.float32), mixture.noisy.astype(np.float32),
                        reading.sample_rate, kind, snr)


def evenly(items: list, limit: int) -> list:
    """At most `limit` of the items, evenly spaced."""
    if len(items) <= limit:
        return items
    return [items[index] for index in np.linspace(0, len(items) - 1, limit).round().astype(int)]


def _windows(found: list[Recording], reading: Reading, options: dict) -> PairedArrays:
    if not found:
        raise AudioDataError("no recording is left for training. Lower `validation`.")
    return PairedArrays([(each.clean, each.noisy) for each in found], reading.sample_rate, **options)


def _split(pairs: list[Pair], held_out: tuple[str, ...], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    if not held_out and {pair.speaker for pair in pairs} > set(VALIDATION_SPEAKERS):
        held_out = VALIDATION_SPEAKERS
    if held_out:
        return hold_out(pairs, held_out)
    count = min(max(round(share * len(pairs)), int(share > 0)), len(pairs) - 1)
    chosen = set(generator_for(seed, "validation").permutation(len(pairs))[:count].tolist())
    return ([pair for index, pair in enumerate(pairs) if index not in chosen],
            [pair for index, pair in enumerate(pairs) if index in chosen])
