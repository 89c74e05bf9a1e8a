"""Image GANs on Keras 3: networks, data and recipes; the game itself is gan-core's.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

# `image_grid` is not listed: the name belongs to its module, `from gan_vision.image_grid import image_grid`.
_HOMES = {
    "image_grid": ("save_image_grid", "to_uint8"),
    "models": ("NETWORKS", "Networks"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)
__version__ = "0.1.0"


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_vision' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_vision.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
