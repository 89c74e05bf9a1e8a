"""gan_vision.data.text_encoders: a function of the user's own, by name, and what it may return."""

import sys

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_vision.data.text_encoders import encode_texts, encoder_by_name


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, whose modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_function_comes_from_the_current_folder(here):
    (here / "lengths_of_texts.py").write_text("def encode(texts):\n    return [[len(text)] for text in texts]\n")
    assert encode_texts(encoder_by_name("lengths_of_texts:encode"), ["a", "bird"]).tolist() == [[1], [4]]


def test_a_function_may_lie_in_an_object_of_a_package():
    assert encoder_by_name("numpy:linalg.norm") is np.linalg.norm


@pytest.mark.parametrize(("content", "name", "message"), [
    ("", "own_encoder", "`encoder` must have the form module:function, as in my_encoder:encode .* Received: encoder='own_encoder'"),
    ("", "own_encoder:", "must have the form module:function"),
    ("", "own encoder:encode", "must have the form module:function"),
    ("", "../own:encode", "must have the form module:function"),
    ("", "no_such_encoder:encode", r"there is no module 'no_such_encoder' in .* Run the command in the folder of no_such_encoder.py"),
    ("", "no_such_package.sub:encode", "there is no module 'no_such_package'"),
    ("import no_such_dependency", "own_encoder:encode", "the module 'own_encoder' of the encoder needs 'no_such_dependency', which is not installed"),
    ("def embed(texts): ...", "own_encoder:encode", "has no 'encode'. Received: encoder='own_encoder:encode'. Found: embed."),
    ("def encode(", "own_encoder:encode", "cannot be imported: SyntaxError: "),
    ("1 / 0", "own_encoder:encode", "cannot be imported: ZeroDivisionError: division by zero. Correct it"),
    ("encode = 7", "own_encoder:encode", "`encoder` must name a function of a list of texts. .* which is of type int"),
])
def test_what_is_no_encoder_is_explained(here, content, name, message):
    (here / "own_encoder.py").write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        encoder_by_name(name)
    assert "\n" not in str(caught.value)


def test_texts_are_encoded_in_order_some_at_a_time():
    asked = []

    def encode(texts):
        asked.append(len(texts))
        return np.array([[len(text), 0] for text in texts])

    found = encode_texts(encode, ["x" * number for number in range(7)], batch_size=3)
    assert (found[:, 0].tolist(), asked) == ([0, 1, 2, 3, 4, 5, 6], [3, 3, 1])
    assert found.dtype == np.float32


def fail(texts):
    raise RuntimeError("no memory\nfor this")


@pytest.mark.parametrize(("encode", "message"), [
    (lambda texts: np.zeros((1, 4)), r"must return numbers \(3, 4\) for 3 texts. Found: float64 \(1, 4\)"),
    (lambda texts: np.zeros(3), r"must return numbers \(3, k\) for 3 texts. Found: float64 \(3,\)"),
    (lambda texts: np.zeros((3, 0)), r"Found: float64 \(3, 0\)"),
    (lambda texts: [["a"]] * 3, r"Found: <U1 \(3, 1\)"),
    (lambda texts: None, r"Found: object \(\)"),
    (lambda texts: [[1], [np.nan], [2]], "must return finite numbers. Found: others for 'second'"),
    (lambda texts: [[1], [2], [1e300]], "must return finite numbers. Found: others for 'third'"),
    (lambda texts: [[1], [2, 3], [4]], "the encoder failed at 'first' and the 2 texts after it: ValueError"),
    (fail, "the encoder failed at 'first' and the 2 texts after it: RuntimeError: no memory. Correct it"),
])
def test_what_is_no_vector_for_each_text_is_refused(encode, message):
    with pytest.raises(DataError, match=message) as caught:
        encode_texts(encode, ["first", "second", "third"])
    assert "\n" not in str(caught.value)


def test_all_vectors_must_have_the_length_that_is_expected():
    with pytest.raises(DataError, match=r"must return numbers \(1, 4\) for 1 texts. Found: int64 \(1, 2\)"):
        encode_texts(lambda texts: [[1, 2]], ["a"], size=4)
