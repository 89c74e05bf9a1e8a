"""Image files: one careful decoder, resizing, the listing of folders, and sheets of pictures.

Public names are resolved on first use (PEP 562): importing the package loads no Pillow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "background": ("over", "over_checkerboard", "parse_background"),
    "decode": ("Header", "ImageError", "convert_channels", "decode_image", "read_header"),
    "ids": ("colors_of", "decode_ids"),
    "resize": ("resize_image",),
    "listing": ("list_images",),
    "sheet": ("image_grid", "save_image_grid", "save_picture", "side_by_side", "to_uint8"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
