import math

import numpy as np
import pytest

from gan_text.errors import GrammarError
from gan_text.grammar import Grammar

nltk = pytest.importorskip("nltk")
ARITH, ENGLISH = Grammar.load("arith"), Grammar.load("toy-english")
PROBABILITIES = {
    "the dog sleeps": 0.012375,
    "the dog sees a cat": 9.075e-4,
    "the dog sees a cat near the bird": 7.1874e-6,
    "a small child follows the old dog with a telescope": 3.7125e-8,
    "dog the sleeps": 0.0,
}


@pytest.mark.parametrize(("sentence", "probability"), PROBABILITIES.items())
def test_inside_probabilities_are_the_known_ones(sentence, probability):
    assert 2 ** ENGLISH.log2_probability(sentence) == pytest.approx(probability, rel=1e-9, abs=0)


def test_a_sentence_with_two_parses_has_two():
    assert ENGLISH.parses("the dog sees a cat near the bird") == 2


def test_an_impossible_sentence_has_minus_infinity():
    assert ENGLISH.log2_probability("dog the sleeps") == -math.inf


@pytest.mark.parametrize(("string", "accepted"), [
    ("x", True), ("x+y", True), ("(x)", True), ("((x*y)-x)/y", True), (" x + y ", True),
    ("", False), ("x+", False), ("(x", False), ("x)", False), ("()", False), ("xy", False), ("x+-y", False), ("x+z", False),
])
def test_membership_of_single_strings(string, accepted):
    assert ARITH.accepts(string) is accepted


def test_padding_inside_a_string_is_rejected():
    assert not ARITH.accepts(("x", "<pad>", "+", "y"))


@pytest.mark.parametrize(("length", "share"), {5: 5.4e-3, 7: 9.0e-4}.items())
def test_random_strings_are_accepted_as_rarely_as_counted(length, share):
    symbols = np.array(list("xy()+-*/"))
    strings = [tuple(row) for row in symbols[np.random.default_rng(length).integers(8, size=(50_000, length))].tolist()]
    accepted = ARITH.accepts_each(strings).mean()
    assert accepted == pytest.approx(ARITH.count(length) / 8**length, abs=4 * math.sqrt(share / 50_000))
    assert accepted == pytest.approx(share, abs=4 * math.sqrt(share / 50_000))


def test_answers_do_not_depend_on_the_other_strings_of_the_batch():
    strings = ["x", "x+y", "x+", "((y))", "xx", "x+y"]
    assert ARITH.accepts_each(strings).tolist() == [ARITH.accepts(string) for string in strings]


def nltk_grammar(grammar, weighted):
    lines = []
    for left, rules in grammar.rules.items():
        for rule in rules:
            right = " ".join(f"'{symbol.name}'" if symbol.terminal else symbol.name for symbol in rule.right)
            lines.append(f"{left} -> {right}" + (f" [{rule.probability}]" if weighted else ""))
    return (nltk.PCFG if weighted else nltk.CFG).fromstring("\n".join(lines))


def mutated(strings, terminals, seed):
    """Strings with one token replaced, removed or doubled: some stay in the language."""
    generator = np.random.default_rng(seed)
    for string in strings:
        place = generator.integers(len(string))
        token = str(generator.choice(terminals))
        yield tuple(part for part in (*string[:place], *[(token,), (), (string[place],) * 2][generator.integers(3)],
                                      *string[place + 1:]))


@pytest.mark.parametrize("grammar", [ARITH, ENGLISH], ids=["arith", "toy-english"])
def test_membership_agrees_with_an_independent_parser(grammar):
    parser = nltk.ChartParser(nltk_grammar(grammar, False))
    strings = grammar.sample(40, 9, method="uniform", seed=1)
    strings += [string for string in mutated(strings, grammar.terminals, 2) if string]
    expected = [next(iter(parser.parse(string)), None) is not None for string in strings]
    assert 40 <= sum(expected) < len(expected)
    assert grammar.accepts_each(strings).tolist() == expected


def test_probabilities_agree_with_the_sum_over_all_parses_of_an_independent_parser():
    parser = nltk.parse.pchart.InsideChartParser(nltk_grammar(ENGLISH, True))
    strings = ENGLISH.sample(12, 10, seed=3)
    expected = [sum(tree.prob() for tree in parser.parse(list(string))) for string in strings]
    np.testing.assert_allclose(2 ** ENGLISH.log2_probabilities(strings), expected, rtol=1e-9)


def test_probabilities_of_all_sentences_of_a_length_sum_to_the_mass_of_that_length():
    strings = [ENGLISH.string(rank, 4) for rank in range(90)]
    assert (2 ** ENGLISH.log2_probabilities(strings)).sum() == pytest.approx(0.075, rel=1e-12)


def test_long_sentences_do_not_underflow():
    sentence = "a telescope sings" + " behind a telescope" * 60
    assert -3000 < ENGLISH.log2_probability(sentence) < -450


def test_unit_rules_and_terminals_inside_long_rules_are_closed_exactly():
    grammar = Grammar("S -> A 0.5 | 'x' A 'y' B 0.5\nA -> B 0.25 | 'a' 0.75\nB -> 'b' 0.5 | 'a' 0.5")
    assert 2 ** grammar.log2_probability("a") == pytest.approx(0.5 * (0.25 * 0.5 + 0.75))
    assert 2 ** grammar.log2_probability("xayb") == pytest.approx(0.5 * (0.25 * 0.5 + 0.75) * 0.5)
    assert grammar.parses("a") == 2


def test_a_grammar_without_probabilities_has_none():
    with pytest.raises(GrammarError, match="the probability of a sentence needs a grammar with probabilities"):
        ARITH.log2_probability("x")
