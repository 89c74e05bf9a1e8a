"""Generator and critic networks of the text GANs, as functional Keras models with named inputs.

Public names are resolved on first use (PEP 562): the presets are read without loading TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "critic": ("CRITICS", "build_critic"),
    "generator": ("GENERATORS", "build_generator"),
    "presets": ("PRESETS", "Preset", "preset"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_text.models' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_text.models.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
