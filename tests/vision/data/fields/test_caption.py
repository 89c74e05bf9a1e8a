"""gan_vision.data.fields.caption"""

import pytest

from gan_core.errors import DataError
from gan_vision.data.fields import Caption, Origin

ORIGIN = Origin.of_rows("texts")


def test_a_caption_stays_on_the_host_and_is_printed_on_one_line():
    assert Caption.stays_on_host
    assert Caption().texts(["a small\nbird "]) == ["a small bird"]


def test_bytes_are_refused():
    with pytest.raises(DataError, match=r"`caption` of row 1 of texts must be a text. Found: bytes. Decode bytes to str"):
        Caption().checked(["bird", b"bird"], "caption", ORIGIN)
