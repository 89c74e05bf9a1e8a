"""SEGAN speech enhancement on Keras 3: networks, data, baselines, metrics, and enhancement of any recording.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "recipes": ("RECIPES", "open_run", "train"),
    "enhancement.enhancement_run": ("EnhancementRun",),
    "enhancement.enhancer": ("Enhancer",),
    "enhancement.files": ("enhance_path",),
    "data.reading": ("read_audio",),
    "data.writing": ("write_audio",),
    "data.folder_mixing": ("mix_folder",),
    "baselines": ("baseline",),
    "metrics.evaluation": ("evaluate",),
    "errors": ("AudioConfigError", "AudioDataError", "AudioWarning", "GanAudioError"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
