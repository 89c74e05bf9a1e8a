"""Words as numbers without a vocabulary: each word and its runs of letters, hashed. Imports no TensorFlow."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np

RUNS = (3, 4, 5)  # letters in a run


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without punctuation.

    Example:
        >>> words_of("A red circle, green border.")
        ['a', 'red', 'circle', 'green', 'border']
    """
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


@dataclasses.dataclass(frozen=True)
class WordCodes:
    """Texts as int32 (words, runs): of every word the number of the word itself, then those of its runs of letters.

    A word that was never seen shares runs with words that were ("circles" with "circle"). Numbers are CRC-32 of the
    word between < and >, into `buckets` values from 1 on; 0 is nothing. What is longer is cut off.

    Args:
        words: int, of a text at most.
        runs: int, numbers of a word at most, the word itself among them.
        buckets: int, how many different numbers there are.

    Example:
        >>> WordCodes().codes(["red circle"]).shape
        (1, 24, 16)
    """

    words: int = 24
    runs: int = 16
    buckets: int = 1 << 14

    def codes(self, texts: Sequence[str]) -> np.ndarray:
        """int32 (n, words, runs) of n texts."""
        codes = np.zeros((len(texts), self.words, self.runs), np.int32)
        for row, text in enumerate(texts):
            for position, word in enumerate(words_of(text)[:self.words]):
                numbers = _numbers(word, self.runs, self.buckets)
                codes[row, position, :len(numbers)] = numbers
        return codes


@functools.lru_cache(maxsize=1 << 16)
def _numbers(word: str, most: int, buckets: int) -> tuple[int, ...]:
    marked = f"<{word}>"
    runs = [marked[start:start + length] for length in RUNS for start in range(len(marked) - length + 1)]
    parts = [marked, *(run for run in dict.fromkeys(runs) if run != marked)]
    return tuple(1 + zlib.crc32(part.encode()) % buckets for part in parts[:most])
