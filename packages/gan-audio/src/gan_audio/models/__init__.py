"""The SEGAN networks. Sizes load no TensorFlow; the builders do, on first use."""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "sizes": ("NETWORK_SIZES", "NetworkSize", "network_size"),
    "saved": ("ModelCard", "load_generator", "save_generator"),
    "segan": ("build_discriminator", "build_generator", "set_reference"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
