"""The SEGAN networks. Presets load no TensorFlow; the builders do, on first use."""

from __future__ import annotations

import importlib

_HOME_OF = {"build_generator": "segan", "build_discriminator": "segan", "set_reference": "segan",
            "PRESETS": "presets", "Preset": "presets", "preset": "presets",
            "ModelCard": "saved", "load_generator": "saved", "save_generator": "saved"}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_audio.models' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_audio.models.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
