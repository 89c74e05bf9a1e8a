"""Augmentation of what a discriminator sees: adaptive (ADA), at a fixed strength, DiffAugment, instance noise.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "base": ("Augmentation",),
    "chain": ("Chain",),
    "adaptive": ("AdaptiveAugment",),
    "fixed": ("FixedAugment",),
    "diffaugment": ("DiffAugment",),
    "instance_noise": ("InstanceNoise",),
    "pipeline": ("Pipeline", "LINES", "PRESETS"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.augment' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_core.augment.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
