import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.image_source import open_images


def read_images(path, **options):
    """All images of a source as one array."""
    return np.concatenate(list(open_images(path, **options).bytes()))

RANDOM = np.random.default_rng(0)


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.fixture
def grey_folder(tmp_path):
    pixels = RANDOM.integers(0, 256, (5, 6, 4), np.uint8)
    for number, image in enumerate(pixels):
        save(tmp_path / "set" / f"class{number % 2}" / f"{number}.png", image)
    (tmp_path / "set" / "notes.txt").write_text("not an image")
    (tmp_path / "set" / "folder.png").mkdir()
    return tmp_path / "set", pixels


# --- folders


def test_a_folder_is_read_with_its_subfolders_sorted_by_path(grey_folder):
    folder, pixels = grey_folder
    np.testing.assert_array_equal(read_images(folder)[..., 0], pixels[[0, 2, 4, 1, 3]])


def test_one_colour_image_makes_the_folder_rgb(grey_folder):
    folder, _ = grey_folder
    colour = RANDOM.integers(0, 256, (6, 4, 3), np.uint8)
    save(folder / "z.png", colour)
    images = read_images(folder)
    np.testing.assert_array_equal(images[-1], colour)
    assert (images[0, ..., 0] == images[0, ..., 2]).all()


def test_channels_1_turns_colour_into_pillows_grey(tmp_path):
    colour = RANDOM.integers(0, 256, (6, 4, 3), np.uint8)
    save(tmp_path / "a.png", colour)
    np.testing.assert_array_equal(read_images(tmp_path, channels=1)[0, ..., 0],
                                  np.asarray(Image.fromarray(colour).convert("L")))


def test_sixteen_bit_grey_is_scaled_and_not_clipped_to_white(tmp_path):
    save(tmp_path / "a.png", np.array([[0, 257 * 100, 65535]], np.uint16))
    assert read_images(tmp_path)[0, 0, :, 0].tolist() == [0, 100, 255]


def test_a_png_named_jpg_is_still_read(tmp_path):
    pixels = RANDOM.integers(0, 256, (5, 5), np.uint8)
    save(tmp_path / "a.png", pixels).rename(tmp_path / "a.jpg")
    np.testing.assert_array_equal(read_images(tmp_path)[0, ..., 0], pixels)


@pytest.mark.parametrize(("name", "resampling"), [("bicubic", Image.Resampling.BICUBIC), ("box", Image.Resampling.BOX)])
def test_resizing_is_pillows_and_antialiased(tmp_path, name, resampling):
    pixels = RANDOM.integers(0, 256, (32, 24), np.uint8)
    save(tmp_path / "a.png", pixels)
    expected = np.asarray(Image.fromarray(pixels).resize((6, 8), resampling))
    np.testing.assert_array_equal(read_images(tmp_path, resize=(8, 6), resize_filter=name)[0, ..., 0], expected)


def test_a_fine_checkerboard_shrinks_to_grey(tmp_path):
    save(tmp_path / "a.png", (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8))
    assert np.abs(read_images(tmp_path, resize=8, resize_filter="box").astype(int) - 127).max() <= 1


def test_mixed_sizes_are_accepted_with_resize(grey_folder):
    folder, _ = grey_folder
    save(folder / "z.png", np.zeros((9, 9), np.uint8))
    assert read_images(folder, resize=8).shape == (6, 8, 8, 1)


def broken(folder, content):
    (folder / "broken.png").write_bytes(content)
    return folder


