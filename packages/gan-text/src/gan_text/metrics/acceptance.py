"""How a grammar judges generated strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import Sentence


def acceptance(generated: Sequence[Sentence], grammar) -> float:
    """The share of strings that the grammar derives, decided by its chart parser; 0..1.

    One accepted string repeated for ever reaches 1: read it beside `unique`.

    Args:
        generated: token tuples with trailing padding stripped (`Vocabulary.sentences(ids, padding="strip")`): padding
            inside a string and the empty string are rejected.
        grammar: a `gan_text.grammar.Grammar`.
    """
    if not len(generated):
        raise TextConfigError("`generated` holds no sentence. Generate at least one.")
    return float(grammar.accepts_each(generated).mean())


def mean_log2_probability(generated: Sequence[Sentence], grammar) -> float:
    """The mean log2-probability in bits of the strings that the grammar derives; NaN if there is none.

    Compare with fresh samples of the grammar: higher means that probable sentences are overrepresented.
    """
    bits = grammar.log2_probabilities(generated)
    accepted = np.isfinite(bits)
    return float(bits[accepted].mean()) if accepted.any() else float("nan")
