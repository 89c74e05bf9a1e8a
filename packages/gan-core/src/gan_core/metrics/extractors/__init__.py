"""Feature extractors behind one protocol; none downloads anything.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "base": ("Extractor",),
    "choice": ("EXTRACTORS", "check_extractor", "extractor_by_name"),
    "encoder": ("Encoder", "train_encoder"),
    "inception": ("KerasInceptionV3",),
    "model": ("CallableExtractor", "keras_extractor"),
    "random_convolution": ("RandomConvolution",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