def png(size=64):
    buffer = io.BytesIO()
    Image.fromarray(RANDOM.integers(0, 256, (size, size), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "message"), [
    (b"", r"broken.png: found an empty file"),
    (b"<html>not found</html>", r"broken.png: found an HTML page"),
    (png()[:1500], r"broken.png: found truncated or damaged PNG data"),
    (png()[:60] + b"\0" * 40 + png()[100:], r"broken.png: found truncated or damaged PNG data"),
])
def test_an_unreadable_image_is_named(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read_images(broken(tmp_path, content))


def test_a_folder_without_images_says_what_it_holds(tmp_path):
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(DataError, match=r"has no images. Tried: .* Found: 1 other files"):
        read_images(tmp_path)


def test_mixed_sizes_name_both_files_and_the_remedy(grey_folder):
    folder, _ = grey_folder
    save(folder / "z.png", np.zeros((9, 8), np.uint8))
    with pytest.raises(DataError, match=r"z.png: all images must have one size. Found: 9 x 8 .* but 0.png has 6 x 4.*`resize`"):
        read_images(folder)


def test_a_huge_image_is_refused_from_its_header(tmp_path):
    Image.new("1", (3000, 3000)).save(tmp_path / "bomb.png")
    with pytest.raises(DataError, match=r"bomb.png: found 3000 x 3000 = 9 million pixels; expected at most 1 million"):
        read_images(tmp_path, max_pixels=1_000_000)
    with pytest.raises(DataError, match=r"raise `max_pixels`"):
        open_images(tmp_path, max_pixels=8_999_999)
    assert open_images(tmp_path, max_pixels=9_000_000).shape == (1, 3000, 3000, 1)


def test_an_image_beyond_pillows_own_limit_is_refused_by_name_unless_it_is_wanted(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(DataError, match=r"bomb.png: found 20000 x 20000 = 400 million pixels"):
        open_images(tmp_path)
    assert open_images(tmp_path, max_pixels=10**9).shape == (1, 20_000, 20_000, 1)


def test_pictures_are_read_upright_and_transparency_becomes_white(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.fromarray(np.full((4, 6, 3), 90, np.uint8)).save(tmp_path / "a.jpg", exif=exif)
    Image.new("RGBA", (4, 6), (0, 0, 0, 0)).save(tmp_path / "b.png")
    images = read_images(tmp_path)
    assert images.shape == (2, 6, 4, 3)
    assert (images[1] == 255).all()


# --- arrays


@pytest.mark.parametrize("suffix", ["npy", "npz", "compressed"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_bytes_come_back_unchanged_in_batches_of_any_size(tmp_path, suffix, order):
    pixels = np.asarray(RANDOM.integers(0, 256, (11, 5, 4, 3), np.uint8), order=order)
    path = tmp_path / ("a.npy" if suffix == "npy" else "a.npz")
    {"npy": lambda: np.save(path, pixels), "npz": lambda: np.savez(path, images=pixels),
     "compressed": lambda: np.savez_compressed(path, images=pixels)}[suffix]()
    batches = list(open_images(path).bytes(4))
    assert [len(batch) for batch in batches] == [4, 4, 3]
    np.testing.assert_array_equal(np.concatenate(batches), pixels)


@pytest.mark.parametrize(("low", "high", "dtype"), [(0, 1, np.float32), (-1, 1, np.float64), (0, 255, np.float16), (0, 255, np.int64)])
def test_ranges_are_recognised(tmp_path, low, high, dtype):
    bytes_ = RANDOM.integers(0, 256, (3, 5, 5), np.uint8)
    bytes_[0, 0, :2] = 0, 255
    np.save(tmp_path / "a.npy", (bytes_ / 255 * (high - low) + low).round(7).astype(dtype))
    np.testing.assert_allclose(read_images(tmp_path / "a.npy")[..., 0].astype(int), bytes_, atol=int(dtype == np.int64))


def test_unit_keeps_the_digits_of_floats_and_what_lies_outside(tmp_path):
    values = np.array([[[-0.1, 1e-7], [1.05, 0.3]]])
    np.save(tmp_path / "a.npy", values)
    images = open_images(tmp_path / "a.npy", value_range="unit")
    np.testing.assert_array_equal(next(images.unit())[..., 0], values)
    assert next(images.bytes())[0, ..., 0].tolist() == [[0, 0], [255, 76]]


def test_unit_of_bytes_is_exactly_k_over_255(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(256, dtype=np.uint8).reshape(1, 16, 16))
    assert (next(open_images(tmp_path / "a.npy").unit()).ravel() == np.arange(256) / 255).all()


def test_signed_minus_1_becomes_exactly_0(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[[-1, 1], [0, -1]]], np.float32))
    assert next(open_images(tmp_path / "a.npy").unit()).ravel().tolist() == [0, 1, 0.5, 0]


def test_an_array_of_an_archive_is_chosen_by_name(tmp_path):
    np.savez(tmp_path / "a.npz", train=np.zeros((3, 4, 4), np.uint8), test=np.ones((2, 4, 4), np.uint8))
    assert read_images(f"{tmp_path}/a.npz:test").shape == (2, 4, 4, 1)


def test_the_usual_name_is_chosen_without_asking(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros((3, 4, 4), np.uint8), labels=np.zeros(3))
    assert read_images(tmp_path / "a.npz").shape == (3, 4, 4, 1)


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_count_draws_without_replacement_by_seed(tmp_path, name):
    pixels = np.repeat(np.arange(50, dtype=np.uint8), 4).reshape(50, 2, 2)
    np.save(tmp_path / name, pixels) if name == "a.npy" else np.savez(tmp_path / name, pixels)
    drawn = read_images(tmp_path / name, count=20, seed=3)[:, 0, 0, 0]
    assert len(set(drawn)) == 20
    assert (np.diff(drawn.astype(int)) > 0).all()
    assert (drawn == read_images(tmp_path / name, count=20, seed=3)[:, 0, 0, 0]).all()
    assert (drawn != read_images(tmp_path / name, count=20, seed=4)[:, 0, 0, 0]).any()


def test_arrays_change_channels_and_size_as_folders_do(tmp_path):
    colour = RANDOM.integers(0, 256, (2, 16, 16, 3), np.uint8)
    np.save(tmp_path / "a.npy", colour)
    for number, image in enumerate(colour):
        save(tmp_path / "folder" / f"{number}.png", image)
    from_array = read_images(tmp_path / "a.npy", channels=1, resize=8).astype(int)
    from_files = read_images(tmp_path / "folder", channels=1, resize=8).astype(int)
    assert np.abs(from_array - from_files).max() <= 1


def test_a_grey_array_becomes_rgb_on_request(tmp_path):
    np.save(tmp_path / "a.npy", np.full((2, 4, 4), 7, np.uint8))
    assert (read_images(tmp_path / "a.npy", channels=3) == 7).all()


def test_an_archive_is_read_in_bounded_memory(tmp_path):
    import tracemalloc

    np.savez_compressed(tmp_path / "a.npz", np.zeros((20_000, 28, 28), np.uint8))
    tracemalloc.start()
    seen = sum(len(batch) for batch in open_images(tmp_path / "a.npz").bytes(100))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == 20_000
    assert peak < 3_000_000  # the array has 15.7 MB


def write_npz_member(path, content):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", content)


def header_only(shape):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


BAD_ARRAYS = {
    "objects": (lambda p: np.save(p, np.array([{}, {}], object)), "npy",
                r"holds Python objects.*Found: dtype object. Expected numbers"),
    "objects in an archive": (lambda p: np.savez(p, np.array([{}, {}], object)), "npz", "holds Python objects"),
    "text": (lambda p: p.write_text("hello"), "npy", "not a readable NumPy array"),
    "text in an archive": (lambda p: p.write_text("hello"), "npz", "not an .npz archive"),
    "empty file": (lambda p: p.write_bytes(b""), "npy", "not a readable NumPy array"),
    "no images": (lambda p: np.save(p, np.zeros((0, 4, 4))), "npy", r"empty or a single number. Found: shape \(0, 4, 4\)"),
    "a number": (lambda p: np.save(p, np.float64(3)), "npy", r"Found: shape \(\)"),
    "cut short": (lambda p: p.write_bytes(header_only((9, 9, 9)) + b"123"), "npy", "declares 729 bytes .* holds 3"),
    "four terabytes declared": (lambda p: write_npz_member(p, header_only((1 << 22, 1 << 10, 1 << 10))), "npz",
                                "declares 4,398,046,511,104 bytes"),
    "damaged archive": (lambda p: (np.savez_compressed(p, images=RANDOM.integers(0, 256, (9, 9, 9), np.uint8)), flipped(p)),
                        "npz", "damaged"),
    "empty archive": (lambda p: np.savez(p), "npz", "holds no array"),
    "several arrays": (lambda p: np.savez(p, b=np.zeros(3), a=np.zeros(3)), "npz", r"Found: a, b. Choose one by writing bad.npz:a"),
    "complex numbers": (lambda p: np.save(p, np.zeros((2, 3, 3), complex)), "npy", "no plain numbers. Found: dtype complex128"),
    "NaN": (lambda p: np.save(p, np.stack([np.zeros((3, 3)), np.full((3, 3), np.nan)])), "npy", "image number 1 holds NaN"),
    "unclear range": (lambda p: np.save(p, np.array([[[-0.1, 1.1]]])), "npy",
                      r"range of the pixels is unclear. Found: float64 from -0.1 to 1.1.*`value_range`"),
    "integers 0 and 1": (lambda p: np.save(p, np.array([[[0, 1]]])), "npy", "range of the pixels is unclear. Found: int64"),
    "seventeen levels": (lambda p: np.save(p, np.array([[[0.0, 16.0]]])), "npy", "range of the pixels is unclear. .* 0 to 16"),
    "channels first": (lambda p: np.save(p, np.zeros((2, 3, 8, 8), np.uint8)), "npy", r"save array.transpose\(0, 2, 3, 1\)"),
    "flat": (lambda p: np.save(p, np.zeros((2, 64), np.uint8)), "npy", r"Found: \(2, 64\)"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_a_bad_array_file_is_named_with_what_was_found(tmp_path, case):
    write, suffix, message = BAD_ARRAYS[case]
    path = tmp_path / f"bad.{suffix}"
    write(path)
    with pytest.raises(DataError, match=rf"bad\.{suffix}: .*{message}|bad\.{suffix}: {message}"):
        read_images(path)


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"resize": 0}, ConfigError, r"`resize` must be an int of 1\.\.16384"),
    ({"resize": (3, 4, 5)}, ConfigError, r"Received: resize=\(3, 4, 5\)"),
    ({"resize_filter": "nearest"}, ConfigError, "Known: bicubic, box"),
    ({"channels": 2}, ConfigError, "`channels` must be 1"),
    ({"value_range": "0..1"}, ConfigError, "Known: bytes, signed, unit"),
    ({"count": 0}, ConfigError, "`count` must be at least 1"),
])
def test_wrong_options_are_refused(tmp_path, options, error, message):
    np.save(tmp_path / "a.npy", np.zeros((2, 4, 4), np.uint8))
    with pytest.raises(error, match=message):
        open_images(tmp_path / "a.npy", **options)


@pytest.mark.parametrize(("name", "message"), [("missing", "no such file or folder"), ("a.txt", "not a folder of images"),
                                               ("b.npz:nope", "has no array 'nope'. Found: arr_0"),
                                               ("missing.npz:a", "missing.npz: no such file")])
def test_a_wrong_path_is_refused(tmp_path, name, message):
    (tmp_path / "a.txt").write_text("")
    np.savez(tmp_path / "b.npz", np.zeros((2, 4, 4), np.uint8))
    with pytest.raises(DataError, match=message):
        open_images(f"{tmp_path}/{name}")


def test_bytes_stay_bytes_whatever_is_stated_of_floats(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    np.testing.assert_array_equal(read_images(tmp_path / "a.npy", value_range="signed"), pixels)


@pytest.mark.parametrize(("values", "stated"), [((0, 255), "unit"), ((-1, 1), "unit"), ((0, 255), "signed")])
def test_pixels_outside_the_stated_range_are_refused(tmp_path, values, stated):
    pixels = np.linspace(*values, 4 * 64).reshape(4, 8, 8)
    np.save(tmp_path / "a.npy", pixels)
    with pytest.raises(DataError, match=r"do not lie in the stated range.*--value-range"):
        open_images(tmp_path / "a.npy", value_range=stated)


@pytest.mark.parametrize(("shape", "message"), [((16, 16, 3), "single colour picture"), ((2, 8, 8, 5), "5 channels. Expected 1"),
                                                ((2, 8, 8, 4), "4 channels of float32. Expected uint8 where the fourth is opacity")])
def test_arrays_that_are_no_set_of_pictures_are_refused(tmp_path, shape, message):
    np.save(tmp_path / "a.npy", np.zeros(shape, np.float32 if shape[-1] == 4 else np.uint8))
    with pytest.raises(DataError, match=message):
        open_images(tmp_path / "a.npy")


# --- opacity


def clear(count=3, size=4):
    """Black pictures that are visible to a fifth."""
    return np.zeros((count, size, size, 4), np.uint8) + np.uint8([0, 0, 0, 51])


def test_arrays_with_opacity_keep_it_unless_asked_otherwise(tmp_path):
    np.save(tmp_path / "a.npy", clear())
    np.testing.assert_array_equal(read_images(tmp_path / "a.npy"), clear())
    for channels in (1, 3):
        found = read_images(tmp_path / "a.npy", channels=channels)
        assert found.shape == (3, 4, 4, channels)
        assert (found == 204).all()


def test_resized_arrays_with_opacity_look_as_they_do_over_white(tmp_path):
    images = clear()
    images[:, :, :2] = (0, 255, 0, 0)  # a colour that nobody sees
    np.save(tmp_path / "a.npy", images)
    found = read_images(tmp_path / "a.npy", resize=2, resize_filter="box")
    assert found.tolist() == [[[[255, 255, 255, 255], [204, 204, 204, 255]]] * 2] * 3
