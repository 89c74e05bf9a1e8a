"""How generated text is distributed beside real text: n-gram divergence, in-test rate, lengths, tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import GramTable, Sentence, jensen_shannon


def _checked(generated: Sequence[Sentence], reference: Sequence[Sentence], n: int = 1) -> None:
    if n < 1:
        raise TextConfigError(f"`n` must be at least 1. Received: n={n}.")
    for name, sentences in (("generated", generated), ("reference", reference)):
        if not len(sentences):
            raise TextConfigError(f"`{name}` holds no sentence. Generate or load at least one.")


def js_ngram(generated: Sequence[Sentence], reference: Sequence[Sentence], *, n: int = 4) -> float:
    """Jensen-Shannon divergence in bits between the relative frequencies of all n-grams within sentences.

    The measure of Gulrajani et al. (2017). It depends on the number of samples: compare only at equal sizes, and beside
    the floor of real against real.

    Args:
        generated: lists of token tuples.
        reference: the real ones.
        n: int >= 1, order.

    Returns:
        0 (equal) .. 1 (disjoint); NaN if a side has no sentence of n tokens.

    Example:
        >>> round(js_ngram([tuple("aab")], [tuple("abb")], n=1), 7)
        0.0817042
    """
    _checked(generated, reference, n)
    return jensen_shannon(*GramTable(generated, reference).counts(n))


def js_ngrams(generated: Sequence[Sentence], reference: Sequence[Sentence], *, orders=(1, 2, 3, 4)) -> dict[int, float]:
    """`js_ngram` of several orders at once: order -> bits."""
    _checked(generated, reference, min(orders))
    table = GramTable(generated, reference)
    return {n: jensen_shannon(*table.counts(n)) for n in orders}


def in_test(generated: Sequence[Sentence], reference: Sequence[Sentence], *, n: int = 3) -> float:
    """The share of generated n-grams, with repetition, that occur in held-out text (Press et al. 2017, %-IN-TEST-n).

    Args:
        generated: lists of token tuples.
        reference: held-out text.
        n: int >= 1.

    Returns:
        0..1; NaN if no generated sentence has n tokens. One repeated sentence can reach 1: read it beside `unique`.
    """
    _checked(generated, reference, n)
    counts, there = GramTable(generated, reference).counts(n)
    return float(counts[there > 0].sum() / counts.sum()) if counts.sum() else float("nan")


def length_js(generated: Sequence[Sentence], reference: Sequence[Sentence]) -> float:
    """Jensen-Shannon divergence in bits between the distributions of sentence lengths; 0..1."""
    _checked(generated, reference)
    sides = [np.fromiter(map(len, sentences), np.int64) for sentences in (generated, reference)]
    size = max(int(side.max()) for side in sides) + 1
    return jensen_shannon(*(np.bincount(side, minlength=size) for side in sides))


def tag_bigram_js(generated: Sequence[Sentence], reference: Sequence[Sentence], *, grammar) -> float:
    """`js_ngram` of order 2 over the parts of speech that a `Grammar` gives to each word; 0..1."""
    return js_ngram([grammar.tags(sentence) for sentence in generated],
                    [grammar.tags(sentence) for sentence in reference], n=2)
