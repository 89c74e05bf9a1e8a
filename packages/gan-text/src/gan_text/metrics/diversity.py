"""Whether a generator repeats itself or its training text: unique, novelty, longest copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import GramTable, Sentence


def _some(generated: Sequence[Sentence]) -> None:
    if not len(generated):
        raise TextConfigError("`generated` holds no sentence. Generate at least one.")


def unique(generated: Sequence[Sentence]) -> float:
    """Distinct sentences over all sentences, in (0, 1]. It falls with the number of samples, also for real text."""
    _some(generated)
    return len(set(map(tuple, generated))) / len(generated)


def unique_ngrams(generated: Sequence[Sentence], *, n: int = 2) -> float:
    """Distinct n-grams over all n-grams (distinct-n, Li et al. 2016); NaN if no sentence has n tokens."""
    _some(generated)
    grams = GramTable(generated).order(n)
    return grams.distinct / len(grams.numbers) if len(grams.numbers) else float("nan")


def expected_unique(count: int, strings: int) -> float:
    """The unique share of `count` draws of a perfect uniform generator over `strings` strings: N(1 - (1 - 1/N)^m) / m.

    Example:
        >>> round(expected_unique(2000, 2088), 3)
        0.644
    """
    return float(-strings * np.expm1(count * np.log1p(-1 / strings)) / count) if strings > 1 else 1 / count


def novelty(generated: Sequence[Sentence], training: Iterable[Sentence]) -> float:
    """The share of generated sentences that are not in the training set; 0..1.

    The training set is read once and not held: it may be an iterator over millions of sentences.
    """
    _some(generated)
    distinct = set(map(tuple, generated))
    copied = {sentence for sentence in map(tuple, training) if sentence in distinct}
    return sum(tuple(sentence) not in copied for sentence in generated) / len(generated)


def longest_copies(generated: Sequence[Sentence], training: Sequence[Sentence]) -> np.ndarray:
    """For every generated sentence the most consecutive tokens that occur, in this order, in a training sentence.

    Args:
        generated: lists of token tuples.
        training: the training sentences (a sample of them gives a lower bound).

    Returns:
        int64 (generated,), 0..length of the sentence.
    """
    _some(generated)
    table = GramTable(generated, training)
    longest = np.zeros(len(generated), np.int64)
    for n in range(1, int(table.lengths[:len(generated)].max()) + 1):
        grams = table.order(n)
        there = np.zeros(grams.distinct, bool)
        there[grams.numbers[grams.sentence >= len(generated)]] = True
        copied = np.unique(grams.sentence[(grams.sentence < len(generated)) & there[grams.numbers]])
        if not len(copied):
            break
        longest[copied] = n
    return longest
