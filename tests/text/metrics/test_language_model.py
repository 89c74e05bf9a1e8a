from collections import Counter

import numpy as np
import pytest

from gan_text.errors import TextConfigError
from gan_text.metrics import KneserNey, lm_perplexity


def sentences(count, symbols, seed, lengths=(1, 7)):
    generator = np.random.default_rng(seed)
    return [tuple(generator.choice(list(symbols), generator.integers(*lengths)).tolist()) for _ in range(count)]


def direct(training, vocabulary, order, discount=0.75):
    """The formula with dictionaries, one probability at a time."""
    outcomes, padding = len(vocabulary) + 2, max(order - 1, 1)
    rows = [["^"] * padding + [token if token in vocabulary else "?" for token in sentence] + ["$"]
            for sentence in training]

    def grams(size):
        return [tuple(row[start:start + size]) for row in rows for start in range(len(row) - size + 1)]

    counts = {order: Counter(gram for gram in grams(order) if gram[-1] != "^")}
    for size in range(1, order):
        counts[size] = Counter(gram[1:] for gram in set(grams(size + 1)) if gram[-1] != "^")

    def probability(token, history, size):
        if size == 0:
            return 1 / outcomes
        own = history[len(history) - size + 1:]
        follow = [count for gram, count in counts[size].items() if gram[:-1] == own]
        lower = probability(token, history, size - 1)
        if not follow:
            return lower
        return (max(counts[size][(*own, token)] - discount, 0) + discount * len(follow) * lower) / sum(follow)

    return lambda token, context: probability(
        token, tuple(["^"] * padding + [part if part in vocabulary else "?" for part in context]), order)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_every_probability_agrees_with_the_formula(order):
    training = sentences(20, "abcde", order)
    model, formula = KneserNey(training, set("abcd"), order=order), direct(training, set("abcd"), order)
    for context in ([], ["a"], ["e", "b"], list("adca"), ["never"]):
        for token, value in model.distribution(context).items():
            assert value == pytest.approx(formula({"</s>": "$", "<unk>": "?"}.get(token, token), context), abs=1e-12)


def test_a_bigram_by_hand():
    # After "a": b and c once each, D = 0.75, so (0.25 + 0.75 * 2 * P1) / 2. P1: continuation counts a 1, b 1, c 1, eos 2
    # of 5, mixed with 0.75 * 4 / 5 of the uniform 1/5.
    model = KneserNey([("a", "b"), ("a", "c")], set("abc"), order=2)
    p_b = 0.25 / 5 + 0.6 / 5
    assert model.distribution(["a"])["b"] == pytest.approx((0.25 + 1.5 * p_b) / 2)


@pytest.mark.parametrize("order", [1, 3, 6])
def test_probabilities_sum_to_one_for_every_context(order):
    model = KneserNey(sentences(40, "abcdef", 7), set("abcde"), order=order)
    for context in ([], ["a"], ["f"], list("abc"), ["zz", "a"], list("abcdeabcde")):
        assert sum(model.distribution(context).values()) == pytest.approx(1, abs=1e-12)


def test_the_perplexity_of_uniform_data_tends_to_the_number_of_outcomes():
    data = sentences(4000, "abcdefgh", 1, (30, 31))
    model = KneserNey(data[:2000], set("abcdefgh"), order=2)
    # 30 tokens among 8 and one end of 31 outcomes per sentence: 8 for endless sentences.
    entropy = 30 / 31 * np.log(8 * 31 / 30) + np.log(31) / 31
    assert model.perplexity(data[2000:]) == pytest.approx(np.exp(entropy), rel=0.01)


def test_training_text_is_less_surprising_than_held_out_text():
    data = sentences(400, "abcdefgh", 2, (5, 12))
    model = KneserNey(data[:200], set("abcdefgh"), order=4)
    assert model.perplexity(data[:200]) < model.perplexity(data[200:])


def test_the_end_of_a_sentence_is_scored_once():
    model = KneserNey(sentences(40, "ab", 3), set("ab"), order=3)
    bits, terms = model.log2_probabilities([("a", "b"), (), ("a",)])
    assert terms.tolist() == [3, 1, 2]
    assert bits[1] == pytest.approx(np.log2(model.distribution([])["</s>"]))


def test_scores_of_a_sentence_do_not_depend_on_its_neighbours():
    model, data = KneserNey(sentences(40, "abc", 4), set("abc"), order=3), sentences(9, "abcd", 5)
    together, _ = model.log2_probabilities(data)
    assert together.tolist() == pytest.approx([model.log2_probabilities([sentence])[0][0] for sentence in data])


def test_a_collapsed_generator_has_good_fluency_and_bad_coverage():
    data = sentences(900, "abcd", 6, (4, 9))
    good, collapsed = data[600:], [data[0]] * 300
    honest = lm_perplexity(good, data[:300], data[300:600])
    broken = lm_perplexity(collapsed, data[:300], data[300:600])
    assert broken["fluency"] < honest["fluency"]
    assert broken["coverage"] > 1.5 * honest["coverage"]
    assert honest["fluency_floor"] == pytest.approx(honest["fluency"], rel=0.15)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: KneserNey([], "ab"), "needs at least one training sentence"),
    (lambda: KneserNey([("a",)], "ab", order=0), "`order` must be at least 1"),
    (lambda: KneserNey([("a",)], "ab", discount=1.0), "discount=1.0"),
    (lambda: KneserNey([("a",)], "ab").perplexity([]), "perplexity needs at least one sentence")])
def test_bad_input_is_refused(call, message):
    with pytest.raises(TextConfigError, match=message):
        call()
