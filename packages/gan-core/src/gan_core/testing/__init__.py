"""Contracts that every part must keep, as one call each for the test suites.

A broken contract raises `AssertionError` with what was found and what was expected. "Gradient reaches" means: the
gradient exists, is finite, and (for kernels) is not zero everywhere. Importing this module loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "layer": ("check_layer",),
    "loss": ("check_loss",),
    "network": ("check_network", "count_parameters"),
    "recipe": ("check_recipe",),
    "saved": ("check_saved_networks",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.testing' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_core.testing.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
