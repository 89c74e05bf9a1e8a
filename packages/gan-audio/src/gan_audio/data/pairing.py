"""Which clean file belongs to which noisy file, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_audio.data.inspection import Report, inspect_clean, inspect_scale
from gan_audio.data.reading import AudioHeader, list_audio, read_audio, read_header
from gan_audio.data.resampling import resampled_length
from gan_audio.errors import AudioConfigError, AudioDataError, PairError, listed
from gan_audio.sound.frames import frames

LENGTH_TOLERANCE = 1000  # parts of a second: encoders and resamplers differ by a few samples, another take by far more


@dataclass(frozen=True)
class Pair:
    """One utterance: its key (path without suffix), both files, and what a log file says of the mix.

    Attributes:
        snr: float or None, dB.
    """

    key: str
    clean: Path
    noisy: Path
    noise: str | None = None
    snr: float | None = None

    @property
    def speaker(self) -> str:
        """The file name up to the first underscore or hyphen: "p226" of "p226_001"."""
        return self.key.rsplit("/", 1)[-1].replace("-", "_").split("_", 1)[0]


def find_pairs(clean_dir, noisy_dir, *, strict: bool = True, report: Report | None = None) -> list[Pair]:
    """Pair the files of two folders by name without suffix, sub-folders kept; never by position.

    Args:
        clean_dir: folder of the targets.
        noisy_dir: folder of the inputs.
        strict: bool; False leaves files without partner out and says so in `report`.
        report: where to note what was left out.

    Returns:
        Pairs, sorted by key.

    Raises:
        AudioDataError: a folder is missing or holds no sound.
        PairError: files without partner (strict), or no pair at all.
    """
    clean, noisy = list_audio(clean_dir), list_audio(noisy_dir)
    only_clean, only_noisy = sorted(clean.keys() - noisy.keys()), sorted(noisy.keys() - clean.keys())
    common = sorted(clean.keys() & noisy.keys())
    if (only_clean or only_noisy) and (strict or not common):
        parts = []
        if only_clean:
            parts.append(f"{len(only_clean)} clean files without a noisy one in {noisy_dir}: {listed(only_clean)}")
        if only_noisy:
            parts.append(f"{len(only_noisy)} noisy files without a clean one in {clean_dir}: {listed(only_noisy)}")
        remedy = ("Add the partners, or pass `strict=False` to leave these files out." if common
                  else "Partners must have the same name without suffix.")
        raise PairError(f"{'; '.join(parts)}. {len(common)} pairs match. {remedy}")
    if report is not None:
        for key in only_clean:
            report.skipped[str(clean[key])] = "no noisy partner"
        for key in only_noisy:
            report.skipped[str(noisy[key])] = "no clean partner"
    return [Pair(key, clean[key], noisy[key]) for key in common]


def pair_headers(pair: Pair, *, resample: bool = True) -> tuple[AudioHeader, AudioHeader]:
    """Both headers, after the check that rates and durations agree.

    Raises:
        PairError: the rates differ and `resample` is off, or the durations differ by more than 1 ms.
    """
    clean, noisy = read_header(pair.clean), read_header(pair.noisy)
    if clean.sample_rate != noisy.sample_rate and not resample:
        raise PairError(f"{pair.clean} is at {clean.sample_rate} Hz but {pair.noisy} at {noisy.sample_rate} Hz. "
                        "Pass `resample=True` to convert both to the model's rate.")
    # in integers: 16 of 16000 frames are exactly one millisecond
    difference = abs(clean.frames * noisy.sample_rate - noisy.frames * clean.sample_rate)
    if difference * LENGTH_TOLERANCE > clean.sample_rate * noisy.sample_rate:
        raise PairError(
            f"{pair.clean} has {clean.frames} frames at {clean.sample_rate} Hz "
            f"({clean.frames / clean.sample_rate:.3f} s) but {pair.noisy} has {noisy.frames} at {noisy.sample_rate} Hz "
            f"({noisy.frames / noisy.sample_rate:.3f} s). A pair may differ by 1 ms at most: align the files, "
            "or pass `strict=False` to leave the pair out.")
    return clean, noisy


def read_pair(pair: Pair, *, sample_rate: int, channels: str = "error", resample: bool = True,
              report: Report | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Both sides of a pair at the model's rate, equally long.

    Args:
        pair: the two files.
        sample_rate: int, Hz.
        channels: "error" | "mix" | "first", see `read_audio`.
        resample: bool; False refuses other rates.
        report: where to note what is unusual.

    Returns:
        (clean, noisy): float32 (time,) each.

    Raises:
        PairError: the two do not agree.
        AudioDataError: a file cannot be used.
    """
    if channels == "separate":
        raise AudioConfigError("`channels` must be error, mix or first for pairs. Received: channels='separate'. "
                               "Split the channels into files of their own to train on each.")
    report = Report() if report is None else report
    headers = pair_headers(pair, resample=resample)
    sides = [read_audio(path, sample_rate=sample_rate, channels=channels, resample=resample)[0][:, 0]
             for path in (pair.clean, pair.noisy)]
    if headers[0].sample_rate != headers[1].sample_rate:
        report.note("rates differ inside the pair, both converted", pair.key)
    if len(sides[0]) != len(sides[1]):
        report.note("lengths differ by at most 1 ms, cut to the shorter", pair.key)
        sides = [side[: min(map(len, sides))] for side in sides]
    clean, noisy = sides
    inspect_clean(clean, pair.key, report)
    inspect_scale(noisy, pair.key, report)
    if np.array_equal(clean, noisy):
        report.note("noisy equals clean", pair.key)
    elif _floor(clean) > 2 * _floor(noisy):  # 3 dB
        report.note("the clean side is the noisier one", pair.key)
    return clean, noisy


