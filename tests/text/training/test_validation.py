import numpy as np
import pytest

from gan_text.data.text_set import grammar_sets
from gan_text.grammar import Grammar
from gan_text.training.validation import TextScores


class Generates:
    """A "GAN" that emits the given rows with certainty."""

    def __init__(self, rows, size):
        self.rows, self.size = rows, size

    def generate(self, condition, count, **options):
        return np.eye(self.size, dtype=np.float32)[np.resize(self.rows, (count, self.rows.shape[1]))]


@pytest.fixture(scope="module")
def scores():
    train, held_out = grammar_sets(Grammar.load("arith"), 3000, 7, held_out=3000)
    return TextScores(train, held_out, count=2000)


def test_real_strings_reach_the_floor_and_are_all_accepted(scores):
    fresh, _ = grammar_sets(Grammar.load("arith"), 2000, 7, seed=5)
    found = scores(Generates(fresh.rows, 9))
    assert found["acceptance"] == 1.0
    assert found["max_probability"] == 1.0
    assert found["entropy"] == 0.0
    assert found["score_samples"] == 2000
    for n in (1, 2, 3, 4):
        assert found[f"js_{n}"] == pytest.approx(found[f"js_{n}_floor"], rel=0.5)
    assert found["unique"] == pytest.approx(0.644, abs=0.02)


def test_one_repeated_string_is_accepted_but_neither_unique_nor_near_the_floor(scores):
    found = scores(Generates(scores.train.rows[:1], 9))
    assert found["acceptance"] == 1.0
    assert found["unique"] == 1 / 2000
    assert found["js_4"] > 20 * found["js_4_floor"]


def test_padding_inside_a_string_is_rejected(scores):
    assert scores(Generates(np.array([[1, 0, 1, 0, 0, 0, 0]]), 9))["acceptance"] == 0.0


def test_the_sets_are_cut_to_one_size():
    train, held_out = grammar_sets(Grammar.load("arith"), 300, 7, held_out=40)
    assert TextScores(train, held_out, count=640).count == 40
