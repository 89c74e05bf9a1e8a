import numpy as np
import pytest

from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar
from gan_text.metrics import in_test, js_ngram, js_ngrams, length_js, tag_bigram_js
from gan_text.metrics.ngrams import GramTable, jensen_shannon

scipy_distance = pytest.importorskip("scipy.spatial.distance")
A, B = [tuple("aab")], [tuple("abb")]


def test_divergences_of_the_known_pair():
    assert js_ngram(A, B, n=1) == pytest.approx(0.0817042, abs=5e-8)
    assert js_ngram(A, B, n=2) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_identical_collections_have_none(n):
    assert js_ngram(A, A, n=n) == 0.0


@pytest.mark.parametrize("n", [1, 2])
def test_disjoint_collections_have_one_bit(n):
    assert js_ngram(A, [tuple("ccd")], n=n) == 1.0


def test_the_divergence_is_the_square_of_an_independent_distance():
    generator = np.random.default_rng(0)
    left, right = generator.integers(0, 9, (2, 50))
    assert jensen_shannon(left, right) == pytest.approx(
        scipy_distance.jensenshannon(left, right, base=2) ** 2, rel=1e-12)


def test_ngrams_do_not_cross_sentences():
    assert js_ngram([tuple("ab"), tuple("cd")], [tuple("ab"), tuple("cd"), tuple("bc")], n=2) > 0
    assert GramTable([tuple("ab"), tuple("cd")]).order(2).distinct == 2


def test_ngram_counts_agree_with_a_dictionary():
    generator = np.random.default_rng(1)
    sentences = [tuple(map(str, generator.integers(5, size=generator.integers(0, 9)))) for _ in range(60)]
    for n in (1, 2, 3, 4, 5):
        expected = {}
        for sentence in sentences:
            for start in range(len(sentence) - n + 1):
                gram = sentence[start:start + n]
                expected[gram] = expected.get(gram, 0) + 1
        assert sorted(GramTable(sentences).counts(n)[0].tolist()) == sorted(expected.values())


def test_several_orders_equal_single_ones():
    assert js_ngrams(A, B, orders=(1, 2, 3)) == {n: js_ngram(A, B, n=n) for n in (1, 2, 3)}


def test_it_is_undefined_without_an_ngram():
    assert np.isnan(js_ngram([("a",)], A, n=2))


@pytest.mark.parametrize(("count", "expected"), {640: (.0004, .0014, .0048, .0205), 6400: (.00001, .00006, .0004, .0019)}.items())
def test_uniform_strings_have_the_known_floor(count, expected):
    arith = Grammar.load("arith")
    values = js_ngrams(arith.sample(count, 11, seed=1), arith.sample(60_000, 11, seed=2))
    for value, known in zip(values.values(), expected, strict=True):
        assert value <= 1.6 * known + 2e-5
    assert values[4] == pytest.approx(expected[3], rel=0.25)


def test_random_symbols_are_far_from_the_grammar():
    arith, generator = Grammar.load("arith"), np.random.default_rng(3)
    data = arith.sample(60_000, 11, seed=1)
    symbols = np.array(list("xy()+-*/"))
    random = [tuple(row) for row in symbols[generator.integers(8, size=(640, 11))].tolist()]
    values = js_ngrams(random, data)
    assert [values[n] for n in (2, 3, 4)] == pytest.approx([.360, .601, .789], abs=0.02)
    assert 0.02 < values[1] < 0.06


def test_in_test_counts_repetitions():
    assert in_test([tuple("abab"), tuple("xy")], [tuple("ab")], n=2) == pytest.approx(2 / 4)


def test_lengths_are_compared():
    assert length_js([("a",), ("a", "b")], [("x",), ("x", "y")]) == 0.0
    assert length_js([("a",)], [("a", "b")]) == 1.0


def test_tags_are_compared_instead_of_words():
    english = Grammar.load("toy-english")
    same, other = [tuple("the dog sleeps".split())], [tuple("dog the sleeps".split())]
    assert tag_bigram_js([tuple("a cat runs".split())], same, grammar=english) == 0.0
    assert tag_bigram_js(other, same, grammar=english) == 1.0


@pytest.mark.parametrize(("arguments", "message"), [
    (([], A), "`generated` holds no sentence"), ((A, []), "`reference` holds no sentence")])
def test_empty_collections_are_refused(arguments, message):
    for metric in (js_ngram, in_test, length_js):
        with pytest.raises(TextConfigError, match=message):
            metric(*arguments)


def test_an_order_below_one_is_refused():
    with pytest.raises(TextConfigError, match=r"`n` must be at least 1. Received: n=0"):
        js_ngram(A, B, n=0)
