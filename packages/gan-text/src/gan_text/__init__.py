"""Language generation with generative adversarial networks on Keras 3, measured exactly by grammars.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "data": ("CorpusSettings", "TextCorpus", "TextSet", "Vocabulary", "grammar_rows", "grammar_sets", "open_source"),
    "decode": ("choose_ids", "interpolate"),
    "errors": ("GanTextError", "GrammarError", "TextConfigError", "TextDataError", "TextDecodeError", "TextWarning",
               "VocabularyError"),
    "grammar": ("Grammar",),
    "metrics": ("KneserNey", "evaluate_text"),
    "models": ("build_critic", "build_generator"),
    "runs": ("TextRun",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted([*_HOME_OF, "metrics"])
__version__ = "0.1.0"


def __getattr__(name: str):
    if name == "metrics":
        return importlib.import_module("gan_text.metrics")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_text' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_text.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
