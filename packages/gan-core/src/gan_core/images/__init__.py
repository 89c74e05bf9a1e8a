"""Image files: one careful decoder, resizing, and the listing of folders.

Public names are resolved on first use (PEP 562): importing the package loads no Pillow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "decode": ("Header", "ImageError", "convert_channels", "decode_image", "read_header"),
    "resize": ("resize_image",),
    "listing": ("list_images",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.images' has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
