"""gan_vision.data.row_subset: parts of arrays that are read when they are indexed."""

import numpy as np
import pytest

from gan_vision.data import Columns
from gan_vision.data.row_subset import LazyField, RowSubset

ARRAY = np.arange(20 * 4 * 6, dtype=np.uint16).reshape(20, 4, 6, 1)
ROWS = np.array([3, 1, 4, 15, 9, 2, 6, 5, 3, 19])


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "array.npy", ARRAY)
    return np.load(tmp_path / "array.npy", mmap_mode="r")


PARTS = {"subset": lambda mapped: RowSubset(mapped, ROWS),
         "subset of a subset": lambda mapped: RowSubset(RowSubset(mapped, np.arange(19, -1, -1)), 19 - ROWS),
         "lazy": lambda mapped: LazyField(Columns({"real": lambda row: ARRAY[ROWS[row]]}, count=len(ROWS)), "real")}


@pytest.mark.parametrize("index", [3, slice(2, 9, 3), np.array([5, 1]), [5, 1], -1, (slice(None), 0, 0, 0), (2, slice(1)), (slice(3), slice(None), 2)], ids=str)
@pytest.mark.parametrize("part", PARTS)
def test_rows_are_indexed_like_the_array_they_stand_for(mapped, part, index):
    found = PARTS[part](mapped)
    assert np.array_equal(found[index], ARRAY[ROWS][index])


@pytest.mark.parametrize("part", PARTS)
def test_they_know_shape_and_type_and_become_arrays(mapped, part):
    found = PARTS[part](mapped)
    assert (found.shape, found.dtype, found.ndim, len(found)) == ((10, 4, 6, 1), np.uint16, 4, 10)
    assert np.array_equal(np.asarray(found), ARRAY[ROWS])


def test_a_subset_says_how_much_memory_its_rows_would_take(mapped):
    assert RowSubset(mapped, ROWS).nbytes == 10 * 4 * 6 * 2
