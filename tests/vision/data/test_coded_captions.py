"""Examples whose captions become numbers when they are gathered."""

import numpy as np

from gan_vision.data import Columns, Examples
from gan_vision.data.coded_captions import with_codes
from gan_vision.data.fields import Captions, Photo
from gan_vision.data.word_codes import WordCodes

TEXTS = [("a red bird", "red"), ("a blue bird",), ("green",)]


class Encoder:
    words, runs, buckets, size = 4, 6, 99, 2


def coded():
    pictures = np.arange(3, dtype=np.uint8).repeat(16).reshape(3, 4, 4, 1)
    return with_codes(Examples(Columns({"real": pictures, "captions": TEXTS}), {"real": Photo(1), "captions": Captions()}),
                      Encoder())


def test_every_caption_has_its_codes_and_missing_ones_are_zeros():
    found, words = coded().gather([1, 0])["text"], WordCodes(4, 6, 99)
    assert found.shape == (2, 2, 4, 6)
    assert np.array_equal(found[1], words.codes(TEXTS[0]))
    assert np.array_equal(found[0, 0], words.codes(TEXTS[1])[0])
    assert not found[0, 1].any()


def test_only_what_is_asked_for_is_gathered():
    assert set(coded().gather([0], ("text",))) == {"text"}
    assert set(coded().gather([0], ("real",))) == {"real"}


def test_a_part_has_the_codes_of_its_rows():
    part = coded().select(np.array([2, 0]))
    assert np.array_equal(part.gather([0])["text"], coded().gather([2])["text"])
    assert part.gather([1])["captions"] == [TEXTS[0]]


def test_codes_travel_in_batches_and_captions_do_not():
    assert set(coded().spec) == {"real", "text"}


def test_equal_data_have_an_equal_hash():
    assert coded().content_hash == coded().content_hash
