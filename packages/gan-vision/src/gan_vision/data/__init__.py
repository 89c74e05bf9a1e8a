"""Images for the recipes: every source is decoded once (by `gan_core.images`) into uint8 arrays, then trained from.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "folder": ("class_labels", "load_folder"),
    "folder_check": ("CheckReport", "check_folder"),
    "rejects": ("Reject",),
    "image_set": ("ImageSet",),
    "digits": ("load_digits",),
    "arrays": ("load_arrays",),
    "tfds": ("load_tfds",),
    "sources": ("load_images",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
