"""Examples whose captions become numbers for an encoder that learns with the run."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from gan_vision.data.example_source import ExampleSource
from gan_vision.data.examples import Examples
from gan_vision.data.fields.caption_codes import CaptionCodes
from gan_vision.data.word_codes import WordCodes


def with_codes(examples: Examples, encoder: Any, captions: int | None = None) -> Examples:
    """The same examples with the field "text": `CaptionCodes` of their captions.

    Args:
        examples: with "captions".
        encoder: a `CaptionEncoder`.
        captions: int, of an example at most; by default as many as the example that has most.
    """
    texts = examples.source.field("captions")
    most = captions or max(map(len, texts))
    words = WordCodes(encoder.words, encoder.runs, encoder.buckets)
    fields = {**examples.fields, "text": CaptionCodes(encoder, most)}
    held_out = None if examples.held_out is None else with_codes(examples.held_out, encoder, captions)
    return dataclasses.replace(examples, source=_Coded(examples.source, words, most), fields=fields, held_out=held_out)


class _Coded(ExampleSource):
    def __init__(self, source: ExampleSource, words: WordCodes, captions: int):
        self._source, self._words, self._captions = source, words, captions

    def __len__(self):
        return len(self._source)

    def gather(self, rows, names):
        inner = [name for name in names if name != "text"]
        found = dict(self._source.gather(rows, [*inner, *({"captions"} - set(inner))] if "text" in names else inner))
        if "text" in names:
            found["text"] = self._codes(found["captions"])
        return {name: found[name] for name in names}

    def _codes(self, captions) -> np.ndarray:
        codes = np.zeros((len(captions), self._captions, self._words.words, self._words.runs), np.int32)
        for row, texts in enumerate(captions):
            texts = (texts,) if isinstance(texts, str) else texts[:self._captions]
            codes[row, :len(texts)] = self._words.codes(texts)
        return codes

    @property
    def content_hash(self):
        return self._source.content_hash

    def place(self, row):
        return self._source.place(row)

    def field(self, name):
        return super().field(name) if name == "text" else self._source.field(name)

    def select(self, rows):
        return _Coded(self._source.select(rows), self._words, self._captions)
