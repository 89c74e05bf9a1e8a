"""content_hash: equal content, equal hash; any other content, another one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from gan_core.data.content_hash import RowsHash, combined_hash, content_hash, files_hash

ROWS = np.arange(24, dtype=np.float32).reshape(6, 4)


def test_a_copy_a_memory_map_and_another_order_of_names_have_the_same_hash(tmp_path):
    np.save(tmp_path / "rows.npy", ROWS)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    known = content_hash({"real": ROWS, "label": np.arange(6)})
    assert content_hash({"label": np.arange(6), "real": mapped}) == known
    assert content_hash({"real": np.asfortranarray(ROWS), "label": np.arange(6)}) == known


@pytest.mark.parametrize("other", [
    {"real": np.where(ROWS == 23, 24, ROWS)}, {"real": ROWS[::-1]}, {"real": ROWS.astype(np.float64)},
    {"real": ROWS.reshape(6, 2, 2)}, {"noisy": ROWS}, {"real": ROWS[:5]}, {"real": ROWS, "label": np.zeros(6)},
], ids=["value", "order", "type", "shape", "name", "fewer", "more arrays"])
def test_any_difference_changes_it(other):
    assert content_hash(other) != content_hash({"real": ROWS})


def test_every_single_row_of_a_large_array_counts():
    rows = np.zeros((3, 3 << 20), np.uint8)  # more than a block of 8 MiB
    hashes = set()
    for row, position in ((0, 0), (0, -1), (1, 17), (2, 1 << 20), (2, -1)):
        changed = np.array(rows)
        changed[row, position] = 1
        hashes.add(content_hash({"real": changed}))
    assert len(hashes | {content_hash({"real": rows})}) == 6


def test_more_rows_than_a_block_are_all_read():
    rows = np.zeros((5000, 4096), np.uint8)
    other = np.array(rows)
    other[4321, 5] = 1
    assert content_hash({"real": rows}) != content_hash({"real": other})


def test_rows_that_come_one_by_one_have_the_hash_of_the_whole():
    digest = RowsHash()
    for row in ROWS:
        digest.update(row[None])
    assert combined_hash({"real": digest.hexdigest}) == content_hash({"real": ROWS})


def test_texts_count_with_their_bounds():
    hashes = {content_hash({"caption": texts}) for texts in (["ab", "c"], ["a", "bc"], ["abc"], ["ab", "c", ""], ["äb", "c"])}
    assert len(hashes) == 5


def test_texts_that_belong_together_count_with_their_bounds():
    several = ([("a", "b"), ("c",)], [("a",), ("b", "c")], [("ab",), ("c",)], ["ab", "c"])
    assert len({content_hash({"captions": texts}) for texts in several}) == 4
    assert content_hash({"captions": [["a", "b"], ["c"]]}) == content_hash({"captions": several[0]})


def test_the_hash_of_files_follows_their_bytes_and_order_and_not_their_names(tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "copy of a")]
    for path, content in zip(paths, (b"one", b"two", b"one"), strict=True):
        path.write_bytes(content)
    assert files_hash(paths[:2]) == files_hash([paths[2], paths[1]])
    assert files_hash(paths[:2]) != files_hash(paths[1::-1])


def test_a_memory_map_is_read_in_blocks(tmp_path):
    np.save(tmp_path / "large.npy", np.zeros((64, 1 << 20), np.uint8))
    mapped = np.load(tmp_path / "large.npy", mmap_mode="r")
    tracemalloc.start()
    content_hash({"real": mapped})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20  # of 64 MiB
