"""Reading sound files: soundfile only, float32 in [-1, 1], and every doubt is an error that names the file."""

from __future__ import annotations

import math
import os
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_audio.data.resampling import resample as change_rate
from gan_audio.errors import AudioConfigError, AudioDataError, AudioFormatError, AudioReadError

EXTENSIONS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".rf64", ".caf")
CHANNEL_RULES = ("error", "mix", "first", "separate")


@dataclass(frozen=True)
class AudioHeader:
    """What a file declares: frames, rate in Hz, channels, and its soundfile format and subtype ("WAV", "PCM_16")."""

    path: Path
    frames: int
    sample_rate: int
    channels: int
    format: str
    subtype: str


def read_header(path) -> AudioHeader:
    """Read what a sound file declares about itself, and check a WAV file's declared size against its bytes.

    Raises:
        AudioReadError: the file is missing, corrupt, cut off, or not sound.
        AudioDataError: it holds no samples.
    """
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise AudioReadError(f"{path}: there is no such file.")
    try:
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, RuntimeError, OSError) as error:
        raise AudioReadError(_unreadable(path, error)) from error
    _check_size(path)
    if info.frames <= 0:
        raise AudioDataError(f"{path}: holds a header but no samples (0 frames). Record it again, or remove it.")
    return AudioHeader(path, info.frames, info.samplerate, info.channels, info.format, info.subtype)


def read_audio(path, *, sample_rate: int | None = None, channels: str = "error", resample: bool = True):
    """Read a whole sound file.

    Args:
        path: path of a WAV, FLAC, OGG or MP3 file.
        sample_rate: int, Hz; the rate wanted, None for the file's own.
        channels: "error" refuses more than one channel, "mix" averages them, "first" takes one, "separate" keeps all.
        resample: bool; False refuses another rate instead of converting.

    Returns:
        (samples, rate): float32 (time, channels), where ±1 is full scale, and the rate in Hz.

    Raises:
        AudioReadError: the file is missing, corrupt, cut off, or not sound.
        AudioFormatError: channels or rate that the options do not allow.
        AudioDataError: no samples, or NaN or infinite ones.

    Example:
        >>> samples, rate = read_audio("speech.flac", sample_rate=16_000)
    """
    import soundfile

    check_channel_rule(channels)
    header = read_header(path)
    check_channels(header, channels)
    if sample_rate is not None and header.sample_rate != sample_rate and not resample:
        raise AudioFormatError(
            f"{path}: the rate is {header.sample_rate} Hz, expected {sample_rate} Hz. "
            "Pass `resample=True` to convert it."
        )
    try:
        samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise AudioReadError(_unreadable(path, error)) from error
    if len(samples) != header.frames:
        raise AudioReadError(
            f"{path}: cut off: {len(samples)} frames could be read, the header declares {header.frames}. "
            "Copy the file again, or remove it."
        )
    check_finite(samples, path)
    samples = pick_channels(samples, channels)
    if sample_rate is not None:
        samples, rate = change_rate(samples, rate, sample_rate), sample_rate
    return samples, rate


