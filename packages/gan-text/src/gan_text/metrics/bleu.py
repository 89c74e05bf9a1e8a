"""BLEU and Self-BLEU of single sentences against all references, as Texygen defines them, in seconds for 10,000².

BLEU-n = brevity * exp(mean over k = 1..n of log p_k), p_k = clipped matches / max(1, k-grams of the hypothesis); the
clip is the largest count in any one reference. No match at order k >= 2 counts as 0.1 matches (Chen and Cherry 2014,
method 1); no matching token at all gives 0. brevity = exp(1 - r / c) for a hypothesis of c tokens shorter than r, the
closest reference length (the shorter on ties). (Papineni et al. 2002; Zhu et al. 2018, Texygen.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_core.errors import choose
from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import Grams, GramTable, Sentence

_SMOOTHED = 0.1
PROTOCOLS = {"full": None, "texygen": 500}  # how many references and samples are looked at


def bleu(generated: Sequence[Sentence], reference: Sequence[Sentence], *, n: int = 4, protocol: str = "full") -> float:
    """The mean over sentences of BLEU-n against all references; 0..1. Read it beside `self_bleu` or `unique`.

    Args:
        generated: lists of token tuples.
        reference: real sentences, each one a reference for every hypothesis.
        n: int >= 1, highest order, uniform weights.
        protocol: "full", or "texygen" for the first 500 sentences of either side only (not comparable with "full").

    Raises:
        TextConfigError: one side is empty.

    Example:
        >>> bleu([("the", "cat", "ran")], [("the", "cat", "sat"), ("a", "dog", "ran")], n=2)
        0.7071067811865476
    """
    return float(bleu_scores(generated, reference, n=n, protocol=protocol)[n].mean())


def self_bleu(generated: Sequence[Sentence], *, n: int = 4, protocol: str = "full") -> float:
    """The mean BLEU-n of each sentence against all others of the same collection; 1 means that they repeat themselves.

    Args:
        generated: at least two token tuples.
        n: int >= 1, highest order.
        protocol: "full", or "texygen" for the first 500 sentences only.

    Example:
        >>> round(self_bleu([tuple("abcd"), tuple("abce"), tuple("fghi")], n=2), 6)
        0.471405
    """
    return float(self_bleu_scores(generated, n=n, protocol=protocol)[n].mean())


def bleu_scores(generated: Sequence[Sentence], reference: Sequence[Sentence], *, n: int = 4,
                protocol: str = "full") -> dict[int, np.ndarray]:
    """BLEU-1..n of every sentence: order -> float64 (generated,)."""
    limit = choose("protocol", protocol, PROTOCOLS)
    generated, reference = generated[:limit], reference[:limit]
    if n < 1 or not len(generated) or not len(reference):
        raise TextConfigError("BLEU needs `n` >= 1, at least one generated sentence and one reference. "
                              f"Received: n={n}, generated={len(generated)}, reference={len(reference)}.")
    table, count = GramTable(generated, reference), len(generated)
    closest = _closest(table.lengths[:count], table.lengths[count:], leave_out=False)
    return _scores(table, count, closest, n, lambda grams: _largest(grams, count))


def self_bleu_scores(generated: Sequence[Sentence], *, n: int = 4, protocol: str = "full") -> dict[int, np.ndarray]:
    """Self-BLEU-1..n of every sentence: order -> float64 (generated,)."""
    generated = generated[:choose("protocol", protocol, PROTOCOLS)]
    if n < 1 or len(generated) < 2:
        raise TextConfigError("Self-BLEU needs `n` >= 1 and at least two sentences. "
                              f"Received: n={n}, generated={len(generated)}.")
    table = GramTable(generated)
    closest = _closest(table.lengths, table.lengths, leave_out=True)
    return _scores(table, len(generated), closest, n, _largest_of_others)


def _scores(table: GramTable, count: int, closest: np.ndarray, n: int, limits) -> dict[int, np.ndarray]:
    lengths = table.lengths[:count].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        brevity = np.where(lengths >= closest, 1.0, np.exp(1 - closest / lengths))
        total, scores = np.zeros(count), {}
        for order in range(1, n + 1):
            sentence, counts, limit = limits(table.order(order))
            mine = sentence < count
            matches = np.bincount(sentence[mine], np.minimum(counts, limit)[mine], minlength=count)[:count]
            if order == 1:
                none = matches == 0
            possible = np.maximum(lengths - order + 1, 1)
            total += np.log(np.where(matches == 0, _SMOOTHED, matches) / possible)
            scores[order] = np.where(none, 0.0, brevity * np.exp(total / order))
    return scores


def _per_sentence(grams: Grams) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(gram, sentence, count) of every gram in every sentence, sorted by gram."""
    size = int(grams.sentence.max()) + 1 if len(grams.sentence) else 1
    keys, counts = np.unique(grams.numbers * size + grams.sentence, return_counts=True)
    return keys // size, keys % size, counts


def _largest(grams: Grams, count: int):
    """The clip of each gram: its largest count in one of the references, which follow the `count` hypotheses."""
    gram, sentence, counts = _per_sentence(grams)
    largest = np.zeros(grams.distinct, np.int64)
    references = sentence >= count
    np.maximum.at(largest, gram[references], counts[references])
    return sentence, counts, largest[gram]


def _largest_of_others(grams: Grams):
    """The clip of each gram within each sentence: its largest count in another sentence.

    The largest count and its owner, and the largest among the rest, are kept once: the owner is clipped by the second.
    """
    gram, sentence, counts = _per_sentence(grams)
    order = np.lexsort((-counts, gram))
    first = np.ones(len(order), bool)
    first[1:] = gram[order][1:] != gram[order][:-1]
    top, second, owner = (np.zeros(grams.distinct, np.int64) for _ in range(3))
    leaders = order[first]
    top[gram[leaders]], owner[gram[leaders]] = counts[leaders], sentence[leaders]
    places = np.flatnonzero(first) + 1
    places = places[places < len(order)]
    followers = order[places[~first[places]]]
    second[gram[followers]] = counts[followers]
    return sentence, counts, np.where(owner[gram] == sentence, second[gram], top[gram])


def _closest(lengths: np.ndarray, references: np.ndarray, *, leave_out: bool) -> np.ndarray:
    """The reference length closest to each hypothesis, the shorter on ties; with `leave_out` its own does not count."""
    sizes, counts = np.unique(references, return_counts=True)
    answer = np.zeros(len(lengths))
    for length in np.unique(lengths):
        choices = sizes[(counts > 1) | (sizes != length)] if leave_out else sizes
        answer[lengths == length] = choices[np.argmin(np.abs(choices - length))]
    return answer
