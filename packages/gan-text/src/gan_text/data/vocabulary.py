"""The table between tokens and ids: encodes, decodes, and is saved as JSON beside a model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from gan_core.errors import choose
from gan_text.data.lines import normalized
from gan_text.errors import VocabularyError

PAD = 0
MARKERS = {"pad": "<pad>", "unk": "<unk>", "sos": "<s>", "eos": "</s>"}  # how special ids look among tokens
_MARKER_LIKE = re.compile(r"\\*(?:" + "|".join(map(re.escape, MARKERS.values())) + ")")
_FORMAT = "gan-text vocabulary 1"
LEVELS = {"character": ("pad", "unk"), "word": ("pad", "unk", "sos", "eos")}


def escaped(word: str) -> str:
    """A word of the text that looks like one of our markers gets a backslash in front of it."""
    return "\\" + word if _MARKER_LIKE.fullmatch(word) else word


def unescaped(token: str) -> str:
    """The word of the text behind a token: the inverse of `escaped`."""
    return token[1:] if token.startswith("\\") and _MARKER_LIKE.fullmatch(token) else token


class Vocabulary:
    """Tokens with ids 0..size-1; the first ids are symbols of our own that never occur in text.

    Args:
        tokens: the ordinary tokens in the order of their ids: single characters, or words.
        level: "character" or "word".
        specials: names of the ids before the ordinary ones: "pad" first, then any of "unk", "sos", "eos". Default:
            pad, unk; words also sos and eos.
        lowercase: bool, whether text is lower-cased before it is encoded.
        tokenizer: text -> tokens, word level only; default splits at white space.

    Raises:
        VocabularyError: duplicates, fewer than two ordinary tokens, or a token that cannot occur.

    Example:
        >>> vocabulary = Vocabulary("ab", level="character")
        >>> vocabulary.decode(vocabulary.encode("abba", length=6))
        'abba'
    """

    def __init__(self, tokens: Iterable[str], *, level: str = "character", specials: Sequence[str] | None = None,
                 lowercase: bool = False, tokenizer: Callable[[str], Sequence[str]] | None = None):
        defaults = choose("level", level, LEVELS)
        self.level, self.lowercase, self.tokenizer = level, bool(lowercase), tokenizer
        self.specials = tuple(defaults if specials is None else specials)
        if self.specials[:1] != ("pad",) or not set(self.specials) <= set(MARKERS) \
                or len(set(self.specials)) != len(self.specials):
            raise VocabularyError(f"`specials` must begin with 'pad', then any of {sorted(MARKERS)}. "
                                  f"Received: specials={self.specials}.")
        ordinary = tuple(tokens)
        self._check(ordinary)
        self.tokens = (*(MARKERS[name] for name in self.specials), *ordinary)
        first = len(self.specials)
        self._id_of = {unescaped(token) if level == "word" else token: first + number
                       for number, token in enumerate(ordinary)}

    def _check(self, tokens: tuple[str, ...]) -> None:
        wrong = next((token for token in tokens if not isinstance(token, str) or not token), None)
        if wrong is not None or not all(tokens):
            raise VocabularyError(f"a token must be a non-empty string. Received: {wrong!r}.")
        if len(set(tokens)) != len(tokens):
            twice = next(token for token in tokens if tokens.count(token) > 1)
            raise VocabularyError(f"tokens must be distinct. Received: {twice!r} more than once.")
        if len(tokens) < 2:
            raise VocabularyError(f"a vocabulary needs at least 2 ordinary tokens. Received: {len(tokens)}. "
                                  "Use more text, a lower `min_count`, or a higher `max_size`.")
        if self.level == "character":
            longer = next((token for token in tokens if len(token) != 1), None)
            if longer is not None:
                raise VocabularyError(f"a character vocabulary holds single characters. Received: {longer!r}. "
                                      "Use level='word'.")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], *, level: str, max_size: int | None = None, min_count: int = 1,
                    specials: Sequence[str] | None = None, **options) -> Vocabulary:
        """The most frequent tokens, sorted by (-count, token): ties do not depend on the order of the text.

        Args:
            counts: token -> occurrences.
            level: "character" or "word".
            max_size: int, the most ids, special ones included; None for all.
            min_count: int, rarer tokens become unknown.
            specials: as in the class.
            **options: `lowercase`, `tokenizer`.
        """
        specials = choose("level", level, LEVELS) if specials is None else specials
        kept = sorted((token for token, count in counts.items() if count >= min_count),
                      key=lambda token: (-counts[token], token))
        if max_size is not None:
            kept = kept[:max(0, max_size - len(specials))]
        if level == "word":
            kept = [escaped(token) for token in kept]
        return cls(kept, level=level, specials=specials, **options)

    @classmethod
    def for_grammar(cls, grammar) -> Vocabulary:
        """The pad id and the terminals of a `Grammar`, nothing else: 9 ids for `arith`, 20 for `toy-english`."""
        level = "character" if grammar.separator == "" else "word"
        return cls(grammar.terminals, level=level, specials=("pad",))

    def __len__(self):
        return len(self.tokens)

    def __eq__(self, other):
        return isinstance(other, Vocabulary) and self._state() == other._state()

    def __hash__(self):
        return hash(self.fingerprint)

    def __repr__(self):
        return f"Vocabulary({len(self)} ids, level={self.level!r}, specials={self.specials})"

    def special(self, name: str) -> int | None:
        """The id of "pad", "unk", "sos" or "eos"; None where this vocabulary has none."""
        return self.specials.index(name) if name in self.specials else None

    def tokenize(self, text: str) -> list[str]:
        """The text's tokens: NFC and, if set, lower case first; characters, or words."""
        text = normalized(text, lowercase=self.lowercase)
        if self.level == "character":
            return list(text)
        return list(self.tokenizer(text)) if self.tokenizer else text.split()

    def ids_of(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens as the text has them (not escaped); unknown ones get the id of "unk".

        Raises:
            VocabularyError: an unknown token, and the vocabulary has no "unk".
        """
        unknown = self.special("unk")
        if unknown is not None:
            return [self._id_of.get(token, unknown) for token in tokens]
        try:
            return [self._id_of[token] for token in tokens]
        except KeyError as error:
            raise VocabularyError(f"the token {error.args[0]!r} is not in the vocabulary, which has no unknown token. "
                                  f"Known: {' '.join(self.tokens[len(self.specials):][:40])}.") from None

    def encode(self, text: str, length: int | None = None, *, add_markers: bool | None = None) -> np.ndarray:
        """The ids of one sentence.

        Args:
            text: str.
            length: int, cut to this many ids and padded with 0; None keeps all.
            add_markers: put sos before and eos behind, before cutting; default: where the vocabulary has them.

        Returns:
            int32 (tokens,) or (length,).
        """
        ids = self.ids_of(self.tokenize(text))
        if self.has_markers if add_markers is None else add_markers:
            ids = [self.special("sos"), *ids, self.special("eos")]
        if length is not None:
            ids = ids[:length] + [PAD] * (length - len(ids))
        return np.array(ids, np.int32)

    @property
    def has_markers(self) -> bool:
        """Whether sos and eos exist."""
        return {"sos", "eos"} <= set(self.specials)

    def sentence(self, ids: Sequence[int] | np.ndarray, *, padding: str = "cut") -> tuple[str, ...]:
        """The tokens of one row of ids, sos dropped, cut at the first eos.

        Args:
            ids: int (length,), each in 0..size-1.
            padding: "cut" ends at the first pad; "strip" removes trailing pads only, so that one inside stays
                visible; "keep" keeps all (for n-gram metrics with padding as a symbol).

        Raises:
            VocabularyError: an id outside the vocabulary (a `ValueError`).
        """
        ids = np.asarray(ids)
        if ids.size and (ids.min() < 0 or ids.max() >= len(self)):
            wrong = ids[(ids < 0) | (ids >= len(self))][0]
            raise VocabularyError(f"an id must lie in 0..{len(self) - 1}. Received: {wrong}. "
                                  "Decode with the vocabulary of the model that produced the ids.")
        row = ids.tolist()
        if padding == "cut" and PAD in row:
            row = row[:row.index(PAD)]
        eos, sos = self.special("eos"), self.special("sos")
        if eos in row:
            stop = row.index(eos)
            row = row[:stop] + ([token for token in row[stop + 1:] if token == PAD] if padding == "keep" else [])
        while padding == "strip" and row and row[-1] == PAD:
            row.pop()
        return tuple(self.tokens[number] for number in row if number != sos)

    def sentences(self, ids: np.ndarray, *, padding: str = "cut") -> list[tuple[str, ...]]:
        """`sentence` of every row of int (count, length)."""
        return [self.sentence(row, padding=padding) for row in np.asarray(ids)]

    def decode(self, ids: Sequence[int] | np.ndarray, *, keep_padding: bool = False,
               detokenizer: Callable[[Sequence[str]], str] | None = None) -> str:
        """The text of one row of ids: characters joined by "", words by " " (or by `detokenizer`)."""
        tokens = self.sentence(ids, padding="keep" if keep_padding else "cut")
        if self.level == "character":
            return "".join(tokens)
        words = [unescaped(token) for token in tokens]
        return detokenizer(words) if detokenizer else " ".join(words)

    def decode_each(self, ids: np.ndarray, **options) -> list[str]:
        """`decode` of every row of int (count, length)."""
        return [self.decode(row, **options) for row in np.asarray(ids)]

    def _state(self) -> dict:
        return {"format": _FORMAT, "level": self.level, "lowercase": self.lowercase, "normalization": "NFC",
                "specials": list(self.specials), "tokens": list(self.tokens[len(self.specials):])}

    @property
    def fingerprint(self) -> str:
        """A hash of tokens and settings: models carry it, so that they refuse another vocabulary."""
        return sha256(json.dumps(self._state(), ensure_ascii=True).encode()).hexdigest()[:16]

    def require_same(self, other: Vocabulary, what: str = "model") -> None:
        """Refuse to mix vocabularies.

        Raises:
            VocabularyError: `other` differs in a token or a setting; the message says where first.
        """
        if self == other:
            return
        for field, mine in self._state().items():
            theirs = other._state()[field]
            if mine != theirs:
                break
        detail = f"{field} {theirs!r} instead of {mine!r}"
        if field == "tokens":
            place = next((number for number, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]),
                         min(len(mine), len(theirs)))
            detail = f"{len(theirs)} tokens instead of {len(mine)}, first difference at {place}"
        raise VocabularyError(f"the {what} was built with another vocabulary: {detail}. "
                              "Use the vocabulary.json that lies beside it.")

    def save(self, path: Path | str) -> None:
        """Write the table as UTF-8 JSON. A `tokenizer` is code and is not stored: pass it again when loading."""
        Path(path).write_text(json.dumps(self._state(), ensure_ascii=False, indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path | str, *, tokenizer: Callable[[str], Sequence[str]] | None = None) -> Vocabulary:
        """Read a table written by `save`.

        Raises:
            VocabularyError: no such file, not JSON, or not such a table.
        """
        try:
            state = json.loads(Path(path).read_bytes())
            if state["format"] != _FORMAT:
                raise ValueError(f"format {state['format']!r}")
            return cls(state["tokens"], level=state["level"], specials=state["specials"],
                       lowercase=state["lowercase"], tokenizer=tokenizer)
        except VocabularyError as error:
            raise VocabularyError(f"{path}: {error}") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise VocabularyError(f"{path}: not a vocabulary ({type(error).__name__}: {error}). "
                                  f"Expected JSON with format {_FORMAT!r}, as `Vocabulary.save` writes it.") from error