def read_excerpt(path, *, start: float = 0.0, seconds: float, channels: str = "mix"):
    """Read a part of a sound file, however long the file is.

    Args:
        path: as in `read_audio`.
        start: float, seconds from the beginning.
        seconds: float; fewer are returned where the file ends before.
        channels: as in `read_audio`.

    Returns:
        (samples, rate): float32 (time, channels) at the file's own rate.

    Raises:
        AudioConfigError: the part lies behind the end of the file, or is empty.
        AudioReadError: see `read_audio`.
    """
    import soundfile

    header = read_header(path)
    check_channels(header, check_channel_rule(channels))
    if not (math.isfinite(start) and math.isfinite(seconds)):
        raise AudioConfigError(f"`start` and `seconds` must be finite. Received: start={start}, seconds={seconds}.")
    first, count = round(start * header.sample_rate), round(seconds * header.sample_rate)
    if not 0 <= first < header.frames or count < 1:
        raise AudioConfigError(f"{path}: a part must begin within the recording's "
                               f"{header.frames / header.sample_rate:.2f} s and last longer than 0 s. "
                               f"Received: start={start:g}, seconds={seconds:g}.")
    try:
        samples, rate = soundfile.read(str(path), frames=min(count, header.frames - first), start=first,
                                       dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise AudioReadError(_unreadable(path, error)) from error
    if len(samples) != min(count, header.frames - first):
        raise AudioReadError(f"{path}: cut off: {first + len(samples)} frames could be read, the header declares "
                             f"{header.frames}. Copy the file again, or remove it.")
    check_finite(samples, path, first)
    return pick_channels(samples, channels), rate


def check_channel_rule(channels: str) -> str:
    """`channels` if it is a known rule.

    Raises:
        AudioConfigError: it is not.
    """
    if channels not in CHANNEL_RULES:
        raise AudioConfigError(f"`channels` must be one of {', '.join(CHANNEL_RULES)}. "
                               f"Received: channels={channels!r}.")
    return channels


def check_channels(header: AudioHeader, channels: str) -> None:
    """Refuse a file of several channels under the rule "error"."""
    if channels == "error" and header.channels > 1:
        raise AudioFormatError(
            f"{header.path}: {header.channels} channels, expected 1. Pass `channels=\"mix\"` to average them, "
            "`channels=\"first\"` to take the first."
        )


def pick_channels(samples: np.ndarray, channels: str) -> np.ndarray:
    """Apply a channel rule to (time, channels): one column, or all of them."""
    if channels == "mix" and samples.shape[1] > 1:
        return samples.mean(axis=1, keepdims=True)
    return samples[:, :1] if channels == "first" else samples


def check_finite(samples: np.ndarray, path, offset: int = 0) -> None:
    """Refuse NaN and infinite samples.

    Raises:
        AudioDataError: with their count and the first position (in frames, counted from `offset`).
    """
    if np.isfinite(samples).all():
        return
    bad = ~np.isfinite(samples)
    first = offset + int(np.flatnonzero(bad.reshape(len(samples), -1).any(axis=1))[0])
    raise AudioDataError(
        f"{path}: {int(bad.sum())} samples are NaN or infinite, the first at frame {first}. "
        "Export the file again, or repair these samples."
    )


def find_audio(folder) -> list[Path]:
    """The sound files below a folder, sorted by code points; hidden ones are left out, links to folders not followed.

    Raises:
        AudioDataError: the folder is missing or holds no sound.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise AudioDataError(f"{folder}: there is no such folder. Expected one with {', '.join(EXTENSIONS)} files.")
    found = []
    for place, subfolders, names in os.walk(folder):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [Path(place, name) for name in names
                  if not name.startswith(".") and Path(name).suffix.lower() in EXTENSIONS]
    if not found:
        raise AudioDataError(f"{folder}: no sound found. Looked for {', '.join(EXTENSIONS)} in it and its subfolders.")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def refuse_inside(target, source) -> None:
    """Refuse to write below a folder that is read: the next call would take results for sources.

    Raises:
        AudioConfigError: `target` is `source` or lies in it.
    """
    if Path(target).resolve().is_relative_to(Path(source).resolve()):
        raise AudioConfigError(f"{target}: lies inside {source}, which is read. Choose a folder beside it.")


def list_audio(folder) -> dict[str, Path]:
    """The sound files below a folder by stem: key -> path, sorted by key.

    The key is the path inside the folder without suffix, with forward slashes, in Unicode form NFC (so the two ways to
    write é meet), case-sensitive.

    Raises:
        AudioDataError: the folder is missing, holds no sound, or has two files with one key (one.wav and one.flac).
    """
    keys: dict[str, Path] = {}
    for path in find_audio(folder):
        key = unicodedata.normalize("NFC", path.relative_to(folder).with_suffix("").as_posix())
        if key in keys:
            raise AudioDataError(f"{path}: has the same name as {keys[key]}. Files are told apart by their name "
                                 "without suffix: keep one of the two.")
        keys[key] = path
    return dict(sorted(keys.items()))


def _unreadable(path: Path, error: Exception) -> str:
    size = path.stat().st_size
    reason = "the file is empty (0 bytes)" if size == 0 else str(error).removeprefix(f"Error opening {str(path)!r}: ")
    return f"{path}: cannot be read as sound ({reason.rstrip('.')}). Expected a WAV, FLAC, OGG or MP3 file."


def _check_size(path: Path) -> None:
    # libsndfile reads a file that was cut off as a shorter one and says nothing; the header still knows.
    with open(path, "rb") as file:
        head = file.read(28)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            length = _chunk_length(file, 12, b"data", "<")
        elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
            length = _chunk_length(file, 12, b"SSND", ">")
        elif head[:4] == b".snd" and len(head) >= 12:
            start, length = struct.unpack(">II", head[4:12])
            file.seek(start)
        else:
            return
        present = path.stat().st_size - file.tell()
    if length is not None and present < length < 0xFFFF_F000:  # all ones: written to a pipe, length unknown
        raise AudioReadError(f"{path}: cut off: the header declares {length} bytes of sound, {present} are there. "
                             "Copy the file again, or remove it.")


def _chunk_length(file, start: int, wanted: bytes, order: str) -> int | None:
    """The declared bytes of a chunk, where the file then stands; None if there is none."""
    file.seek(start)
    while len(chunk := file.read(8)) == 8:
        name, length = struct.unpack(f"{order}4sI", chunk)
        if name == wanted:
            return length
        file.seek(length + length % 2, os.SEEK_CUR)
    return None
