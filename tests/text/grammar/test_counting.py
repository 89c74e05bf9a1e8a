from itertools import product

import numpy as np
import pytest

from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar

ARITH, ENGLISH = Grammar.load("arith"), Grammar.load("toy-english")
ARITH_COUNTS = {1: 2, 3: 18, 5: 178, 7: 1890, 9: 21154, 11: 246258, 13: 2953682, 15: 36260802}
ENGLISH_COUNTS = {3: 30, 4: 90, 5: 300, 6: 3600, 7: 13500, 8: 34200}
AMBIGUOUS = Grammar("S -> S S | 'a' | 'b' | 'a' 'b'", "ambiguous")


@pytest.mark.parametrize(("length", "count"), ARITH_COUNTS.items())
def test_arith_has_the_known_number_of_strings(length, count):
    assert ARITH.count(length) == count


@pytest.mark.parametrize(("length", "count"), {7: 2088, 11: 269500, 15: 39483984}.items())
def test_arith_has_the_known_number_of_strings_up_to_a_length(length, count):
    assert ARITH.count_up_to(length) == count


def test_arith_has_no_string_of_even_length():
    assert [ARITH.count(length) for length in (2, 4, 6, 30)] == [0] * 4


@pytest.mark.parametrize(("length", "count"), ENGLISH_COUNTS.items())
def test_toy_english_has_the_known_number_of_distinct_strings(length, count):
    assert ENGLISH.count(length) == count


def test_toy_english_has_the_known_number_of_strings_up_to_twelve():
    assert ENGLISH.count_up_to(12) == 20_139_720


def test_counts_obey_the_recurrence_of_the_grammar():
    # T_1 = 2, T_n = S_(n-2), S_n = T_n + sum_i T_i * 4 * S_(n-1-i), in Python integers of any size.
    t, s = {1: 2}, {}
    for n in range(1, 42):
        t[n] = t.get(n, s.get(n - 2, 0))
        s[n] = t[n] + sum(t[i] * 4 * s.get(n - 1 - i, 0) for i in range(1, n - 1))
    assert [ARITH.count(n) for n in range(1, 42)] == [s[n] for n in range(1, 42)]
    assert s[41] > 2**70


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_an_ambiguous_grammar_counts_strings_and_not_derivations(length):
    accepted = sum(AMBIGUOUS.accepts(string) for string in product("ab", repeat=length))
    assert AMBIGUOUS.count(length) == accepted == 2**length


def test_ranks_enumerate_every_string_of_a_length_once():
    strings = {ARITH.string(rank, 5) for rank in range(178)}
    assert len(strings) == 178
    assert ARITH.accepts_each(strings).all()


def test_a_rank_outside_is_refused():
    with pytest.raises(TextConfigError, match=r"`rank` must lie in 0..177.*rank=178"):
        ARITH.string(178, 5)


@pytest.mark.parametrize("length", [0, -1, 257])
def test_a_length_outside_is_refused(length):
    with pytest.raises(TextConfigError, match=f"1..256 terminals. Received: length={length}"):
        ARITH.count(length)


def test_long_strings_are_counted():
    assert ENGLISH.count(128) > ENGLISH.count(127) > 10**60


@pytest.mark.parametrize(("count", "length", "expected"), [(2000, 7, 0.644), (100_000, 11, 0.836)])
def test_the_unique_share_of_uniform_samples_is_the_expected_one(count, length, expected):
    assert len(set(ARITH.sample(count, length))) / count == pytest.approx(expected, abs=0.01)


def test_uniform_samples_of_an_ambiguous_grammar_are_uniform():
    strings = AMBIGUOUS.sample(14_000, 3, seed=1)
    counts = np.array([strings.count(string) for string in sorted(set(strings))])
    assert len(counts) == 14
    assert ((counts - 1000) ** 2 / 1000).sum() < 34.5  # chi-squared, 13 degrees of freedom, p = 0.001


def test_uniform_samples_of_arith_are_uniform():
    strings = ARITH.sample(20_000, 3, seed=2)
    counts = np.unique([ARITH.join(string) for string in strings], return_counts=True)[1]
    assert len(counts) == 20
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # 19 degrees of freedom, p = 0.001


def test_samples_of_huge_languages_come_from_integers_of_any_size():
    lengths = [len(string) for string in ARITH.sample(2000, 101, seed=3)]
    assert ARITH.count_up_to(101) > 2**180
    share = ARITH.count(101) / ARITH.count_up_to(101)
    assert np.mean(np.array(lengths) == 101) == pytest.approx(share, abs=0.03)


def test_equal_seeds_give_equal_samples_and_others_do_not():
    assert ARITH.sample(50, 11, seed=4) == ARITH.sample(50, 11, seed=4) != ARITH.sample(50, 11, seed=5)


def test_lengths_are_kept():
    assert {len(string) for string in ARITH.sample(500, 9, min_length=5)} == {5, 7, 9}


@pytest.mark.parametrize(("options", "message"), [
    ({"max_length": 2, "min_length": 2}, "has no string of 2 to 2 terminals. The shortest has 1"),
    ({"max_length": 5, "min_length": 7}, "has no string of 7 to 5"),
    ({"method": "best"}, "`method` must be 'auto', 'uniform' or 'derivation'. Received: method='best'"),
    ({"method": "derivation"}, "needs a grammar with probabilities. Received: arith without any"),
    ({"count": -1}, "`count` must not be negative"),
])
def test_bad_options_of_sampling_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ARITH.sample(**{"count": 1, **options})
