"""gan_vision.data.captions_folder: pictures find their captions by path, and what does not fit is named with its line."""

import json
import logging

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import DataError
from gan_vision.data import load_captions
from gan_vision.data.captions_folder import captioned_pictures

ON_DEMAND = pytest.mark.parametrize("memory_limit", [None, 0], ids=["in memory", "on demand"])


def pictures(root, *names):
    """One picture for each name, of its number from 1 in gray."""
    for number, name in enumerate(names, start=1):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number,) * 3).save(root / name)


def write(root, text, name="captions.csv"):
    (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def load(root, **options):
    return load_captions(root, size=8, **options)


def captions(root, **options):
    return load(root, **options).source.field("captions")


@pytest.fixture
def folder(tmp_path):
    pictures(tmp_path, "a.png", "deep/b.png")
    return tmp_path


FORMS = {
    "captions.csv": 'file,caption\ndeep/b.png,"small, ""blue"" bird"\na.png,red\na.png,"a\nbird"\n',
    "captions.tsv": 'file\tcaption\ndeep/b.png\tsmall, "blue" bird\na.png\tred\na.png\ta bird\n',
    "captions.jsonl": '{"file": "deep/b.png", "caption": "small, \\"blue\\" bird"}\n\n{"caption": ["red", "a bird"], "file": "a.png"}\n',
}


# ----------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("name", FORMS)
def test_each_form_gives_the_captions_of_a_picture_in_the_order_of_the_file(folder, name):
    assert captions(write(folder, FORMS[name], name)) == [("red", "a bird"), ('small, "blue" bird',)]


@pytest.mark.parametrize("name", FORMS)
def test_a_mark_at_the_start_and_line_ends_of_windows_are_accepted(folder, name):
    content = b"\xef\xbb\xbf" + FORMS[name].replace("\n", "\r\n").encode()
    assert captions(write(folder, content, name)) == [("red", "a bird"), ('small, "blue" bird',)]


@ON_DEMAND
def test_pictures_and_captions_stay_together(folder, memory_limit):
    examples = load(write(folder, FORMS["captions.csv"]), memory_limit=memory_limit)
    found = examples.gather([1, 0])
    assert found["real"][:, 0, 0, 0].tolist() == [2, 1]
    assert found["captions"] == [('small, "blue" bird',), ("red", "a bird")]
    assert set(examples.fields) == {"real", "captions"}


def test_further_columns_of_captions_are_taken_and_others_left_aside(folder):
    text = "author,caption_2,File,caption,caption_1\nx,third,a.png,first,second\ny,,deep/b.png,only,\n"
    assert captions(write(folder, text)) == [("first", "third", "second"), ("only",)]


def test_a_tsv_field_in_quotes_loses_them_and_others_keep_theirs(folder):
    text = 'file\tcaption\na.png\t"a ""red"" bird"\ndeep/b.png\t"Stop" sign\n'
    assert captions(write(folder, text, "captions.tsv")) == [('a "red" bird',), ('"Stop" sign',)]


@pytest.mark.parametrize("column", ["class", "category"])
def test_classes_are_numbered_by_sorted_name(folder, column):
    examples = load(write(folder, f"file,caption,{column}\na.png,red,robin\ndeep/b.png,blue,jay\n"))
    assert examples.class_names == ("jay", "robin")
    assert examples.labels.tolist() == [1, 0]


def test_paths_may_have_accents_in_either_form_and_backslashes(tmp_path):
    pictures(tmp_path, "e\u0301/a.png")
    assert captions(write(tmp_path, "file,caption\n\u00e9\\a.png,red\n./\u00e9/a.png,bird\n")) == [("red", "bird")]


@pytest.mark.parametrize("part", ["val", "validation", "test"])
def test_a_held_out_part_is_not_trained_on(tmp_path, part):
    pictures(tmp_path, "train/1.png", f"{part}/2.png")
    train, held_out = load(write(tmp_path, f"file,caption,class\ntrain/1.png,one,a\n{part}/2.png,two,b\n")).split()
    assert [each.gather([0])["captions"][0] for each in (train, held_out)] == [("one",), ("two",)]
    assert train.class_names == held_out.class_names == ("a", "b")


def test_without_a_held_out_part_everything_is_trained_on(tmp_path):
    pictures(tmp_path, "train/1.png", "more/2.png")
    assert captions(write(tmp_path, "file,caption\ntrain/1.png,one\nmore/2.png,two\n")) == [("two",), ("one",)]


def test_vectors_follow_the_captions_of_the_file(folder):
    np.save(folder / "v.npy", np.array([[1, 1], [2, 2], [3, 5]], np.float64))
    examples = load(write(folder, FORMS["captions.csv"]), vectors=folder / "v.npy")
    assert examples.gather([0, 1])["text"].tolist() == [[[2, 2], [3, 5]], [[1, 1], [0, 0]]]
    assert examples.conditions([0], (-1, 1))["text"].tolist() == [[2.5, 3.5]]


@pytest.fixture
def warned(caplog):
    caplog.set_level(logging.WARNING, "gan_vision")
    return caplog


def test_pictures_without_a_caption_are_left_out_with_a_warning(folder, warned):
    assert captions(write(folder, "file,caption\na.png,red\n")) == [("red",)]
    assert warned.messages == [f"1 of 2 pictures of {folder} have no caption and are left out: deep/b.png"]


def test_pictures_beside_train_and_val_are_left_out_with_a_warning(tmp_path, warned):
    pictures(tmp_path, "train/1.png", "val/2.png", "more/3.png")
    assert captions(write(tmp_path, "file,caption\ntrain/1.png,a\nval/2.png,b\nmore/3.png,c\n")) == [("a",)]
    assert "1 pictures of" in warned.text
    assert "lie neither in train/ nor in val/ and are left out: more/3.png" in warned.text


def test_a_limit_takes_so_many_pictures(tmp_path):
    pictures(tmp_path, *(f"{number}.png" for number in range(8)))
    write(tmp_path, "file,caption\n" + "".join(f"{number}.png,number {number}\n" for number in range(8)))
    examples = load(tmp_path, limit=3)
    found = examples.gather(np.arange(3))
    assert [texts[0] for texts in found["captions"]] == [f"number {value - 1}" for value in found["real"][:, 0, 0, 0]]


@ON_DEMAND
def test_unreadable_pictures_follow_the_policy(tmp_path, memory_limit):
    names = [f"{number:02}.png" for number in range(11)]
    pictures(tmp_path, *names)
    (tmp_path / "05.png").write_text("no picture")
    write(tmp_path, "file,caption\n" + "".join(f"{name},text {name}\n" for name in names))
    with pytest.raises(DataError, match=r"(?s)1 of 11 images .*05.png: found text"):
        load(tmp_path, memory_limit=memory_limit)
    examples = load(tmp_path, memory_limit=memory_limit, on_bad="skip")
    found = examples.gather([4, 5])
    assert found["captions"] == [("text 04.png",), ("text 06.png",)]
    assert found["real"][:, 0, 0, 0].tolist() == [5, 7]


@ON_DEMAND
def test_the_hash_knows_pictures_and_captions(folder, memory_limit):
    def content():
        return load(folder, memory_limit=memory_limit).content_hash

    write(folder, FORMS["captions.csv"])
    before = content()
    assert content() == before
    write(folder, FORMS["captions.csv"].replace("red", "green"))
    assert content() != before
    write(folder, FORMS["captions.csv"])
    pictures(folder, "x.png", "a.png")
    (folder / "x.png").unlink()
    assert content() != before


def test_nothing_is_decoded_to_list_the_pictures(folder):
    (folder / "a.png").write_text("no picture")
    train, held_out = captioned_pictures(write(folder, FORMS["captions.csv"]))
    assert [picture.name for picture in train] == ["a.png", "deep/b.png"]
    assert held_out is None


# ----------------------------------------------------------------------------------------------- what is refused


REFUSED = {
    "no row of names": ("captions.csv", "a.png,red\n", r"must begin with a row of names, 'file' and 'caption' among them. Found: 'a.png', 'red'"),
    "no file": ("captions.csv", "filename,caption\na.png,red\n", "Found: 'filename', 'caption'. Rename 'filename' to 'file'"),
    "no caption": ("captions.tsv", "file\tcaptions\na.png\tred\n", "Found: 'file', 'captions'. Rename 'captions' to 'caption'"),
    "semicolons": ("captions.csv", "file;caption\na.png;red\n", "Found: 'file;caption'. Separate columns by commas"),
    "two of one name": ("captions.csv", "file,caption,caption\na.png,x,y\n", "columns must have different names"),
    "nothing": ("captions.csv", "", "Found: nothing"),
    "no rows": ("captions.csv", "file,caption\n\n", "captions.csv has no captions"),
    "no lines": ("captions.jsonl", "\n", "captions.jsonl has no captions"),
    "not UTF-8": ("captions.csv", b"file,caption\na.png,red\na.png,caf\xe9\n", "captions.csv, line 3: not UTF-8. Found: the byte 0xe9 at position 32"),
    "an empty caption": ("captions.csv", 'file,caption\na.png,"two\nlines"\na.png, \n', "captions.csv, line 4: found an empty caption"),
    "an empty caption of JSON": ("captions.jsonl", '{"file": "a.png", "caption": ["red", ""]}', "line 1: found an empty caption"),
    "no caption of JSON": ("captions.jsonl", '{"file": "a.png"}', "line 1: found None as 'caption'; expected a text, or a list of texts"),
    "a caption of numbers": ("captions.jsonl", '{"file": "a.png", "caption": 7}', "line 1: found 7 as 'caption'"),
    "no file of JSON": ("captions.jsonl", '{"path": "a.png", "caption": "red"}', "line 1: found no 'file' among 'path', 'caption'"),
    "a file of numbers": ("captions.jsonl", '{"file": 7, "caption": "red"}', "line 1: found 7 as 'file'; expected a text"),
    "no JSON": ("captions.jsonl", '{"file": "a.png", "caption": "red"}\nred\n', "captions.jsonl, line 2: not JSON"),
    "deep JSON": ("captions.jsonl", "[" * 100_000, "captions.jsonl, line 1: not JSON"),
    "a list": ("captions.jsonl", '["a.png", "red"]', "line 1: found list; expected an object"),
    "half a surrogate pair": ("captions.jsonl", '{"file": "a.png", "caption": "\\ud800"}', "line 1: found a caption with half of a surrogate"),
    "a comma without quotes": ("captions.csv", "file,caption\na.png,red\na.png,small, red\n", "line 3: found 3 fields; expected 2, as in the header. Put a caption"),
    "an open quote": ("captions.csv", 'file,caption\na.png,red\na.png,"small\n', "captions.csv, line 3: the row cannot be read"),
    "quotes inside": ("captions.csv", 'file,caption\na.png,"Stop" sign\n', "line 2: the row cannot be read"),
    "missing pictures": ("captions.csv", "file,caption\n" + "".join(f"{n}.png,x\n" for n in range(7)) + "a.png,red\n",
                         r"names 7 of 8 pictures that are not in .*: 0.png, 1.png, 2.png, 3.png, 4.png, \.\.\.\. Paths are relative"),
    "a path that leaves": ("captions.csv", "file,caption\n../a.png,red\n", r"captions.csv, line 2: found the path '../a.png'; expected one that stays inside"),
    "a path that leaves later": ("captions.csv", "file,caption\ndeep\\..\\..\\a.png,red\n", "expected one that stays inside"),
    "an absolute path": ("captions.csv", "file,caption\n/etc/passwd,red\n", "line 2: found the path '/etc/passwd'; expected one that stays"),
    "a drive": ("captions.csv", "file,caption\nC:\\a.png,red\n", "expected one that stays inside"),
    "a class of some": ("captions.csv", "file,caption,class\na.png,red,robin\ndeep/b.png,blue,\n",
                        "all pictures must have a class, or none. Found: 1 of 2 without, the first of them .*deep/b.png"),
    "two classes": ("captions.csv", "file,caption,class\na.png,red,robin\na.png,blue,jay\n",
                    "line 3: a picture must have one class. Found: 'jay' and, in line 2, 'robin' for 'a.png'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_as_it_should_be_is_named(folder, case):
    name, content, message = REFUSED[case]
    with pytest.raises(DataError, match=message) as caught:
        load(write(folder, content, name))
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_captions_file_names_what_it_has(folder):
    write(folder, "", "texts.csv")
    with pytest.raises(DataError, match=r"has no file of captions. Expected: captions.csv, captions.tsv or captions.jsonl, .* Found: texts.csv"):
        load(folder)


def test_two_captions_files_are_refused(folder):
    for name, text in FORMS.items():
        write(folder, text, name)
    with pytest.raises(DataError, match=r"must hold one file of captions: .* Found: captions.csv, captions.tsv, captions.jsonl. Keep one"):
        load(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="gone: no such folder"):
        load(tmp_path / "gone")


@pytest.mark.parametrize(("vectors", "message"), [
    (np.ones((2, 4)), r"v.npy must hold one vector for each caption of .*captions.csv, in its order: \(3, size\). Found: \(2, 4\)"),
    (np.ones(3), r"\(3, size\). Found: \(3,\)"),
    (np.ones((3, 65_537), np.float32), "vectors of at most 65,536 numbers. Found: 65,537"),
    (np.array([[1, 2], [3, np.inf], [4, 5]]), r"vectors of .*a.png must be finite. Found: inf at position 1 of that of caption 0 \('red'\)"),
    (np.array([[0, 0], [3, 4], [4, 5]]), r"a text vector of .*deep/b.png must be other than zero"),
    (np.array([[{}], [1], [2]], object), "holds Python objects"),
])
def test_vectors_that_do_not_fit_are_refused(folder, vectors, message):
    np.save(folder / "v.npy", vectors, allow_pickle=True)
    with pytest.raises(DataError, match=message):
        load(write(folder, FORMS["captions.csv"]), vectors=folder / "v.npy")


def test_missing_vectors_are_named(folder):
    with pytest.raises(DataError, match=r"gone.npy: cannot be read \(No such file"):
        load(write(folder, FORMS["captions.csv"]), vectors=folder / "gone.npy")


def test_json_lines_of_a_program_are_read(folder):
    lines = [json.dumps({"file": name, "caption": "é\u2028ü", "class": 3}, ensure_ascii=False) for name in ("a.png", "deep/b.png")]
    examples = load(write(folder, "\n".join(lines), "captions.jsonl"))
    assert examples.source.field("captions") == [("é ü",)] * 2
    assert examples.class_names == ("3",)


@ON_DEMAND
def test_transparent_parts_are_laid_over_the_background_or_kept(tmp_path, memory_limit):
    Image.new("RGBA", (8, 8), (0, 0, 0, 51)).save(tmp_path / "a.png")
    write(tmp_path, "file,caption\na.png,a square\n")
    for options, expected in (({}, [204] * 3), ({"background": "black"}, [0] * 3), ({"channels": 4}, [0, 0, 0, 51])):
        found = load(tmp_path, memory_limit=memory_limit, **options).gather([0])["real"]
        assert found[0, 0, 0].tolist() == expected
