"""Image files: one careful decoder, resizing, and the listing of folders.

Public names are resolved on first use (PEP 562): importing the package loads no Pillow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "decode": ("Header", "ImageError", "convert_channels", "decode_image", "read_header"),
    "resize": ("resize_image",),
    "listing": ("list_images",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
