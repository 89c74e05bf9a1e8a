"""Language generation with generative adversarial networks on Keras 3, measured exactly by grammars.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "recipes": ("RECIPES", "open_run", "train"),
    "text_run": ("Generated", "TextRun"),
    "data": ("TextCorpus", "Vocabulary"),
    "grammar": ("Grammar",),
    "metrics": ("evaluate_text",),
    "errors": ("GanTextError", "TextConfigError", "TextDataError", "TextWarning"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
