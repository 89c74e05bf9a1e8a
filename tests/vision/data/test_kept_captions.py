"""gan_vision.data.kept_captions: what a run keeps of its captions."""

import numpy as np
import pytest

from gan_core.errors import RunError
from gan_vision.data import Columns, Examples
from gan_vision.data.fields import Captions, Photo, TextVectors
from gan_vision.data.kept_captions import KeptCaptions, spread

TEXTS = [("a red circle", "red disc"), ("a blue square",), ("a green circle",)]


def kept(vectors=False):
    columns = {"real": np.zeros((3, 4, 4, 1), np.uint8), "captions": TEXTS}
    fields = {"real": Photo(1), "captions": Captions()}
    if vectors:
        columns["text"] = np.arange(1, 13, dtype=np.float32).reshape(3, 2, 2)
        fields["text"] = TextVectors(2, 2)
    return KeptCaptions.of(Examples(Columns(columns), fields))


def test_words_of_all_captions_are_counted_and_the_first_is_kept():
    assert kept().words == {"a": 3, "red": 2, "circle": 2, "disc": 1, "blue": 1, "square": 1, "green": 1}
    assert kept().captions == ("a red circle", "a blue square", "a green circle")


def test_words_that_no_caption_has_are_named_once():
    assert kept().unseen("A turquoise disc, turquoise square") == ["turquoise"]


@pytest.mark.parametrize(("text", "caption"), [("the red one", 0), ("square", 1), ("a circle in green", 2)])
def test_the_nearest_caption_shares_rare_words(text, caption):
    assert kept().nearest(text) == caption


@pytest.mark.parametrize("vectors", [True, False])
def test_they_survive_the_folder(vectors, tmp_path):
    kept(vectors).write(tmp_path)
    found = KeptCaptions.read(tmp_path)
    assert (found.words, found.captions) == (kept().words, kept().captions)
    assert found.vectors is None if not vectors else np.array_equal(found.vectors, [[1, 2], [5, 6], [9, 10]])


@pytest.mark.parametrize("content", [None, "", "{}", '{"words": {"a": 1}, "captions": []}', '{"words": [], "captions": ["a"]}'])
def test_a_folder_without_them_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "captions.json").write_text(content)
    with pytest.raises(RunError, match=r"captions\.json cannot be read.*Copy it"):
        KeptCaptions.read(tmp_path)


def test_vectors_of_another_number_are_refused(tmp_path):
    kept(True).write(tmp_path)
    np.save(tmp_path / "captions.npy", np.zeros((2, 2), np.float32))
    with pytest.raises(RunError, match="differ in number"):
        KeptCaptions.read(tmp_path)


def test_captions_are_taken_from_all_over():
    assert spread("abcde", 3) == ["a", "c", "e"]
    assert spread("ab", 5) == ["a", "b", "a", "b", "a"]
