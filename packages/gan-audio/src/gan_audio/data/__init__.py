"""Reading, pairing, mixing and windows of sound. No module here loads TensorFlow, SciPy or librosa on import."""

from __future__ import annotations

import importlib

_HOMES = {
    "augmentation": ("Augmentation",),
    "folder": ("DamagedAudioFolder", "PairedArrays", "PairedAudioFolder", "Recording"),
    "inspection": ("Report",),
    "folder_mixing": ("mix_folder",),
    "mixing": ("Mixture", "mix_at_snr"),
    "pairing": ("Pair", "find_pairs", "hold_out", "read_pair"),
    "reading": ("list_audio", "read_audio", "read_header"),
    "resampling": ("resample",),
    "sources": ("Reading", "load_source", "recordings", "unseen_recordings"),
    "voicebank": ("VALIDATION_SPEAKERS", "find_layout", "find_voicebank", "read_log"),
    "windows": ("PairedWindows", "window_starts"),
    "writing": ("write_audio",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_audio.data' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_audio.data.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
