import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_text.data import Vocabulary
from gan_text.data.sequences import Encoder, row_hashes
from gan_text.errors import TextConfigError

CHARACTERS = Vocabulary("ab é😀", level="character")
WORDS = Vocabulary(["the", "dog", "ran"], level="word")


def rows(vocabulary, text, length=4, **options):
    return Encoder(vocabulary, length, **options).encode(text)


@given(st.lists(st.text("ab é😀xß", max_size=9), min_size=1, max_size=6))
def test_character_blocks_equal_sentences_encoded_one_by_one(lines):
    encoded = rows(CHARACTERS, "".join(line + "\n" for line in lines), 5)
    expected = [CHARACTERS.encode(line, 5) for line in lines if line.strip()]
    assert encoded.ids.tolist() == [row.tolist() for row in expected]
    assert encoded.blank == len(lines) - len(expected)
    assert encoded.lengths.tolist() == [len(line) for line in lines if line.strip()]


@given(st.lists(st.text("dogtheran ", max_size=20), min_size=1, max_size=6))
def test_word_blocks_equal_sentences_encoded_one_by_one(lines):
    encoded = rows(WORDS, "".join(line + "\n" for line in lines), 5, add_markers=True)
    assert encoded.ids.tolist() == [WORDS.encode(line, 5).tolist() for line in lines if line.strip()]


def test_truncated_sentences_are_counted():
    encoded = rows(CHARACTERS, "abab\nababa\n")
    assert encoded.truncated == 1
    assert encoded.ids.tolist() == [[2, 3, 2, 3]] * 2


def test_markers_count_when_a_sentence_is_too_long():
    encoded = rows(WORDS, "the dog\nthe dog ran\n", add_markers=True)
    assert encoded.truncated == 1
    assert encoded.ids.tolist() == [[2, 4, 5, 3], [2, 4, 5, 6]]


def test_long_sentences_are_dropped_on_request():
    encoded = rows(CHARACTERS, "ab\nababa\n", too_long="drop")
    assert (encoded.ids.tolist(), encoded.too_long, encoded.truncated) == ([[2, 3, 0, 0]], 1, 0)


def test_long_sentences_are_split_on_request():
    encoded = rows(WORDS, "the dog ran the dog\nran\n", add_markers=True, too_long="split")
    assert encoded.ids.tolist() == [[2, 4, 5, 6], [4, 5, 3, 0], [2, 6, 3, 0]]


def test_rows_with_unknown_tokens_are_dropped_on_request():
    encoded = rows(CHARACTERS, "ax\nab\n", drop_unknown=True)
    assert (encoded.ids.tolist(), encoded.unknown) == ([[2, 3, 0, 0]], 1)


def test_unknown_tokens_are_counted_in_the_rows_only():
    encoded = rows(CHARACTERS, "axbabxxx\n")
    assert (encoded.unknown_tokens, encoded.tokens) == (1, 4)


def test_markers_and_padding_are_no_tokens():
    assert rows(WORDS, "the cat\n", 8, add_markers=True).tokens == 2


@pytest.mark.parametrize(("size", "dtype"), [(254, np.uint8), (255, np.uint16)])
def test_ids_take_the_smallest_type(size, dtype):
    vocabulary = Vocabulary([chr(0x4E00 + number) for number in range(size)], level="character")
    assert rows(vocabulary, "\u4e00\n").ids.dtype == dtype


def test_a_block_of_blank_lines_gives_no_row():
    encoded = rows(CHARACTERS, "\n  \n\u2028\n")
    assert (encoded.ids.shape, encoded.blank) == ((0, 4), 3)


def test_a_character_outside_a_vocabulary_without_unknown_is_refused():
    vocabulary = Vocabulary("ab", level="character", specials=("pad",))
    with pytest.raises(ValueError, match="the token 'x' is not in the vocabulary"):
        rows(vocabulary, "ab\nax\n")


def test_markers_need_a_vocabulary_with_markers():
    with pytest.raises(TextConfigError, match="`add_markers` needs a vocabulary with sos and eos"):
        Encoder(CHARACTERS, 4, add_markers=True)


def test_equal_rows_have_equal_hashes_and_others_do_not():
    ids = np.random.default_rng(0).integers(9, size=(50_000, 7)).astype(np.uint8)
    assert len(np.unique(row_hashes(ids))) == len(np.unique(ids, axis=0))


def test_hashes_do_not_depend_on_the_type_or_the_machine():
    ids = np.array([[1, 2, 3]])
    assert row_hashes(ids.astype(np.uint8)) == row_hashes(ids.astype(np.uint16)) == np.uint64(0x48FF7B188A532AAB)
