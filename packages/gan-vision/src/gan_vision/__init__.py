"""Image GANs on Keras 3: networks, data and recipes; the game itself is gan-core's.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "recipes": ("RECIPES", "open_run", "train"),
    "image_run": ("ImageRun",),
    "text_to_image_run": ("TextToImageRun",),
    "translation.translation_run": ("TranslationRun",),
    "translation.translator": ("Translator",),
    "models": ("NETWORKS", "Networks"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
