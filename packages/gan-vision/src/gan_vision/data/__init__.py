"""Images for the recipes: every source is decoded once (by `gan_core.images`) into uint8 arrays, then trained from.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "folder": ("class_labels", "load_folder"),
    "check": ("CheckReport", "check_folder"),
    "rejects": ("Reject",),
    "image_set": ("ImageSet",),
    "digits": ("load_digits",),
    "arrays": ("load_arrays",),
    "tfds": ("load_tfds",),
    "sources": ("load_images",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_vision.data' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_vision.data.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
