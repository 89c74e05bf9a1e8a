"""gan_vision.data.example_source: arrays, memory maps and functions that decode, behind one gather."""

import threading
import time
import tracemalloc

import numpy as np
import pytest

from gan_core.data.content_hash import content_hash
from gan_core.errors import DataError
from gan_vision.data import Columns, ExampleSource
from gan_vision.data.example_source import selection_hash

NUMBERS = np.arange(40)
TEXTS = [f"number {number}" for number in NUMBERS]


def mixed(**options):
    """An array, texts, and two decoders, one of which gives two fields."""
    return Columns({"label": NUMBERS, "caption": TEXTS, "real": lambda row: np.full((2, 3, 1), row, np.uint8),
                    ("source", "name"): lambda row: (np.full((2, 3), row, np.uint16), f"name {row}")}, **options)


class Own(ExampleSource):
    """The least that a source of one's own must say."""

    def __len__(self):
        return 40

    def gather(self, rows, names):
        return dict.fromkeys(names, NUMBERS[rows])


def test_every_field_is_gathered_in_the_order_of_the_rows():
    rows = np.array([7, 3, 39, 3])
    found = mixed().gather(rows, ("label", "caption", "real", "source", "name"))
    assert found["label"].tolist() == [7, 3, 39, 3]
    assert found["caption"] == [TEXTS[row] for row in rows]
    assert found["real"][:, 1, 2, 0].tolist() == [7, 3, 39, 3]
    assert found["source"][:, 0, 0].tolist() == [7, 3, 39, 3]
    assert found["name"] == [f"name {row}" for row in rows]


def test_order_does_not_depend_on_how_long_a_row_takes():
    def slow(row):
        time.sleep(0.02 * (row == 0))
        return np.array(row)

    assert Columns({"a": slow}, count=8).gather(np.arange(8), ("a",))["a"].tolist() == list(range(8))


def test_what_is_not_asked_for_is_not_decoded():
    decoded = []
    source = Columns({"label": NUMBERS, "real": decoded.append})
    assert set(source.gather(np.arange(3), ("label",))) == {"label"}
    assert decoded == []


def test_a_file_that_holds_two_fields_is_decoded_once():
    decoded = []

    def decode(row):
        decoded.append(row)
        return row, row + 100

    found = Columns({("a", "b"): decode}, count=5).gather(np.array([4, 2]), ("a", "b"))
    assert (sorted(decoded), found["b"].tolist()) == ([2, 4], [104, 102])


def test_only_the_rows_asked_for_are_held():
    """200 pictures of 0.75 MB are decoded one batch of four after another."""
    source = Columns({"real": lambda row: np.full((512, 512, 3), row, np.uint8)}, count=200)
    tracemalloc.start()
    for start in range(0, 200, 4):
        source.gather(np.arange(start, start + 4), ("real",))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 3 * (512 * 512 * 3)


def test_rows_are_decoded_side_by_side():
    waiting = threading.Barrier(2, timeout=10)  # passes only if two rows are decoded at the same time

    def decode(row):
        waiting.wait()
        return row

    assert Columns({"a": decode}, count=2).gather(np.arange(2), ("a",))["a"].tolist() == [0, 1]


@pytest.mark.parametrize("source", [mixed(), Own(), Columns({"label": NUMBERS})], ids=["mixed", "own", "arrays"])
def test_a_selection_of_a_selection_gives_the_rows_it_names(source):
    part = source.select(np.arange(1, 40, 2)).select(np.array([4, 0, 19]))
    assert len(part) == 3
    assert part.gather(np.array([2, 1]), ("label",))["label"].tolist() == [39, 1]
    assert np.asarray(part.field("label")).tolist() == [9, 1, 39]


def test_a_selection_of_texts_and_files_keeps_their_order(tmp_path):
    part = mixed(files=[f"{number}.png" for number in NUMBERS]).select(np.array([5, 2]))
    assert part.gather(np.arange(2), ("caption",))["caption"] == ["number 5", "number 2"]
    assert part.place(1) == "2.png"


@pytest.mark.parametrize(("source", "place"), [(Own(), "row 3"), (Own().select(np.array([0, 0, 0, 17])), "row 17"), (mixed(), "row 3"),
                                               (mixed(files=[("a.png", f"{n}.txt") for n in NUMBERS]), "a.png and 3.txt")])
def test_an_example_is_called_by_its_file_or_its_row(source, place):
    assert source.place(3) == place


# ------------------------------------------------------------------------------------------------ hashes


def test_arrays_are_identified_by_all_their_bytes():
    assert Columns({"label": NUMBERS}).content_hash == content_hash({"label": NUMBERS})


def test_decoded_examples_are_identified_by_the_bytes_of_their_files(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}").write_bytes(bytes(range(256)))
    paths = sorted(tmp_path.iterdir())

    def hash_of():
        return Columns({"real": lambda row: row}, files=paths).content_hash

    known = hash_of()
    assert known == hash_of()
    content = bytearray(paths[1].read_bytes())
    content[200] ^= 1
    paths[1].write_bytes(content)
    assert hash_of() != known


def test_decoders_without_files_are_not_identified():
    assert Columns({"real": lambda row: row}, count=3).content_hash is None
    assert Own().content_hash is None
    assert Own().select(np.arange(3)).content_hash is None


def test_a_selection_is_identified_by_the_whole_and_its_rows():
    whole = Columns({"label": NUMBERS})
    hashes = [whole.select(rows).content_hash for rows in (np.arange(5), np.arange(5), np.arange(5)[::-1], np.arange(6))]
    assert hashes[0] == hashes[1] == selection_hash(whole.content_hash, np.arange(5))
    assert len(set(hashes)) == 3


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(("columns", "options", "message"), [
    ({}, {}, "must have one length. Received: none that has a length"),
    ({"a": lambda row: row}, {}, "must have one length. Received: none that has a length: pass `count`"),
    ({"a": NUMBERS, "b": NUMBERS[:3]}, {}, r"Received: \{'a': 40, 'b': 3\}"),
    ({"a": NUMBERS}, {"count": 41}, r"Received: \{'a': 40, 'count': 41\}"),
    ({"a": lambda row: row}, {"files": ["a.png"], "count": 2}, r"Received: \{'files': 1, 'count': 2\}"),
])
def test_columns_of_several_lengths_are_refused(columns, options, message):
    with pytest.raises(DataError, match=message):
        Columns(columns, **options)


def test_decoded_values_of_several_shapes_are_refused_by_name():
    source = Columns({"real": lambda row: np.zeros((4 + row // 2, 4, 3), np.uint8)}, files=[f"{n}.png" for n in range(3)])
    with pytest.raises(DataError, match=r"`real` of 2.png must have the shape of the others. Found: \(5, 4, 3\) beside \(4, 4, 3\)"):
        source.gather(np.arange(3), ("real",))
