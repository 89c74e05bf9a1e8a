"""Contracts that every part must keep, as one call each for the test suites.

A broken contract raises `AssertionError` with what was found and what was expected. "Gradient reaches" means: the
gradient exists, is finite, and (for kernels) is not zero everywhere. Importing this module loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "layer": ("check_layer",),
    "loss": ("check_loss",),
    "network": ("check_network", "count_parameters"),
    "penalty_gradient": ("unreached_kernels",),
    "recipe": ("check_recipe",),
    "saved": ("check_saved_networks",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
