"""Augmentation of what a discriminator sees: adaptive (ADA), at a fixed strength, DiffAugment, instance noise.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "base": ("Augmentation",),
    "chain": ("Chain",),
    "adaptive": ("AdaptiveAugment",),
    "fixed": ("FixedAugment",),
    "diffaugment": ("DiffAugment",),
    "instance_noise": ("InstanceNoise",),
    "pipeline": ("Pipeline", "LINES", "PRESETS"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
