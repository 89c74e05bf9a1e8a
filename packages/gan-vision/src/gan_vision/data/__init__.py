"""Examples for the recipes: named fields over arrays, memory maps, or files that are decoded on demand.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "examples": ("Examples",),
    "example_source": ("Columns", "ExampleSource"),
    "fields": ("Attributes", "Captions", "ClassLabel", "InstanceIds", "Kind", "LabelMap", "Photo", "TextVectors",
               "Vector"),
    "check_report": ("CheckReport",),
    "rejects": ("Reject",),
    "folder": ("class_labels", "folder_on_demand", "load_folder"),
    "digits": ("load_digits",),
    "arrays": ("load_arrays",),
    "tfds": ("load_tfds",),
    "cub": ("cub_on_demand", "load_cub"),
    "box_crop": ("crop_window",),
    "pairs": ("load_pairs",),
    "made_pairs": ("load_made_pairs",),
    "label_maps": ("load_label_maps", "read_colors"),
    "scenes": ("make_scenes",),
    "translation_sources": ("load_translation",),
    "captions_folder": ("load_captions",),
    "text_hdf5": ("load_text_hdf5",),
    "write_text_hdf5": ("write_text_hdf5",),
    "caption_sources": ("load_captioned",),
    "text_encoders": ("encoder_by_name",),
    "sources": ("load_images",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
