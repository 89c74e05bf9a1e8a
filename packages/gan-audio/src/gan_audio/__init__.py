"""SEGAN speech enhancement on Keras 3: networks, data, baselines, metrics, and enhancement of any recording.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "enhancement.enhancer": ("Enhancer",),
    "enhancement.files": ("enhance_file", "enhance_path"),
    "sound.emphasis": ("preemphasis", "deemphasis"),
    "runs": ("load_model",),
    "metrics.comparison": ("differences",),
    "models": ("ModelCard", "PRESETS", "Preset", "build_discriminator", "build_generator", "load_generator",
               "preset", "save_generator", "set_reference"),
    "data": ("Augmentation", "DamagedAudioFolder", "PairedArrays", "PairedAudioFolder", "find_pairs", "find_voicebank",
             "hold_out", "load_source", "mix_at_snr", "mix_folder", "read_audio", "recordings", "write_audio"),
    "sound.damage": ("DAMAGES", "build_damage"),
    "baselines": ("BASELINES", "baseline"),
    "metrics.evaluation": ("evaluate",),
    "metrics": ("METRICS", "composite"),
    "errors": ("AudioConfigError", "AudioDataError", "AudioFormatError", "AudioReadError", "AudioWarning",
               "CheckpointError", "GanAudioError", "PairError"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
