"""Vocabulary, streaming corpora and their sources. Nothing here loads TensorFlow until a loader is asked for."""

from gan_text.data.corpus import TextCorpus
from gan_text.data.grammatical import grammar_rows
from gan_text.data.settings import CorpusSettings, check_batch_memory
from gan_text.data.sources import open_source
from gan_text.data.text_set import TextSet, corpus_sets, grammar_sets
from gan_text.data.vocabulary import Vocabulary

__all__ = [
    "CorpusSettings", "TextCorpus", "TextSet", "Vocabulary", "check_batch_memory", "corpus_sets", "grammar_rows",
    "grammar_sets", "open_source",
]
