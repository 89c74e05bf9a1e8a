import math

import pytest

from gan_text.data import Vocabulary
from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar
from gan_text.metrics import acceptance, mean_log2_probability

ARITH = Grammar.load("arith")


def test_trailing_padding_is_stripped_and_inner_padding_rejected():
    ids = [[1, 5, 2, 0, 0], [1, 0, 5, 2, 0], [0, 0, 0, 0, 0], [1, 5, 0, 0, 0]]
    sentences = Vocabulary.for_grammar(ARITH).sentences(ids, padding="strip")
    assert sentences[0] == ("x", "+", "y")
    assert acceptance(sentences, ARITH) == 0.25


def test_the_mean_log_probability_leaves_out_rejected_sentences():
    english = Grammar.load("toy-english")
    sentences = [tuple("the dog sleeps".split()), tuple("dog the sleeps".split())]
    assert mean_log2_probability(sentences, english) == pytest.approx(math.log2(0.012375))


def test_it_is_undefined_if_all_are_rejected():
    assert math.isnan(mean_log2_probability([("dog",)], Grammar.load("toy-english")))


def test_an_empty_collection_is_refused():
    with pytest.raises(TextConfigError, match="`generated` holds no sentence"):
        acceptance([], ARITH)
