"""gan_vision.data.arrays: .npy and .npz files, never unpickled."""

import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_vision.data import load_arrays
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.row_subset import RowSubset

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), np.uint8)


def test_a_npy_of_the_right_size_is_memory_mapped(tmp_path):
    np.save(tmp_path / "a.npy", IMAGES)
    images = load_arrays(tmp_path / "a.npy", size=8)
    assert isinstance(images.images, np.memmap)
    assert np.array_equal(images.images, IMAGES)


def test_a_npz_gives_images_and_labels(tmp_path):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.arange(6))
    images = load_arrays(tmp_path / "a.npz", size=8)
    assert np.array_equal(images.images, IMAGES)
    assert images.labels.tolist() == [0, 1, 2, 3, 4, 5]


def test_keras_style_names_and_label_columns_are_read(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x_train=IMAGES, y_train=np.arange(6)[:, None])
    assert load_arrays(tmp_path / "a.npz", size=8).labels.tolist() == [0, 1, 2, 3, 4, 5]


def test_another_size_or_channel_count_is_converted(tmp_path):
    np.save(tmp_path / "a.npy", IMAGES[..., 0])
    images = load_arrays(tmp_path / "a.npy", size=4)
    assert images.images.shape == (6, 4, 4, 3)
    assert np.array_equal(images.images[..., 0], images.images[..., 2])


@pytest.mark.parametrize(("images", "channels"), [(IMAGES, 3), (IMAGES[..., 0], 1), (IMAGES[..., :1], 1)])
def test_the_file_says_how_many_channels_there_are_unless_asked_otherwise(tmp_path, images, channels):
    np.savez(tmp_path / "a.npz", images=images)
    for size in (8, 4):
        assert load_arrays(tmp_path / "a.npz", size=size, channels=None).channels == channels


def test_a_limit_keeps_labels_with_their_images(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.arange(20, dtype=np.uint8).repeat(4).reshape(20, 2, 2), labels=np.arange(20))
    images = load_arrays(tmp_path / "a.npz", size=2, channels=1, limit=5)
    assert np.array_equal(images.images[:, 0, 0, 0], images.labels)


def saved(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def shape_bomb() -> bytes:
    """A member of 128 bytes whose header declares 4 TiB."""
    header, buffer = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (2**20, 2**11, 2**11)})
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("images.npy", header.getvalue())
    return buffer.getvalue()


BAD_ARRAYS = {
    "empty": (b"", "not an .npz archive"),
    "text": (b"hello", "not an .npz archive"),
    "truncated npz": (saved(images=IMAGES)[:-30], "not an .npz archive"),
    "objects": (saved(images=np.array([{}, None], object)), "holds Python objects"),
    "objects as labels": (saved(images=IMAGES, labels=np.array([1, "a"] * 3, object)), "holds Python objects"),
    "floats": (saved(images=IMAGES / 255), r"must hold images as uint8 .* Found: float64 \(6, 8, 8, 3\)"),
    "two channels": (saved(images=IMAGES[..., :2]), "1, 3 or 4"),
    "no images": (saved(images=IMAGES[:0]), r"Found: shape \(0, 8, 8, 3\)"),
    "other keys": (saved(pictures=IMAGES), "has no images. Found the keys: pictures. Expected one of: images"),
    "too few labels": (saved(images=IMAGES, labels=np.arange(5)), "Found: 5 labels, 6 images"),
    "one label": (saved(images=IMAGES, labels=np.int64(3)), "single number. Found: shape "),
    "shape bomb": (shape_bomb(), "declares 4,398,046,511,104 bytes of numbers but the file holds 0"),
    "huge pictures": (saved(images=np.zeros((1, 8000, 7000), np.uint8)), "pictures of 7000 x 8000 pixels. Expected at most 50 million"),
    "no array in npz": (None, "has no images. Found the keys: none"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_a_bad_array_file_is_named_with_what_was_found(tmp_path, case):
    data, message = BAD_ARRAYS[case]
    path = tmp_path / "a.npz"
    if data is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
    else:
        path.write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        load_arrays(path, size=8)
    assert str(path) in str(caught.value)


def test_a_missing_array_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"a\.npy: no such file"):
        load_arrays(tmp_path / "a.npy", size=8)


def test_resized_arrays_can_be_cached(tmp_path):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.arange(6))
    for _ in range(2):
        images = load_arrays(tmp_path / "a.npz", size=4, cache=tmp_path / "cache")
        assert images.images.shape == (6, 4, 4, 3)
        assert images.labels.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("damaged", [npy(IMAGES)[:-7], npy(np.array([{}, None], object), allow_pickle=True), b"hello"],
                         ids=["truncated", "objects", "text"])
