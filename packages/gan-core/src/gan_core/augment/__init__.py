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
    "warp": ("warp",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.augment' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"gan_core.augment.{_HOME_OF[name]}"), name)
    globals()[name] = value  # `warp` is also a module: the import above has just put that under this name
    return value


def __dir__():
    return __all__
