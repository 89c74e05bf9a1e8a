import numpy as np
import pytest

from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar

ENGLISH = Grammar.load("toy-english")
LENGTHS = [0.165, 0.075, 0.15125, 0.1738, 0.06425, 0.05741, 0.07805, 0.04455, 0.02735, 0.03396]


def test_the_length_distribution_is_the_known_one():
    np.testing.assert_allclose(ENGLISH.length_distribution(12)[3:], LENGTHS, atol=5.1e-6)


@pytest.mark.parametrize(("length", "mass"), {12: 0.87061, 16: 0.94203, 32: 0.99664}.items())
def test_the_mass_up_to_a_length_is_the_known_one(length, mass):
    assert ENGLISH.length_distribution(length).sum() == pytest.approx(mass, abs=5e-6)


def test_the_expected_length_is_the_known_one():
    assert ENGLISH.expected_length == pytest.approx(245 / 32, rel=1e-12)


def test_the_entropy_of_a_derivation_is_the_known_one():
    assert ENGLISH.entropy == pytest.approx(18.5142, abs=5e-5)


def test_derived_samples_have_the_lengths_of_the_distribution():
    sentences = ENGLISH.sample(20_000, 12, seed=1)
    shares = np.bincount([len(sentence) for sentence in sentences], minlength=13) / 20_000
    expected = ENGLISH.length_distribution(12)
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.012)


def test_derived_samples_have_the_probabilities_of_the_rules():
    sentences = ENGLISH.sample(20_000, 12, seed=2)
    share = sum(sentence == ("the", "dog", "sleeps") for sentence in sentences) / 20_000
    assert share == pytest.approx(0.012375 / 0.870613, abs=0.003)


def test_derived_samples_are_all_accepted_and_not_longer_than_allowed():
    sentences = ENGLISH.sample(2000, 9, seed=3)
    assert ENGLISH.accepts_each(sentences).all()
    assert max(map(len, sentences)) == 9


def test_equal_seeds_give_equal_sentences():
    assert ENGLISH.sample(30, seed=4) == ENGLISH.sample(30, seed=4) != ENGLISH.sample(30, seed=5)


def test_rejection_without_hope_is_refused():
    grammar = Grammar("S -> 'a' S 0.01 | 'a' 0.99")
    with pytest.raises(TextConfigError, match=r"only 9.9e-09 of the derivations.*method='uniform'"):
        grammar.sample(1, 5, min_length=5)


def test_tags_are_the_symbols_that_emit_the_words():
    assert ENGLISH.tags("the dog eats".split()) == ("Det", "N", "?")
