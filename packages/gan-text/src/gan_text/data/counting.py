"""Pass 1 over the text: how often each token occurs, in memory that does not grow with the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

LARGEST_COUNTER = 5_000_000  # distinct words before those seen once are forgotten


class CharacterCounter:
    """Counts code points block by block in one array."""

    def __init__(self):
        self._counts = np.zeros(128, np.int64)

    def add(self, text: str) -> None:
        """Count the characters of normalised lines, line ends excepted."""
        if text.isascii():
            codes = np.frombuffer(text.encode("ascii"), np.uint8)
        else:
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        counts = np.bincount(codes, minlength=len(self._counts))
        counts[:len(self._counts)] += self._counts
        self._counts = counts

    def result(self) -> dict[str, int]:
        """Character -> occurrences."""
        return {chr(code): int(self._counts[code]) for code in np.flatnonzero(self._counts) if code != 10}


class WordCounter:
    """Counts words; above a limit of distinct ones those seen once are dropped (lossy counting: rare words may be
    undercounted, frequent ones hardly).

    Args:
        tokenizer: line -> words; None splits at white space.
        largest: int, the limit.
    """

    def __init__(self, tokenizer: Callable[[str], Sequence[str]] | None = None, *, largest: int = LARGEST_COUNTER):
        self._counts: Counter[str] = Counter()
        self._tokenizer, self._largest = tokenizer, largest

    def add(self, text: str) -> None:
        """Count the words of normalised lines."""
        if self._tokenizer is None:
            self._counts.update(text.split())
        else:
            for line in text.split("\n"):
                if line:
                    self._counts.update(self._tokenizer(line))
        if len(self._counts) > self._largest:
            self._counts = Counter({word: count for word, count in self._counts.items() if count > 1})

    def result(self) -> dict[str, int]:
        """Word -> occurrences."""
        return dict(self._counts)
