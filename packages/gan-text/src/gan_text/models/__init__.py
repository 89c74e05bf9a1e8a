"""Generator and critic networks of the text GANs, as functional Keras models with named inputs.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "critic": ("CRITICS", "build_critic"),
    "generator": ("GENERATORS", "build_generator"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
