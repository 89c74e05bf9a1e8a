"""Pass 2 over the text: from blocks of lines to rows of ids of one length, vectorised."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple, cast

import numpy as np

from gan_text.data.vocabulary import PAD, Vocabulary
from gan_text.errors import TextConfigError

TOO_LONG = ("truncate", "drop", "split")
_GOLDEN = 0x9E3779B97F4A7C15


class Rows(NamedTuple):
    """The sentences of one block.

    Args:
        ids: (rows, length), smallest unsigned type that holds the vocabulary.
        lengths: int (sentences,), tokens of every sentence that is not blank, markers excluded, before cutting.
        blank: int, lines without anything but white space.
        truncated, too_long, unknown: int, sentences cut, dropped for their length, dropped for unknown tokens.
        unknown_tokens, tokens: int, in the rows kept, padding and markers excluded.
    """

    ids: np.ndarray
    lengths: np.ndarray
    blank: int
    truncated: int
    too_long: int
    unknown: int
    unknown_tokens: int
    tokens: int


class Encoder:
    """Turns blocks of normalised lines into `Rows`.

    Args:
        vocabulary: the table.
        length: int >= 2, ids per row.
        add_markers: bool, sos before and eos behind every sentence.
        too_long: "truncate" (the rest is lost, and with it eos), "drop", or "split" into several rows.
        drop_unknown: bool, leave out rows with unknown tokens.
    """

    def __init__(self, vocabulary: Vocabulary, length: int, *, add_markers: bool = False, too_long: str = "truncate",
                 drop_unknown: bool = False):
        if add_markers and not vocabulary.has_markers:
            raise TextConfigError("`add_markers` needs a vocabulary with sos and eos. "
                              f"Received: specials={vocabulary.specials}.")
        self.vocabulary, self.length, self.add_markers = vocabulary, length, add_markers
        self.too_long, self.drop_unknown = too_long, drop_unknown
        self.dtype = np.dtype(np.uint8 if len(vocabulary) <= 1 << 8 else np.uint16 if len(vocabulary) <= 1 << 16
                              else np.uint32)
        self._sos, self._eos = vocabulary.special("sos"), vocabulary.special("eos")
        self._unknown = vocabulary.special("unk")
        if vocabulary.level == "character":
            self._table = np.full(0x110000, 0 if self._unknown is None else self._unknown, self.dtype)
            for number, token in enumerate(vocabulary.tokens[len(vocabulary.specials):], len(vocabulary.specials)):
                self._table[ord(token)] = number
            self._space = np.zeros(0x110000, bool)
            self._space[[code for code in range(0x3001) if chr(code).isspace()]] = True

    def encode(self, text: str) -> Rows:
        """The rows of whole lines, each ended by a line feed, already normalised."""
        flat, lengths, blank = self._characters(text) if self.vocabulary.level == "character" else self._words(text)
        return self._cut(flat, lengths, blank)

    def _characters(self, text: str) -> tuple[np.ndarray, np.ndarray, int]:
        if text.isascii():
            codes = np.frombuffer(text.encode("ascii"), np.uint8)
        else:
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        stops = np.flatnonzero(codes == 10)
        starts = np.concatenate(([0], stops[:-1] + 1))
        visible = np.concatenate(([0], np.cumsum(~self._space[codes], dtype=np.int64)))
        kept = visible[stops] > visible[starts]
        if not kept.all():
            codes = codes[np.repeat(kept, stops - starts + 1)]
        if self._unknown is None and codes.size:
            self.vocabulary.ids_of(chr(code) for code in np.unique(codes) if code != 10)  # raises with the character
        return self._table[codes[codes != 10]], (stops - starts)[kept], int((~kept).sum())

    def _words(self, text: str) -> tuple[np.ndarray, np.ndarray, int]:
        tokenizer = self.vocabulary.tokenizer or str.split
        lines = text.split("\n")[:-1]
        sentences = [words for words in map(tokenizer, lines) if words]
        ids = self.vocabulary.ids_of(chain.from_iterable(sentences))
        lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        return np.array(ids, self.dtype), lengths, len(lines) - len(sentences)

    def _cut(self, flat: np.ndarray, lengths: np.ndarray, blank: int) -> Rows:
        marked = lengths
        if self.add_markers:
            marked = lengths + 2
            ends = np.cumsum(marked)
            framed = np.empty(int(ends[-1]) if len(ends) else 0, self.dtype)
            inside = np.ones(len(framed), bool)
            framed[ends - marked], framed[ends - 1] = cast(int, self._sos), cast(int, self._eos)
            inside[ends - marked] = inside[ends - 1] = False
            framed[inside] = flat
            flat = framed
        starts, longer = np.cumsum(marked) - marked, marked > self.length
        widths, dropped = marked, 0
        if self.too_long == "drop":
            starts, widths, dropped = starts[~longer], widths[~longer], int(longer.sum())
        elif self.too_long == "split":
            pieces = -(-marked // self.length)
            number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
            starts = np.repeat(starts, pieces) + self.length * number
            widths = np.repeat(marked, pieces) - self.length * number
        padded = np.concatenate((flat, np.full(self.length, PAD, self.dtype)))
        ids = np.lib.stride_tricks.sliding_window_view(padded, self.length)[starts]
        ids[np.arange(self.length) >= widths[:, None]] = PAD
        unknown = np.zeros(len(ids), np.int64) if self._unknown is None else (ids == self._unknown).sum(1)
        lost = 0
        if self.drop_unknown:
            lost, ids, unknown = int((unknown > 0).sum()), ids[unknown == 0], unknown[unknown == 0]
        tokens = int((ids != PAD).sum())
        if self.add_markers:
            tokens -= int(((ids == self._sos) | (ids == self._eos)).sum())
        return Rows(ids, lengths, blank, int(longer.sum()) if self.too_long == "truncate" else 0, dropped, lost,
                    int(unknown.sum()), tokens)


def row_hashes(ids: np.ndarray) -> np.ndarray:
    """A 64-bit hash of every row, uint64 (rows,): equal rows get equal hashes on every machine.

    A multilinear hash sum of m_i * id_i modulo 2^64 with fixed odd m_i, then the finaliser of SplitMix64.
    """
    multipliers = _mixed(np.arange(1, ids.shape[1] + 1, dtype=np.uint64)) | np.uint64(1)
    hashes = np.zeros(len(ids), np.uint64)
    for column, multiplier in zip(ids.T, multipliers, strict=True):
        hashes += column.astype(np.uint64) * multiplier
    return _mixed(hashes)


def _mixed(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        values = values * np.uint64(_GOLDEN)
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return values ^ (values >> np.uint64(31))
