"""Edit distances by hand and by an independent recursion."""

import functools
import sys

import numpy as np
import pytest

from gan_text.errors import TextConfigError, TextDataError
from gan_text.metrics import edit_distance, nearest_sentences


def by_recursion(first, second):
    @functools.cache
    def least(i, j):
        if not i or not j:
            return i + j
        return min(least(i - 1, j) + 1, least(i, j - 1) + 1, least(i - 1, j - 1) + (first[i - 1] != second[j - 1]))

    return least(len(first), len(second))


@pytest.mark.parametrize(("first", "second", "expected"), [
    ("kitten", "sitting", 3), ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("ab", "ba", 2),
    ("aaa", "aa", 1), (("the", "cat"), ("the", "old", "dog"), 2)])
def test_distances_by_hand(first, second, expected):
    assert edit_distance(first, second) == expected


def test_distances_agree_with_the_definition():
    draw = np.random.default_rng(0)
    sentences = [tuple(draw.choice(list("abcd"), draw.integers(0, 9))) for _ in range(40)]
    found = nearest_sentences(sentences[:8], sentences, 40)
    for sentence, distances, rows in zip(sentences, found.distances, found.rows, strict=False):
        every = [by_recursion(sentence, other) for other in sentences]
        assert rows.tolist() == sorted(range(40), key=lambda row: (every[row], row))
        assert distances.tolist() == sorted(every)


def test_training_in_parts_gives_the_same(monkeypatch):
    training = [tuple(format(number, "b")) for number in range(50)]
    whole = nearest_sentences([tuple("1101"), tuple("00")], training, 5)
    monkeypatch.setattr(sys.modules["gan_text.metrics.edit_distance"], "CHUNK", 7)
    done = []
    parts = nearest_sentences([tuple("1101"), tuple("00")], training, 5, advance=done.append)
    assert [part.tolist() for part in parts] == [part.tolist() for part in whole]
    assert (whole.distances[0, 0], whole.rows[0, 0]) == (0, 13)
    assert done == [7] * 7 + [1]


@pytest.mark.parametrize(("generated", "k", "error", "message"), [
    ([], 1, TextConfigError, "must hold a sentence"), (["a"], 0, TextConfigError, "k=0"),
    (["a"], 3, TextDataError, "at least k=3 training sentences. Received: 2")])
def test_bad_input_is_refused(generated, k, error, message):
    with pytest.raises(error, match=message):
        nearest_sentences(generated, ["a", "b"], k)
