"""How many tokens one sentence must change to become another (Levenshtein 1966), and the nearest of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from gan_text.errors import TextConfigError, TextDataError
from gan_text.metrics.ngrams import Sentence

CHUNK = 8192  # training sentences at a time
OTHER = -1  # any token that the sentence at hand does not have


class NearestSentences(NamedTuple):
    """Edit distances int64 (generated, k), ascending, and the rows int64 (generated, k) of the training sentences."""

    distances: np.ndarray
    rows: np.ndarray


def edit_distance(first: Sentence, second: Sentence) -> int:
    """The fewest insertions, deletions and replacements of single tokens that make one of the other.

    Example:
        >>> edit_distance("kitten", "sitting")
        3
    """
    return int(_distances(first, *_coded([second], first))[0])


def nearest_sentences(generated: Sequence[Sentence], training: Sequence[Sentence], k: int = 1, *,
                      advance: Callable[[int], object] = lambda count: None) -> NearestSentences:
    """The k training sentences with the least edit distance to each generated one, equal ones in their order.

    Every pair is compared; the training sentences are read in parts, so that they may be decoded as they are asked for.

    Args:
        generated: token tuples, at least one.
        training: token tuples, at least k.
        k: int >= 1.
        advance: called with the number of training sentences after each part.

    Raises:
        TextConfigError: nothing generated, or k below 1.
        TextDataError: fewer than k training sentences.

    Example:
        >>> nearest_sentences([("a", "cat")], [("a", "dog", "sees"), ("the", "cat")]).rows
        array([[1]])
    """
    if not len(generated) or k < 1:
        raise TextConfigError(f"`generated` must hold a sentence, and `k` be at least 1. Received: {len(generated)} "
                              f"sentences, k={k}.")
    if len(training) < k:
        raise TextDataError(f"there must be at least k={k} training sentences. Received: {len(training)}. Lower `k`.")
    distances = np.empty((len(generated), 0), np.int64)
    rows = np.empty((len(generated), 0), np.int64)
    for start in range(0, len(training), CHUNK):
        part = training[start:start + CHUNK]
        found = np.stack([_distances(sentence, *_coded(part, sentence)) for sentence in generated])
        places = np.broadcast_to(np.arange(start, start + len(part)), found.shape)
        distances, rows = np.concatenate([distances, found], axis=1), np.concatenate([rows, places], axis=1)
        order = np.argsort(distances, axis=1, kind="stable")[:, :k]  # stable: what came first stays first
        distances, rows = np.take_along_axis(distances, order, 1), np.take_along_axis(rows, order, 1)
        advance(len(part))
    return NearestSentences(distances, rows)


def _coded(sentences: Sequence[Sentence], of: Sentence) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of tokens int32 (n, longest) as `of` has them, and the lengths int64 (n,)."""
    numbers = {token: number for number, token in enumerate(dict.fromkeys(of))}
    lengths = np.array([len(sentence) for sentence in sentences], np.int64)
    codes = np.full((len(sentences), max(1, lengths.max())), OTHER, np.int32)
    flat = np.fromiter((numbers.get(token, OTHER) for sentence in sentences for token in sentence), np.int32,
                       int(lengths.sum()))
    codes[np.arange(codes.shape[1]) < lengths[:, None]] = flat
    return codes, lengths


def _distances(sentence: Sentence, codes: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """int64 (n,), row by row of the table of Wagner and Fischer (1974), for all n sentences at once."""
    numbers = {token: number for number, token in enumerate(dict.fromkeys(sentence))}
    steps = np.arange(codes.shape[1] + 1)
    row = np.broadcast_to(steps, (len(codes), len(steps)))
    for place, token in enumerate(sentence, 1):
        following = np.empty_like(row)
        following[:, 0] = place
        following[:, 1:] = np.minimum(row[:, 1:] + 1, row[:, :-1] + (codes != numbers[token]))
        # An insertion costs 1 for each step to the right: the least of all cells at the left, so far away.
        row = np.minimum.accumulate(following - steps, axis=1) + steps
    return np.take_along_axis(row, lengths[:, None], 1)[:, 0].astype(np.int64)
