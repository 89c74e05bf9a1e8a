"""gan_core.data.array_files: headers are checked before, and memory is bounded while numbers are read."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from gan_core.data.array_files import array_names, open_array
from gan_core.errors import DataError

RANDOM = np.random.default_rng(0)


def saved(path, array):
    {"a.npy": np.save, "a.npz": lambda *given: np.savez(given[0], images=given[1]),
     "b.npz": lambda *given: np.savez_compressed(given[0], images=given[1])}[path.name](path, array)
    return path


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "b.npz"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("rows", [np.arange(23), np.array([0]), np.array([22]), np.array([3, 4, 9, 10, 21]), np.array([], int)],
                         ids=["all", "first", "last", "some", "none"])
def test_the_rows_asked_for_come_in_order(tmp_path, name, order, rows):
    array = np.asarray(RANDOM.normal(size=(23, 4, 3)).astype(np.float32), order=order)
    file = open_array(saved(tmp_path / name, array))
    assert (len(file), file.shape, file.dtype, file.row_bytes) == (23, (23, 4, 3), np.float32, 48)
    for size in (1, 4, 100):
        blocks = [*file.blocks(rows, size), array[:0]]
        assert max(map(len, blocks)) <= size
        np.testing.assert_array_equal(np.concatenate(blocks), array[rows])
    np.testing.assert_array_equal(file.read(rows), array[rows])


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_all_rows_are_read_without_asking_for_any(tmp_path, name):
    np.testing.assert_array_equal(open_array(saved(tmp_path / name, np.arange(7))).read(), np.arange(7))


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_member_of_an_archive_can_be_mapped(tmp_path, order):
    array = np.asarray(RANDOM.integers(0, 9, (5, 4)), order=order)
    mapped = open_array(saved(tmp_path / "b.npz", array)).memory_map()
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(mapped, array)


def test_reading_a_few_rows_of_a_compressed_archive_takes_little_memory(tmp_path):
    np.savez_compressed(tmp_path / "b.npz", images=np.zeros((20_000, 28, 28), np.uint8))
    tracemalloc.start()
    found = open_array(tmp_path / "b.npz").read(np.array([5, 19_000]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.shape == (2, 28, 28)
    assert peak < 5_000_000  # the array has 15.7 MB, a block one


def test_the_names_of_an_archive_are_told_and_an_npy_has_none(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros(3), labels=np.zeros(3))
    np.save(tmp_path / "a.npy", np.zeros(3))
    assert array_names(tmp_path / "a.npz") == ("images", "labels")
    assert array_names(tmp_path / "a.npy") is None


def test_an_archive_is_known_by_its_content_and_not_by_its_name(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.arange(3))
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    assert open_array(tmp_path / "a.npy").read().tolist() == [0, 1, 2]


def bomb() -> bytes:
    """A member of 128 bytes whose header declares 4 TiB."""
    header, buffer = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (2**20, 2**11, 2**11)})
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("images.npy", header.getvalue())
    return buffer.getvalue()


def saved_bytes(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


BAD = {
    "nothing": ("a.npy", b"", "not a readable NumPy array"),
    "not an archive": ("a.npz", b"hello", "not an .npz archive"),
    "cut short": ("a.npy", saved_bytes(np.arange(9))[:-3], "declares 72 bytes of numbers but the file holds 69"),
    "a bomb": ("a.npz", bomb(), "declares 4,398,046,511,104 bytes of numbers but the file holds 0"),
    "objects": ("a.npy", saved_bytes(np.array([{}], object), allow_pickle=True), "holds Python objects"),
    "words": ("a.npy", saved_bytes(np.array(["a"])), "holds no plain numbers. Found: dtype <U1"),
    "a single number": ("a.npy", saved_bytes(np.float32(1)), "empty or a single number"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_array_is_refused_by_name(tmp_path, case):
    name, content, message = BAD[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        open_array(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize(("arrays", "key", "message"), [
    ({"b": 1, "a": 1}, None, r"holds several arrays. Found: a, b. Choose one by writing a.npz:a"),
    ({"b": 1}, "a", r"has no array 'a'. Found: b"),
])
def test_an_array_that_is_not_named_or_not_there_is_refused(tmp_path, arrays, key, message):
    np.savez(tmp_path / "a.npz", **{name: np.arange(3) for name in arrays})
    with pytest.raises(DataError, match=message):
        open_array(tmp_path / "a.npz", key=key)


def test_damage_behind_the_header_is_an_error_that_names_the_file(tmp_path):
    path = saved(tmp_path / "a.npz", RANDOM.integers(0, 256, 4000, np.uint8))
    content = bytearray(path.read_bytes())
    content[1000] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz: damaged \(Bad CRC-32"):
        open_array(path).read()