def test_a_bad_npy_is_named(tmp_path, damaged):
    (tmp_path / "a.npy").write_bytes(damaged)
    with pytest.raises(DataError, match=r"a\.npy: (the header declares|holds Python objects|not a readable NumPy array)"):
        load_arrays(tmp_path / "a.npy", size=8)


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_a_limit_above_the_memory_stays_on_disk(tmp_path, name):
    pixels = np.arange(50, dtype=np.uint8).repeat(16 * 16).reshape(50, 16, 16)
    np.save(tmp_path / name, pixels) if name == "a.npy" else np.savez_compressed(tmp_path / name, images=pixels)
    images = load_arrays(tmp_path / name, size=16, channels=1, limit=20, memory_limit=100, cache=tmp_path / "cache")
    assert isinstance(images.images, np.memmap | RowSubset)
    assert np.array_equal(np.asarray(images.images)[:, 0, 0, 0], choose_rows(50, 20, 0))


BOMB = """
import resource, sys
from gan_vision.data import load_arrays
load_arrays("small.npz", size=16, limit=2, memory_limit=1 << 20, cache="cache")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
images = load_arrays("bomb.npz", size=16, limit=10, memory_limit=1 << 20, cache="cache")
print(len(images), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_small_file_of_many_pictures_takes_little_memory(tmp_path):
    """300 MB of zeros in an archive of 0.3 MB, of which ten pictures are asked for."""
    np.savez_compressed(tmp_path / "small.npz", images=IMAGES)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (25_000, 64, 64, 3)})
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("images.npy", "w") as file:
        file.write(header.getvalue())
        for _ in range(250):
            file.write(bytes(100 * 64 * 64 * 3))
    done = subprocess.run([sys.executable, "-c", BOMB], cwd=tmp_path, capture_output=True, text=True, check=True)
    count, growth = map(int, done.stdout.split())
    assert count == 10
    assert growth < 40  # MB


# --------------------------------------------------------------------------------------------- opacity


def clear(count=10):
    """Black pictures that are visible to a fifth, with a green pixel that is not."""
    images = np.zeros((count, 4, 4, 4), np.uint8) + np.uint8([0, 0, 0, 51])
    images[:, 0, 0] = (0, 255, 0, 0)
    return images


@pytest.mark.parametrize("channels", [None, 4])
@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_pictures_with_opacity_keep_it_and_hide_nothing(tmp_path, name, channels):
    (np.save if name == "a.npy" else np.savez)(tmp_path / name, clear())
    images = load_arrays(tmp_path / name, size=4, channels=channels).images
    assert images[0, 0, :2].tolist() == [[255, 255, 255, 0], [0, 0, 0, 51]]


@pytest.mark.parametrize(("background", "seen"), [("white", 204), ("black", 0)])
def test_pictures_with_opacity_are_laid_over_the_background(tmp_path, background, seen):
    np.save(tmp_path / "a.npy", clear())
    images = load_arrays(tmp_path / "a.npy", size=4, channels=3, background=background).images
    assert images.shape == (10, 4, 4, 3)
    assert (images[:, 1:] == seen).all()


def test_rows_of_which_nothing_is_visible_are_rejects(tmp_path):
    images = clear(20)
    images[[3], ..., 3] = 0
    np.savez(tmp_path / "a.npz", images=images, labels=np.arange(20))
    with pytest.raises(DataError, match=r"(?s)1 of 20 images.*row 3 of array file .*found a picture of which nothing is visible"):
        load_arrays(tmp_path / "a.npz", size=4, channels=4)
    found = load_arrays(tmp_path / "a.npz", size=4, channels=4, on_bad="skip")
    assert found.labels.tolist() == [number for number in range(20) if number != 3]


def test_opacity_that_is_kept_has_no_background(tmp_path):
    np.save(tmp_path / "a.npy", clear())
    with pytest.raises(ConfigError, match="`background` is what transparent parts are laid over, and `channels`=4 keeps them"):
        load_arrays(tmp_path / "a.npy", size=4, channels=None, background="black")
