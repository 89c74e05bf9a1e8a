"""Rows of ids as a recipe uses them: from a prepared corpus, from a grammar, or blank ones of the right shape."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from gan_text.data.corpus import TextCorpus
from gan_text.data.grammatical import grammar_rows
from gan_text.data.settings import check_batch_memory
from gan_text.data.vocabulary import PAD, Vocabulary
from gan_text.errors import TextConfigError, TextDataError
from gan_text.grammar import Grammar

_FIRST_IDEOGRAPH = 0x4E00  # stand-in characters of a vocabulary without data


class Sentences(Sequence):
    """Token tuples of rows, decoded when asked for: a corpus of millions of rows is never held as Python objects.

    Args:
        rows: unsigned int (count, length).
        vocabulary: of the ids.
        padding: as in `Vocabulary.sentence`.
    """

    def __init__(self, rows: np.ndarray, vocabulary: Vocabulary, padding: str = "cut"):
        self.rows, self.vocabulary, self.padding = rows, vocabulary, padding

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self.vocabulary.sentences(self.rows[index], padding=self.padding)
        return self.vocabulary.sentence(self.rows[index], padding=self.padding)


class TextSet:
    """One split of a text.

    Args:
        rows: unsigned int (count, length), padded with 0.
        vocabulary: of the ids.
        grammar: the grammar that made the rows, or None.
        name: for messages.

    Example:
        >>> train, held_out = grammar_sets(Grammar.load("arith"), 20_000, 7)
        >>> train.rows.shape, len(train.vocabulary)
        ((20000, 7), 9)
    """

    def __init__(self, rows: np.ndarray, vocabulary: Vocabulary, *, grammar: Grammar | None = None, name: str = "text"):
        self.rows, self.vocabulary, self.grammar, self.name = rows, vocabulary, grammar, name

    def __len__(self):
        return len(self.rows)

    @property
    def length(self) -> int:
        """Ids per row."""
        return self.rows.shape[1]

    @property
    def padding(self) -> str:
        """How rows are decoded for scores: padding inside a string must stay visible to a grammar."""
        return "cut" if self.grammar is None else "strip"

    def sentences(self, count: int | None = None, *, seed: int = 0, padding: str | None = None) -> Sentences:
        """A random selection of rows without replacement as token tuples; all rows in order without `count`."""
        rows = self.rows
        if count is not None and count < len(rows):
            rows = rows[np.sort(np.random.default_rng(seed).choice(len(rows), count, replace=False))]
        return Sentences(rows, self.vocabulary, padding or self.padding)

    def loader(self, batch_size: int, *, seed: int = 0, transforms: Sequence = ()):
        """A `gan_core.Loader` of {"real": ids (batch, length)}; its k-th batch depends on (seed, k) alone.

        Args:
            batch_size: int.
            seed: int.
            transforms: (batch dict, seeds) -> batch dict each, such as a `Labels`, applied in order; None is skipped.

        Raises:
            TextConfigError: fewer rows than one batch, or one-hot batches above the memory guard.
        """
        if len(self) < batch_size:
            raise TextConfigError(f"`batch_size` must not exceed the rows of {self.name}. "
                                  f"Received: batch_size={batch_size}, rows={len(self)}. Add text, or lower "
                                  "--batch-size.")
        check_batch_memory(len(self.vocabulary), self.length, batch_size)
        from gan_core.data.loader import ArraySource, Loader

        used = [transform for transform in transforms if transform is not None]

        def transformed(batch, seeds):
            for transform in used:
                batch = transform(batch, seeds)
            return batch

        return Loader(ArraySource({"real": self.rows}, transformed if used else None), batch_size, seed=seed,
                      name=self.name)

    def __repr__(self):
        return f"TextSet({self.name!r}, rows={len(self):,}, length={self.length}, {self.vocabulary!r})"


def corpus_sets(corpus: TextCorpus) -> dict[str, TextSet]:
    """The splits of a prepared corpus: "train", "validation", "test"."""
    return {part: TextSet(corpus.ids(part), corpus.vocabulary, name=f"{corpus.report.source}, {part} split")
            for part in ("train", "validation", "test")}


def grammar_sets(grammar: Grammar, count: int, length: int, *, held_out: int = 10_000, method: str = "auto",
                 seed: int = 0) -> tuple[TextSet, TextSet]:
    """Training rows of a grammar, and as many fresh draws as scores may need to compare with."""
    sets = []
    for number, rows in enumerate((count, held_out)):
        ids, vocabulary = grammar_rows(grammar, rows, length, method=method, seed=2 * seed + number)
        sets.append(TextSet(ids, vocabulary, grammar=grammar, name=f"grammar {grammar.name}"))
    return sets[0], sets[1]


def blank_set(vocabulary: Vocabulary, count: int, length: int, *, grammar: Grammar | None = None) -> TextSet:
    """Rows of padding: enough to build and describe networks without data."""
    return TextSet(np.full((count, length), PAD, np.uint16), vocabulary, grammar=grammar, name="placeholder")


def blank_vocabulary(size: int, level: str) -> Vocabulary:
    """A vocabulary of `size` ids: a question mark, which a condition may need, and tokens that stand for any others."""
    specials = 2 if level == "character" else 4
    if size < specials + 2:
        raise TextConfigError(f"`max_size` must leave room for two tokens beside the {specials} special ones. "
                              f"Received: max_size={size}.")
    tokens = ["?", *(chr(_FIRST_IDEOGRAPH + number) for number in range(size - specials - 1))]
    return Vocabulary(tokens, level=level)


def open_corpus(data: str, folder: str | Path | None = None, **settings) -> TextCorpus:
    """The corpus of a SOURCE, prepared on first use and opened afterwards.

    Args:
        data: a SOURCE of `open_source`, or `corpus:FOLDER` for one that `gan-text prepare` wrote.
        folder: where it is prepared; by default a folder of the user's cache named by source and settings.
        **settings: of `CorpusSettings`, and `progress`.

    Raises:
        TextConfigError: `corpus:` data that were prepared with other settings.
        TextDataError: nothing to read, or the folder cannot be written.
    """
    progress = settings.pop("progress", None)
    kind, _, place = data.partition(":")
    if kind == "corpus":
        return _prepared(place, settings)
    if not data:
        raise TextConfigError("`data` must name the text to learn. Received: data=''. Give --data folder:PATH, "
                              "file:PATH, glob:PATTERN, corpus:PATH, tfds:lm1b or grammar:arith.")
    if folder is None:
        key = sha256(repr((data, Path.cwd() if kind != "tfds" else "", sorted(settings.items()))).encode())
        folder = cache_folder() / key.hexdigest()[:16]
    try:
        return TextCorpus.prepare(data, folder, progress=progress, **settings)
    except OSError as error:
        raise TextDataError(f"cannot write the prepared text to {folder}: {error.strerror or error}. Free space, or "
                            "choose another folder with --corpus.") from error


def _prepared(place: str, settings: dict) -> TextCorpus:
    corpus = TextCorpus(place)
    for name in ("level", "length"):
        if corpus.settings[name] != settings[name]:
            raise TextConfigError(f"{place} was prepared with {name}={corpus.settings[name]!r}, but the recipe has "
                                  f"{name}={settings[name]!r}. Prepare it again, or give "
                                  f"{'--length ' + str(corpus.length) if name == 'length' else 'the other recipe'}.")
    return corpus


def cache_folder() -> Path:
    """Where texts are prepared by default: $XDG_CACHE_HOME/gan-text or ~/.cache/gan-text."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "gan-text"
