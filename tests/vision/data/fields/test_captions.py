"""gan_vision.data.fields.captions"""

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data import Columns, Examples, Photo
from gan_vision.data.fields import Captions, Origin

ORIGIN = Origin.of_rows("texts")
TEXTS = [("one", "a"), ("two",), ("three", "b", "c")]


def examples(column):
    return Examples(Columns({"real": np.zeros((3, 4, 4, 1), np.uint8), "captions": column}), {"real": Photo(1), "captions": Captions()})


def test_captions_stay_on_the_host():
    assert Captions.stays_on_host


def test_the_first_caption_is_printed_on_one_line():
    assert Captions().texts([("a small\nbird ", "another"), ("b",)]) == ["a small bird", "b"]


def test_a_plain_text_is_a_tuple_of_one_and_a_list_a_tuple():
    assert Captions().checked(["bird", ["a", "b"], ("c",)], "captions", ORIGIN) == [("bird",), ("a", "b"), ("c",)]


def test_rows_are_chosen_and_gathered_in_order():
    assert examples(TEXTS).select(np.array([2, 0])).gather([1, 0])["captions"] == [TEXTS[0], TEXTS[2]]


def test_tuples_that_a_function_reads_are_gathered_in_order():
    assert examples(lambda row: TEXTS[row]).gather([2, 1])["captions"] == [TEXTS[2], TEXTS[1]]


def test_which_picture_has_which_captions_is_part_of_the_hash():
    hashes = {examples(column).content_hash for column in (
        TEXTS, [("one",), ("a", "two"), ("three", "b", "c")], [("onea",), ("two",), ("three", "b", "c")])}
    assert len(hashes) == 3
    assert examples(list(TEXTS)).content_hash in hashes


@pytest.mark.parametrize(("value", "message"), [
    (b"bird", r"`captions` of row 1 of texts must be a text, or a tuple of texts. Found: bytes. Decode bytes to str"),
    (("bird", b"bird"), "Found: bytes"),
    (None, "Found: NoneType"),
    ((), "`captions` of row 1 of texts must hold at least one text. Found: none"),
])
def test_what_is_no_text_is_refused(value, message):
    with pytest.raises(DataError, match=message):
        Captions().checked([("bird",), value], "captions", ORIGIN)
