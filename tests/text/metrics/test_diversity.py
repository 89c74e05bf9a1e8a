import math

import pytest

from gan_text.errors import TextConfigError
from gan_text.metrics import expected_unique, longest_copies, novelty, unique, unique_ngrams

SENTENCES = [tuple("abc"), tuple("abc"), tuple("abd"), tuple("xyz")]


def test_unique_is_the_share_of_distinct_sentences():
    assert unique(SENTENCES) == 0.75


def test_unique_ngrams_are_distinct_over_all():
    assert unique_ngrams(SENTENCES, n=2) == 5 / 8


def test_unique_ngrams_are_undefined_without_one():
    assert math.isnan(unique_ngrams([("a",)], n=2))


@pytest.mark.parametrize(("count", "strings", "share"), [(2000, 2088, 0.6435), (100_000, 269_500, 0.8354), (5, 1, 0.2)])
def test_a_perfect_uniform_generator_has_the_known_unique_share(count, strings, share):
    assert expected_unique(count, strings) == pytest.approx(share, abs=5e-5)


def test_novelty_is_the_share_outside_the_training_set():
    assert novelty(SENTENCES, iter([tuple("abc"), tuple("q")])) == 0.5


def test_the_longest_copy_is_a_run_of_tokens_within_one_training_sentence():
    training = [tuple("zabcd"), tuple("efgh")]
    generated = [tuple("abcx"), tuple("cdef"), tuple("q"), tuple("efgh"), ()]
    assert longest_copies(generated, training).tolist() == [3, 2, 0, 4, 0]


def test_empty_collections_are_refused():
    for metric in (unique, unique_ngrams, lambda sentences: novelty(sentences, SENTENCES)):
        with pytest.raises(TextConfigError, match="`generated` holds no sentence"):
            metric([])
