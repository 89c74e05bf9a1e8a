"""What a trained run has learned, looked at: ways between its pictures, sums of them, one number varied, and more.

Public names are resolved on first use: importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "exploration": ("open_for", "pictures_of", "sheet", "write_exploration"),
    "anchors": ("Anchors", "anchors_of"),
    "interpolation": ("between", "bilinear", "path", "stretches"),
    "arithmetic": ("combine", "vary"),
    "animation": ("save_animation",),
    "own_pictures": ("list_pictures", "read_pictures"),
    "neighbours": ("nearest_pictures",),
    "scores": ("discriminator_logits",),
    "inversion": ("Inversion", "invert_images"),
    "augmentations": ("AugmentedRow", "augmentation_sheet", "augmented_rows"),
    "style": ("style_encoder", "train_style_encoder", "transferred"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
