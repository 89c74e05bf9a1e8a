"""Writing sound files: the format from the name, no sample lost silently, and no half-written file."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from gan_audio.errors import AudioConfigError
from gan_core.files import commit, new_temporary

_FORMATS = {".oga": "OGG", ".opus": "OGG", ".aif": "AIFF"}
_SUBTYPES = {".opus": "OPUS"}


def output_format(path, subtype: str | None = None, fallback: str | None = None) -> tuple[str, str]:
    """The soundfile format and subtype of a file to write.

    Args:
        path: its suffix decides the format.
        subtype: sample format, e.g. "PCM_16", "PCM_24", "FLOAT"; must fit the format.
        fallback: taken where it fits the format and `subtype` is None (the subtype of the source, for instance).

    Raises:
        AudioConfigError: the suffix or the subtype is unknown.
    """
    import soundfile

    suffix = Path(path).suffix.lower()
    name = _FORMATS.get(suffix, suffix[1:].upper())
    if name not in soundfile.available_formats():
        raise AudioConfigError(f"{path}: the suffix {suffix!r} is no known sound format. "
                               "Use .wav, .flac, .ogg or .mp3.")
    known = soundfile.available_subtypes(name)
    if subtype is not None and subtype not in known:
        raise AudioConfigError(f"`subtype` must be one of {', '.join(known)} for {suffix} files. "
                               f"Received: subtype={subtype!r}.")
    # only plain samples: a WAV file may hold MP3 data in principle, and libsndfile then refuses most rates
    plain = fallback is not None and fallback in known and fallback.startswith(("PCM_", "FLOAT", "DOUBLE"))
    choice = subtype or (fallback if plain else None) or _SUBTYPES.get(suffix)
    return name, choice or soundfile.default_subtype(name)


def quantise(samples: np.ndarray, subtype: str) -> tuple[np.ndarray, int]:
    """Samples as they are handed to soundfile, and how many had to be clipped.

    Float files take any value; all others are clipped to [-1, 1 - 2^-15]. PCM is rounded here to the scale it is read
    with (x·2^15), since libsndfile itself multiplies floats by 2^15 - 1.
    """
    if subtype in ("FLOAT", "DOUBLE"):
        return samples, 0
    limited = np.clip(samples, -1.0, 1 - 2.0**-15)
    clipped = int(np.count_nonzero(limited != samples))
    if subtype == "PCM_16":
        return np.rint(limited * 2.0**15).astype(np.int16), clipped
    if subtype in ("PCM_24", "PCM_32"):
        bits = 23 if subtype == "PCM_24" else 31
        return (np.rint(limited.astype(np.float64) * 2.0**bits) * 2.0 ** (31 - bits)).astype(np.int32), clipped
    return limited, clipped


class AudioWriter:
    """A sound file that appears under its name when it is complete, and not at all after an error.

    Args:
        path: file to write; its folder is made.
        sample_rate: int, Hz.
        channels: int.
        format: soundfile's name.
        subtype: soundfile's name.

    Attributes:
        clipped: int, samples clipped so far.

    Example:
        >>> with AudioWriter("out.wav", 16_000, 1, "WAV", "PCM_16") as file:
        ...     file.write(samples)
    """

    def __init__(self, path, sample_rate: int, channels: int, format: str, subtype: str):
        self.path, self.subtype, self.clipped = Path(path), subtype, 0
        self._settings = {"samplerate": sample_rate, "channels": channels, "format": format, "subtype": subtype}

    def __enter__(self):
        import soundfile

        self._partial = new_temporary(self.path)
        try:
            self._file = soundfile.SoundFile(str(self._partial), "w", **self._settings)
        except (soundfile.SoundFileError, ValueError) as error:
            self._partial.unlink(missing_ok=True)
            raise AudioConfigError(f"{self.path}: {self._settings} cannot be written (the library says: {error}) "
                                   "Use a .wav file.") from error
        return self

    def write(self, samples: np.ndarray) -> None:
        """Append float (time, channels) or (time,)."""
        values, clipped = quantise(samples, self.subtype)
        self.clipped += clipped
        self._file.write(values)

    def __exit__(self, kind, error, trace):
        self._file.close()
        try:
            if kind is None:
                commit(self._partial, self.path)
        finally:
            with contextlib.suppress(OSError):
                self._partial.unlink(missing_ok=True)


def write_audio(path, samples: np.ndarray, sample_rate: int, *, subtype: str | None = None) -> int:
    """Write a whole recording; returns how many samples were clipped.

    Args:
        path: file to write.
        samples: float (time,) or (time, channels), full scale ±1.
        sample_rate: int, Hz.
        subtype: see `output_format`.
    """
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with AudioWriter(path, sample_rate, channels, *output_format(path, subtype)) as file:
        file.write(samples)
    return file.clipped
