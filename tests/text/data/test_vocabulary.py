import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_text.data import Vocabulary
from gan_text.errors import VocabularyError
from gan_text.grammar import Grammar

CHARACTERS = Vocabulary("abcé 😀\u200dש\u2028<>/s`", level="character")
WORDS = Vocabulary(["the", "dog", "ran", "."], level="word", lowercase=True)


@given(st.text("abcé 😀\u200dש\u2028<>/s`", max_size=40))
def test_characters_survive_the_round_trip(text):
    assert CHARACTERS.decode(CHARACTERS.encode(text, length=40)) == text


@given(st.text("ae\u0301\u0327", max_size=20))
def test_decomposed_text_comes_back_composed(text):
    composed = unicodedata.normalize("NFC", text)
    vocabulary = Vocabulary(sorted({*composed, "a", "b"}), level="character")
    assert vocabulary.decode(vocabulary.encode(text)) == composed


def test_composed_and_decomposed_characters_have_one_id():
    assert CHARACTERS.encode("é").tolist() == CHARACTERS.encode("e\u0301").tolist()


def test_words_survive_the_round_trip():
    assert WORDS.decode(WORDS.encode("The  dog ran .", length=8)) == "the dog ran ."


def test_special_ids_are_fixed():
    assert [CHARACTERS.special(name) for name in ("pad", "unk", "sos", "eos")] == [0, 1, None, None]
    assert [WORDS.special(name) for name in ("pad", "unk", "sos", "eos")] == [0, 1, 2, 3]


def test_words_get_markers_and_padding():
    assert WORDS.encode("the cat", length=6).tolist() == [2, 4, 1, 3, 0, 0]


def test_a_long_sentence_is_cut_and_loses_its_end_marker():
    assert WORDS.encode("the dog ran .", length=4).tolist() == [2, 4, 5, 6]


def test_the_back_tick_is_an_ordinary_character():
    assert CHARACTERS.decode(CHARACTERS.encode("`a`")) == "`a`"


@pytest.mark.parametrize("word", ["<s>", "</s>", "<unk>", "<pad>", "\\<s>"])
def test_words_that_look_like_markers_keep_their_own_id(word):
    vocabulary = Vocabulary.from_counts({word: 3, "dog": 2}, level="word")
    ids = vocabulary.encode(f"dog {word}", add_markers=False)
    assert ids.min() >= 4
    assert vocabulary.decode(ids) == f"dog {word}"
    assert vocabulary.sentence(ids)[1] == "\\" + word


def test_marker_strings_are_ordinary_characters_in_a_character_vocabulary():
    assert CHARACTERS.decode(CHARACTERS.encode("<s>a</s>")) == "<s>a</s>"


def test_frequent_tokens_come_first_and_ties_are_sorted():
    vocabulary = Vocabulary.from_counts({"c": 2, "a": 2, "b": 5, "rare": 1}, level="word", min_count=2)
    assert vocabulary.tokens[4:] == ("b", "a", "c")


def test_the_size_counts_the_special_ids():
    vocabulary = Vocabulary.from_counts(dict.fromkeys("dcba", 1), level="character", max_size=4)
    assert vocabulary.tokens == ("<pad>", "<unk>", "a", "b")


@pytest.mark.parametrize(("name", "size"), [("arith", 9), ("toy-english", 20)])
def test_a_grammar_needs_only_padding_beside_its_terminals(name, size):
    assert len(Vocabulary.for_grammar(Grammar.load(name))) == size


ROW = [2, 4, 0, 5, 3, 6, 0, 0]


@pytest.mark.parametrize(("padding", "tokens"), [
    ("cut", ("the",)), ("strip", ("the", "<pad>", "dog")), ("keep", ("the", "<pad>", "dog", "<pad>", "<pad>"))])
def test_padding_is_cut_stripped_or_kept(padding, tokens):
    assert WORDS.sentence(ROW, padding=padding) == tokens


def test_a_detokenizer_joins_the_words():
    assert WORDS.decode([4, 5, 7], detokenizer=lambda words: " ".join(words).replace(" .", ".")) == "the dog."


@pytest.mark.parametrize("ids", [[8], [-1], [2, 100]])
def test_an_id_outside_is_a_value_error(ids):
    with pytest.raises(ValueError, match=rf"an id must lie in 0..7. Received: {ids[-1]}"):
        WORDS.decode(ids)


def test_an_unknown_token_without_an_unknown_id_is_refused():
    with pytest.raises(VocabularyError, match="the token 'z' is not in the vocabulary"):
        Vocabulary.for_grammar(Grammar.load("arith")).encode("x+z")


REFUSED = {
    "one token": ({"tokens": "a"}, "at least 2 ordinary tokens. Received: 1"),
    "no token": ({"tokens": ""}, "at least 2 ordinary tokens. Received: 0"),
    "duplicates": ({"tokens": "aba"}, "tokens must be distinct. Received: 'a'"),
    "word among characters": ({"tokens": ["a", "bc"]}, "holds single characters. Received: 'bc'"),
    "empty token": ({"tokens": ["a", ""], "level": "word"}, "must be a non-empty string"),
    "no string": ({"tokens": ["a", None], "level": "word"}, "must be a non-empty string"),
    "unknown level": ({"tokens": "ab", "level": "byte"}, "unknown level. Received: 'byte'"),
    "specials without pad": ({"tokens": "ab", "specials": ("unk",)}, "`specials` must begin with 'pad'"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_table_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(**options)


def test_a_saved_table_is_equal_after_loading(tmp_path):
    for vocabulary in (CHARACTERS, WORDS):
        vocabulary.save(tmp_path / "v.json")
        assert Vocabulary.load(tmp_path / "v.json") == vocabulary
        assert Vocabulary.load(tmp_path / "v.json").fingerprint == vocabulary.fingerprint


def test_settings_are_stored(tmp_path):
    WORDS.save(tmp_path / "v.json")
    assert json.loads((tmp_path / "v.json").read_text())["lowercase"] is True


DAMAGED = {
    "missing": None, "no JSON": "{", "another format": "{\"format\": 1}", "a list": "[]",
    "no tokens": json.dumps({"format": "gan-text vocabulary 1", "level": "word"}),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_with_its_name(tmp_path, content):
    if content is not None:
        (tmp_path / "v.json").write_text(content)
    with pytest.raises(VocabularyError, match=r"v.json: not a vocabulary"):
        Vocabulary.load(tmp_path / "v.json")


@pytest.mark.parametrize(("other", "message"), [
    (Vocabulary(["the", "cat", "ran", "."], level="word", lowercase=True), "first difference at 1"),
    (Vocabulary(["the", "dog", "ran", "."], level="word"), "lowercase False instead of True"),
    (Vocabulary("ab", level="character"), "level 'character' instead of 'word'")])
def test_another_vocabulary_is_refused_with_the_difference(other, message):
    with pytest.raises(VocabularyError, match=message):
        WORDS.require_same(other)


def test_the_same_vocabulary_is_accepted():
    WORDS.require_same(Vocabulary(["the", "dog", "ran", "."], level="word", lowercase=True))


def test_encoded_ids_are_int32():
    assert WORDS.encode("the dog").dtype == np.int32
