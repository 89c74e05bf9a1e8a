"""An n-gram language model with interpolated Kneser-Ney smoothing: the judge of fluency and of coverage.

P_k(w | h) = max(c(h w) - D, 0) / c(h .) + D * N1+(h .) / c(h .) * P_(k-1)(w | h'), where h' is h without its first
token, c are counts at the highest order and below it the numbers of distinct tokens that precede (continuation
counts), and P_0 is uniform over the closed vocabulary with eos (Kneser and Ney 1995; Chen and Goodman 1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import Sentence

DISCOUNT = 0.75
ORDERS = {"word": 3, "character": 6}
_BOS, _EOS, _UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class _Order:
    """The k-grams of one order, sorted by key = (number of the first k-1 tokens) * symbols + last token."""

    keys: np.ndarray
    counts: np.ndarray  # raw at the highest order, continuation counts below; 0 for grams that end in bos
    total: np.ndarray   # c(h .) by the number of the history
    kinds: np.ndarray   # N1+(h .)


class KneserNey:
    """The model, trained at once.

    Args:
        sentences: training text, token sequences.
        vocabulary: the closed set of tokens; all others become one unknown token. It should be the same for every
            model that is compared.
        order: int >= 1, tokens of an n-gram.
        discount: float in (0, 1), D.

    Raises:
        TextConfigError: no sentence, or an option outside its range.

    Example:
        >>> model = KneserNey([("a", "b"), ("a", "c")], {"a", "b", "c"}, order=2)
        >>> round(sum(model.distribution(["a"]).values()), 12)
        1.0
    """

    def __init__(self, sentences: Sequence[Sentence], vocabulary: Iterable[str], *, order: int = 3,
                 discount: float = DISCOUNT):
        if order < 1 or not 0 < discount < 1:
            raise TextConfigError("`order` must be at least 1 and `discount` lie in (0, 1). "
                                  f"Received: order={order}, discount={discount}.")
        if not len(sentences):
            raise TextConfigError("a language model needs at least one training sentence. Received: none.")
        self.order, self.discount = order, discount
        self.vocabulary = tuple(sorted(set(vocabulary)))
        self._id_of = {token: number for number, token in enumerate(self.vocabulary, _UNKNOWN + 1)}
        self._symbols = len(self.vocabulary) + 3
        self.outcomes = self._symbols - 1  # tokens, eos and unknown: bos is never predicted
        tokens = self._flat(sentences)
        numbers = tokens.copy()
        keys_by_order, numbers_by_order = [], []
        for size in range(1, order + 1):
            if size > 1:
                keys = np.concatenate(([-1], numbers_by_order[-1][:-1])) * self._symbols + tokens
                keys[:size - 1] = -1  # nothing precedes the first padding
            else:
                keys = tokens
            valid = keys >= 0
            unique, inverse = np.unique(keys[valid], return_inverse=True)
            numbers = np.full(len(tokens), -1)
            numbers[valid] = inverse
            keys_by_order.append(unique)
            numbers_by_order.append(numbers)
        self._orders = [self._count(size, keys_by_order, numbers_by_order, tokens) for size in range(1, order + 1)]

    def _flat(self, sentences: Sequence[Sentence]) -> np.ndarray:
        """All ids in one row: each sentence behind order-1 (at least one) bos, before one eos."""
        start = [_BOS] * max(self.order - 1, 1)
        flat: list[int] = []
        for sentence in sentences:
            flat += start
            flat += [self._id_of.get(token, _UNKNOWN) for token in sentence]
            flat.append(_EOS)
        return np.array(flat, np.int64)

    def _count(self, size: int, keys: list[np.ndarray], numbers: list[np.ndarray], tokens: np.ndarray) -> _Order:
        own = keys[size - 1]
        if size == self.order:
            counts = np.bincount(numbers[size - 1][numbers[size - 1] >= 0], minlength=len(own))
        else:  # one for each distinct longer gram that ends in this one
            longer, first = np.unique(numbers[size], return_index=True)
            counts = np.bincount(numbers[size - 1][first[longer >= 0]], minlength=len(own))
        counts[own % self._symbols == _BOS] = 0
        history = own // self._symbols if size > 1 else np.zeros(len(own), np.int64)
        histories = len(keys[size - 2]) if size > 1 else 1
        return _Order(own, counts, np.bincount(history, counts, histories),
                      np.bincount(history, counts > 0, histories))

    def _probabilities(self, tokens: np.ndarray) -> np.ndarray:
        """P of every token given what precedes it in the row, float64 (tokens,)."""
        probability = np.full(len(tokens), 1 / self.outcomes)
        history = np.zeros(len(tokens), np.int64)  # number of the preceding gram, longer in each order
        for table in self._orders:
            keys = np.where(history >= 0, history * self._symbols + tokens, -1)
            place = np.minimum(np.searchsorted(table.keys, keys), len(table.keys) - 1)
            found = table.keys[place] == keys
            known = (history >= 0) & (table.total[history] > 0)
            total = np.where(known, table.total[history], 1.0)
            count = np.where(found, table.counts[place], 0)
            discounted = (np.maximum(count - self.discount, 0) + self.discount * table.kinds[history] * probability)
            probability = np.where(known, discounted / total, probability)
            gram = np.where(found, place, -1)
            history = np.concatenate(([-1], gram[:-1]))
        return probability

    def log2_probabilities(self, sentences: Sequence[Sentence]) -> tuple[np.ndarray, np.ndarray]:
        """For each sentence the sum of log2 P over its tokens and eos, and how many terms that are."""
        tokens = self._flat(sentences)
        scored = tokens != _BOS
        owner = np.repeat(np.arange(len(sentences)), [len(sentence) + 1 for sentence in sentences])
        bits = np.log2(self._probabilities(tokens)[scored])
        return np.bincount(owner, bits, len(sentences)), np.bincount(owner, minlength=len(sentences))

    def perplexity(self, sentences: Sequence[Sentence]) -> float:
        """2 ** (-mean log2 P) over all tokens and one eos per sentence; at least 1."""
        if not len(sentences):
            raise TextConfigError("perplexity needs at least one sentence. Received: none.")
        bits, terms = self.log2_probabilities(sentences)
        return float(2.0 ** (-bits.sum() / terms.sum()))

    def distribution(self, context: Sequence[str]) -> dict[str, float]:
        """P(token | context) for every token of the vocabulary, "<unk>" and "</s>"; it sums to 1.

        Args:
            context: the tokens of the sentence so far.
        """
        names = {_EOS: "</s>", _UNKNOWN: "<unk>", **dict(enumerate(self.vocabulary, _UNKNOWN + 1))}
        before = self._flat([context])[:-1]
        rows = np.concatenate([np.concatenate((before, [number])) for number in names])
        ends = np.arange(1, len(names) + 1) * (len(before) + 1) - 1
        return dict(zip(names.values(), self._probabilities(rows)[ends].tolist(), strict=True))


def lm_perplexity(generated: Sequence[Sentence], real: Sequence[Sentence], held_out: Sequence[Sentence], *,
                  vocabulary: Iterable[str] | None = None, order: int = 3) -> dict[str, float]:
    """Both directions of the n-gram language model.

    Args:
        generated: lists of token tuples.
        real: text that trains the model of fluency.
        held_out: other real text, that the model trained on `generated` must cover.
        vocabulary: the closed vocabulary; default the tokens of `real`.
        order: int, 3 for words and 6 for characters.

    Returns:
        "fluency": perplexity of `generated` under the model of `real` (one repeated sentence can make it low);
        "coverage": of `held_out` under the model of `generated` (low only if it is diverse, too); "fluency_floor": of
        `held_out` under the model of `real`.
    """
    vocabulary = {token for sentence in real for token in sentence} if vocabulary is None else set(vocabulary)
    of_real = KneserNey(real, vocabulary, order=order)
    return {"fluency": of_real.perplexity(generated), "fluency_floor": of_real.perplexity(held_out),
            "coverage": KneserNey(generated, vocabulary, order=order).perplexity(held_out)}
