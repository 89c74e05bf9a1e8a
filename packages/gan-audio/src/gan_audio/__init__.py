"""SEGAN speech enhancement on Keras 3: networks, data, baselines, metrics, and enhancement of any recording.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "enhance": ("Enhancer",),
    "enhance_files": ("enhance_file", "enhance_path"),
    "emphasis": ("preemphasis", "deemphasis"),
    "runs": ("load_model",),
    "comparison": ("differences",),
    "models": ("ModelCard", "PRESETS", "Preset", "build_discriminator", "build_generator", "load_generator",
               "preset", "save_generator", "set_reference"),
    "data": ("Augmentation", "DamagedAudioFolder", "PairedArrays", "PairedAudioFolder", "find_pairs", "find_voicebank",
             "hold_out", "load_source", "mix_at_snr", "mix_folder", "read_audio", "recordings", "write_audio"),
    "damage": ("DAMAGES", "build_damage"),
    "baselines": ("BASELINES", "baseline"),
    "evaluation": ("evaluate",),
    "metrics": ("METRICS", "composite"),
    "errors": ("AudioConfigError", "AudioDataError", "AudioFormatError", "AudioReadError", "AudioWarning",
               "CheckpointError", "GanAudioError", "PairError"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)
__version__ = "0.1.0"


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_audio' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_audio.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
