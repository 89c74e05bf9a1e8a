"""Kinds of fields: what a picture, a map of ids, a vector, a class or the captions of an example mean.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "kind": ("Kind", "Origin"),
    "photo": ("Photo",),
    "label_map": ("LabelMap",),
    "instance_ids": ("InstanceIds", "instance_edges"),
    "vector": ("Vector",),
    "class_label": ("ClassLabel",),
    "attributes": ("Attributes",),
    "captions": ("Captions",),
    "text_vectors": ("TextVectors",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
