"""gan_vision.data.word_codes: words as numbers without a vocabulary."""

import zlib

import numpy as np
import pytest

from gan_vision.data.word_codes import WordCodes, words_of


@pytest.mark.parametrize(("text", "words"), [
    ("A red circle, green border.", ["a", "red", "circle", "green", "border"]),
    ("  STRASSE\tStraße ", ["strasse", "strasse"]), ("naïve café", ["naïve", "café"]), ("", []), ("!?", []),
    ("\N{FULLWIDTH LATIN CAPITAL LETTER A}bc", ["abc"]), ("flag-zm 2", ["flag", "zm", "2"])])
def test_words_are_small_letters_without_punctuation(text, words):
    assert words_of(text) == words


def test_a_word_is_its_own_number_and_those_of_its_runs():
    codes = WordCodes(words=2, runs=8, buckets=1000).codes(["cat"])[0]
    wanted = [1 + zlib.crc32(part) % 1000 for part in (b"<cat>", b"<ca", b"cat", b"at>", b"<cat", b"cat>")]
    assert codes[0].tolist() == [*wanted, 0, 0]
    assert codes[1].tolist() == [0] * 8


def test_related_words_share_runs():
    circle, circles = WordCodes().codes(["circle"])[0, 0], WordCodes().codes(["circles"])[0, 0]
    assert len(set(circle) & set(circles) - {0}) >= 6


def test_what_is_longer_is_cut():
    assert WordCodes(words=3, runs=4).codes(["one two three four"]).shape == (1, 3, 4)


def test_numbers_are_within_the_table():
    codes = WordCodes(buckets=16).codes(["every word of this text is a number of 1 to 16"])
    assert set(np.unique(codes)) <= set(range(17))