def judge_folders(report: Report, pairs: int) -> None:
    """Keep the two observations about swapped folders only where they are too many for chance."""
    for kind, limit in (("noisy equals clean", 0.05), ("the clean side is the noisier one", 0.5)):
        names = report.notes.pop(kind, [])
        if len(names) > limit * pairs:
            report.notes[f"{kind} (are the folders swapped or not mixed?)"] = names


def hold_out(pairs: Iterable[Pair], speakers=("p226", "p287")) -> tuple[list[Pair], list[Pair]]:
    """Split pairs into (training, validation) by speaker: windows of one recording never fall on both sides.

    Args:
        pairs: what to split.
        speakers: prefixes of file names; the default is the usual choice for VoiceBank+DEMAND.

    Raises:
        AudioConfigError: a speaker has no files, or nothing would remain for training.

    Example:
        >>> train, validation = hold_out(find_pairs("clean", "noisy"), speakers=("p226",))
    """
    pairs, speakers = list(pairs), {speakers} if isinstance(speakers, str) else set(speakers)
    known = sorted({pair.speaker for pair in pairs})
    missing = sorted(speakers - set(known))
    if missing:
        raise AudioConfigError(f"`speakers` holds {', '.join(missing)}, of whom there is no file. "
                               f"Speakers found (file name up to the first _ or -): {listed(known, 40)}.")
    train = [pair for pair in pairs if pair.speaker not in speakers]
    if not train:
        raise AudioConfigError(f"holding out {', '.join(sorted(speakers))} leaves no pair for training. "
                               f"Speakers found: {listed(known, 40)}.")
    return train, [pair for pair in pairs if pair.speaker in speakers]


def stored_frames(pairs: Iterable[Pair], sample_rate: int, *, resample: bool, report: Report, strict: bool):
    """Check all headers: the usable pairs, their frames at `sample_rate`, and whether every source has 16 bits."""
    usable, lengths, narrow = [], [], True
    for pair in pairs:
        try:
            headers = pair_headers(pair, resample=resample)
        except AudioDataError as error:
            if strict:
                raise
            report.skipped[pair.key] = str(error)
            continue
        usable.append(pair)
        lengths.append(min(resampled_length(header.frames, header.sample_rate, sample_rate) for header in headers))
        narrow &= all(header.subtype in ("PCM_16", "PCM_S8", "PCM_U8") for header in headers)
    return usable, lengths, narrow


def _floor(samples: np.ndarray, frame: int = 512) -> float:
    """Mean square of the quietest tenth of the frames."""
    if len(samples) < frame:
        return 0.0
    return float(np.quantile(np.mean(np.square(frames(samples, frame, frame)), axis=1), 0.1))
