import numpy as np

from gan_text.data import grammar_rows
from gan_text.grammar import Grammar


def test_rows_decode_to_strings_of_the_grammar():
    grammar = Grammar.load("arith")
    ids, vocabulary = grammar_rows(grammar, 300, 7, seed=1)
    assert ids.shape == (300, 7)
    assert ids.dtype == np.uint8
    assert grammar.accepts_each(vocabulary.sentences(ids, padding="strip")).all()


def test_words_of_a_grammar_are_tokens():
    ids, vocabulary = grammar_rows(Grammar.load("toy-english"), 10, 12)
    assert len(vocabulary) == 20
    assert 3 <= len(vocabulary.decode(ids[0]).split()) <= 12
