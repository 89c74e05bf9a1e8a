"""content_hash: equal content, equal hash; any other content, another one."""

from __future__ import annotations

import numpy as np
import pytest

from gan_core.data.content_hash import content_hash

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


def test_above_the_limit_evenly_spaced_rows_are_read():
    rows = np.zeros((1000, 4), np.float32)
    changed = [np.array(rows) for _ in range(3)]
    changed[0][0], changed[1][-1], changed[2][1] = 1, 1, 1
    hashes = [content_hash({"real": each}, limit=10 * 16) for each in (rows, *changed)]
    assert hashes[0] != hashes[1] != hashes[2]
    assert hashes[0] == hashes[3]  # row 1 is not among rows 0, 111, 222, ...
    assert content_hash({"real": rows}, limit=None) != content_hash({"real": changed[2]}, limit=None)


def test_more_rows_than_a_block_are_all_read():
    rows = np.zeros((5000, 1), np.uint8)
    other = np.array(rows)
    other[4321] = 1
    assert content_hash({"real": rows}) != content_hash({"real": other})
