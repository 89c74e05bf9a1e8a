"""Dense numbers for n-grams: the vectorised core of all n-gram metrics, exact (no hashing)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Sentence = Sequence[str]


class Grams(NamedTuple):
    """All n-grams within the sentences of several collections, none across a sentence end.

    Args:
        numbers: int64 (occurrences,), equal n-grams have equal numbers 0..distinct-1.
        sentence: int64 (occurrences,), the sentence of each, counted through all collections.
        distinct: int.
    """

    numbers: np.ndarray
    sentence: np.ndarray
    distinct: int


class GramTable:
    """Numbers the n-grams of collections of sentences, order by order.

    The number of an n-gram is found from the number of its first n-1 tokens and its last token, so equality is exact.

    Args:
        *collections: lists of token sequences.

    Attributes:
        bounds: the first sentence of each collection, and the total: int (collections + 1,).
        lengths: int64 (sentences,).
    """

    def __init__(self, *collections: Sequence[Sentence]):
        sentences = [sentence for collection in collections for sentence in collection]
        self.bounds = np.cumsum([0, *map(len, collections)])
        self.lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        index: dict[str, int] = {}
        self.tokens = np.fromiter((index.setdefault(token, len(index)) for sentence in sentences
                                   for token in sentence), np.int64, int(self.lengths.sum()))
        self.vocabulary = max(len(index), 1)
        self._owner = np.repeat(np.arange(len(sentences)), self.lengths)
        ends = np.cumsum(self.lengths)
        self._left = np.repeat(ends, self.lengths) - np.arange(len(self.tokens))  # tokens up to the sentence's end
        self._orders: list[tuple[np.ndarray, int]] = [(self.tokens, len(index))]  # number of the gram that starts here

    def order(self, n: int) -> Grams:
        """The n-grams of order n >= 1 in the order of the text."""
        while len(self._orders) < n:
            size = len(self._orders) + 1
            shorter, _ = self._orders[-1]
            starts = np.flatnonzero(self._left >= size)
            keys = shorter[starts] * self.vocabulary + self.tokens[starts + size - 1]
            _, numbers = np.unique(keys, return_inverse=True)
            here = np.full(len(self.tokens), -1)
            here[starts] = numbers
            self._orders.append((here, int(numbers.max()) + 1 if len(numbers) else 0))
        numbers, distinct = self._orders[n - 1]
        starts = self._left >= n
        return Grams(numbers[starts], self._owner[starts], distinct)

    def counts(self, n: int) -> np.ndarray:
        """How often each n-gram occurs in each collection, int64 (collections, distinct)."""
        grams = self.order(n)
        edges = np.searchsorted(grams.sentence, self.bounds)
        return np.stack([np.bincount(grams.numbers[start:stop], minlength=grams.distinct)
                         for start, stop in pairwise(edges)])


def jensen_shannon(left: np.ndarray, right: np.ndarray) -> float:
    """The Jensen-Shannon divergence in bits of two vectors of counts (not necessarily normalised); 0..1.

    JS = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2 (Lin 1991). NaN if a side has no count at all.
    """
    if not left.sum() or not right.sum():
        return float("nan")
    p, q = left / left.sum(), right / right.sum()
    middle = (p + q) / 2
    total = 0.0
    for side in (p, q):
        there = side > 0
        total += float((side[there] * np.log2(side[there] / middle[there])).sum())
    return min(max(total / 2, 0.0), 1.0)
