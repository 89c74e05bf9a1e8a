"""Training rows from a grammar: the data whose every property is known."""

from __future__ import annotations

import numpy as np

from gan_text.data.vocabulary import PAD, Vocabulary
from gan_text.grammar import Grammar


def grammar_rows(grammar: Grammar, count: int, length: int, *, method: str = "auto",
                 seed: int = 0) -> tuple[np.ndarray, Vocabulary]:
    """Encoded random strings of a grammar.

    Args:
        grammar: where the strings come from.
        count: int, rows, drawn with replacement.
        length: int, ids per row and the most terminals of a string.
        method: as in `Grammar.sample`.
        seed: int.

    Returns:
        uint8 or uint16 (count, length), padded with 0, and the vocabulary of pad and the terminals.

    Example:
        >>> ids, vocabulary = grammar_rows(Grammar.load("arith"), 20_000, 7)
        >>> ids.shape, len(vocabulary)
        ((20000, 7), 9)
    """
    vocabulary = Vocabulary.for_grammar(grammar)
    strings = grammar.sample(count, length, method=method, seed=seed)
    rows = np.full((count, length), PAD, np.uint8 if len(vocabulary) <= 256 else np.uint16)
    for row, string in zip(rows, strings, strict=True):
        row[:len(string)] = vocabulary.ids_of(string)
    return rows, vocabulary
