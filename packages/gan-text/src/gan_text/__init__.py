"""Language generation with generative adversarial networks on Keras 3, measured exactly by grammars.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

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
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
