"""Feature extractors behind one protocol; none downloads anything.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "base": ("Extractor",),
    "choice": ("EXTRACTORS", "extractor_by_name"),
    "encoder": ("Encoder", "train_encoder"),
    "inception": ("KerasInceptionV3",),
    "model": ("CallableExtractor", "keras_extractor"),
    "random_convolution": ("RandomConvolution",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.metrics.extractors' has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
