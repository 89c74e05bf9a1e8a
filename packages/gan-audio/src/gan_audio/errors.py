"""What can be wrong with sound files, pairs and settings. Every class is a `GanAudioError`.

Exit codes come from gan-core: 2 for options, 3 for data and checkpoints. Things that are accepted but deserve
a word are `AudioWarning`s: counted, and summarised once instead of once per file.
"""

from __future__ import annotations

from gan_core import errors as core


class GanAudioError(core.GanError):
    """Base of everything that gan-audio refuses."""


class AudioConfigError(GanAudioError, core.ConfigError):
    """A wrong option or combination of options (exit code 2)."""


class AudioDataError(GanAudioError, core.DataError):
    """Sound that cannot be used: missing, empty, not finite, silent where a level is needed (exit code 3)."""


class AudioReadError(AudioDataError):
    """A file that is corrupt, cut off, or not sound at all."""


class AudioFormatError(AudioDataError):
    """Readable sound of a rate or channel count that the caller did not allow."""


class PairError(AudioDataError):
    """Clean and noisy files that do not belong together."""


class CheckpointError(GanAudioError, core.CheckpointError):
    """A saved model whose rate or pre-emphasis is not the one asked for (exit code 3)."""


class AudioWarning(UserWarning):
    """Sound that is used although something about it is unusual."""


def listed(names, limit: int = 10) -> str:
    """The first `limit` names, and how many more there are.

    Example:
        >>> listed(["a", "b", "c"], limit=2)
        'a, b and 1 more'
    """
    names = [str(name) for name in names]
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
