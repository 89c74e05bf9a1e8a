import numpy as np

from gan_text.data.rows_file import RowsFile


def test_appended_rows_are_read_back_as_a_memory_map(tmp_path):
    file = RowsFile(tmp_path / "r.npy", 3, np.uint16)
    file.append(np.arange(6).reshape(2, 3))
    file.append(np.full((1, 3), 65535))
    file.close()
    rows = np.load(tmp_path / "r.npy", mmap_mode="r")
    assert isinstance(rows, np.memmap)
    assert rows.dtype == np.uint16
    assert rows.tolist() == [[0, 1, 2], [3, 4, 5], [65535] * 3]


def test_the_file_appears_only_when_it_is_complete(tmp_path):
    file = RowsFile(tmp_path / "r.npy", 3, np.uint8)
    file.append(np.ones((2, 3)))
    assert not (tmp_path / "r.npy").exists()
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["r.npy"]


def test_a_discarded_file_leaves_nothing(tmp_path):
    file = RowsFile(tmp_path / "r.npy", 3, np.uint8)
    file.append(np.ones((2, 3)))
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_has_no_rows(tmp_path):
    RowsFile(tmp_path / "r.npy", 3, np.uint8).close()
    assert np.load(tmp_path / "r.npy").shape == (0, 3)


def test_a_slice_with_gaps_is_written_row_by_row(tmp_path):
    file = RowsFile(tmp_path / "r.npy", 2, np.uint8)
    file.append(np.arange(12, dtype=np.uint8).reshape(3, 4)[::2, ::2])
    file.close()
    assert np.load(tmp_path / "r.npy").tolist() == [[0, 2], [8, 10]]
