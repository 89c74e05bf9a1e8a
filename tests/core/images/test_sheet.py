"""Sheets of pictures: every pixel where it belongs, and files that are complete or absent."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images.sheet import (
    FORMATS,
    LINE,
    WITH_OPACITY,
    image_grid,
    save_image_grid,
    save_picture,
    side_by_side,
    to_uint8,
)


def constant(*values, side=1, channels=1):
    return np.stack([np.full((side, side, channels), value, np.uint8) for value in values])


def test_numbers_become_rounded_bytes():
    assert to_uint8([-1.0, -0.5, 0.2, 1.0], (-1, 1)).tolist() == [0, 64, 153, 255]


def test_the_unit_range_becomes_bytes():
    assert to_uint8(np.float32([0, 0.5, 1]), (0, 1)).tolist() == [0, 128, 255]


def test_values_outside_the_range_are_clipped():
    assert to_uint8([-3.0, 9.0], (-1, 1)).tolist() == [0, 255]


def test_all_bytes_survive_the_way_to_floats_and_back():
    values = np.arange(256)
    assert np.array_equal(to_uint8((values / 127.5 - 1).astype(np.float32), (-1, 1)), values)


def test_images_go_row_by_row_and_the_rest_is_background():
    grid = image_grid(constant(1, 2, 3), 2, padding=1, background=9)
    assert grid.tolist() == [[9, 9, 9, 9, 9],
                             [9, 1, 9, 2, 9],
                             [9, 9, 9, 9, 9],
                             [9, 3, 9, 9, 9],
                             [9, 9, 9, 9, 9]]


def test_without_padding_images_touch():
    assert image_grid(constant(1, 2), padding=0).tolist() == [[1, 2]]


def test_scaling_repeats_pixels_but_not_the_padding():
    grid = image_grid(constant(5), padding=1, background=0, scale=2)
    assert grid.tolist() == [[0, 0, 0, 0], [0, 5, 5, 0], [0, 5, 5, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (4, 2, 2), (5, 2, 3), (9, 3, 3), (10, 3, 4)])
def test_the_default_grid_is_the_smallest_square_that_holds_all(count, rows, columns):
    assert image_grid(np.zeros((count, 1, 1), np.uint8), padding=0).shape == (rows, columns)


def test_more_columns_than_images_leave_no_empty_columns():
    assert image_grid(constant(1, 2), 10, padding=0).shape == (1, 2)


def test_height_and_width_are_not_swapped():
    assert image_grid(np.zeros((2, 3, 5), np.uint8), 2, padding=1).shape == (5, 13)


def test_colour_images_keep_their_channels():
    images = np.zeros((1, 1, 1, 3), np.uint8) + np.uint8([1, 2, 3])
    grid = image_grid(images, padding=1, background=(7, 8, 9))
    assert grid[1, 1].tolist() == [1, 2, 3]
    assert grid[0, 0].tolist() == [7, 8, 9]


def test_floats_are_drawn_in_their_range():
    assert image_grid(np.full((1, 1, 1), -1.0), value_range=(-1, 1), padding=0).tolist() == [[0]]


@pytest.mark.parametrize(("call", "kind", "message"), [
    (lambda: to_uint8([0.0], (1, -1)), ConfigError, r"`value_range` must be \(low, high\).*Received: value_range=\(1, -1\)"),
    (lambda: to_uint8([0.0, np.nan], (0, 1)), DataError, "must be finite. Found: 1 of 2 values"),
    (lambda: to_uint8(np.uint8([3]), (-1, 1)), ConfigError, "does not apply to images that are bytes"),
    (lambda: image_grid(np.zeros((1, 2, 2))), ConfigError, "`value_range` is needed.*dtype=float64"),
    (lambda: image_grid(np.zeros((0, 2, 2), np.uint8)), DataError, r"with n >= 1. Found: \(0, 2, 2, 1\)"),
    (lambda: image_grid(np.zeros((2, 2), np.uint8)), DataError, r"Found: \(2, 2\). For a single image"),
    (lambda: image_grid(np.zeros((1, 2, 2, 5), np.uint8)), DataError, r"Found: \(1, 2, 2, 5\)"),
    (lambda: image_grid(constant(1), 0), ConfigError, "`columns` must be a whole number of at least 1. Received: columns=0"),
    (lambda: image_grid(constant(1), padding=-1), ConfigError, "`padding` .* at least 0. Received: padding=-1"),
    (lambda: image_grid(constant(1), scale=1.5), ConfigError, "`scale` .* Received: scale=1.5"),
    (lambda: image_grid(constant(1), background=300), ConfigError, "`background` must be 0..255. Received: background=300"),
    (lambda: image_grid(constant(1), background=(1, 2, 3)), ConfigError, r"Received: background=\(1, 2, 3\)"),
    (lambda: save_image_grid("grid.txt", constant(1)), ConfigError, "`path` must end in a picture format.*grid.txt"),
    (lambda: save_image_grid("grid", constant(1)), ConfigError, "Use .png, .jpg, .jpeg, .webp,"),
    (lambda: save_image_grid("grid.h5", constant(1)), ConfigError, "must end in a picture format"),
])
def test_bad_input_is_explained(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_saved_grid_is_the_grid(tmp_path, channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 70, 64, channels), dtype=np.uint8)
    path = save_image_grid(tmp_path / "new folder" / "grid.png", images, 2, background=0)
    assert np.array_equal(np.asarray(Image.open(path)), image_grid(images, 2, background=0))


def test_tiny_images_are_enlarged_in_files_without_smoothing(tmp_path):
    path = save_image_grid(tmp_path / "grid.png", constant(7, side=8), padding=0)
    assert Image.open(path).size == (64, 64)
    assert set(np.asarray(Image.open(path)).ravel()) == {7}


def test_a_chosen_scale_is_kept(tmp_path):
    assert Image.open(save_image_grid(tmp_path / "grid.png", constant(7, side=8), padding=0, scale=1)).size == (8, 8)


def test_an_upper_case_suffix_is_understood(tmp_path):
    assert Image.open(save_image_grid(tmp_path / "GRID.PNG", constant(7))).format == "PNG"


def test_a_picture_too_large_for_its_format_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot write .*a\.webp.* Found: a picture of 16400 x 1 pixels. Use .png"):
        save_image_grid(tmp_path / "a.webp", np.zeros((1, 1, 16_400), np.uint8), padding=0, scale=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_that_is_named_can_be_written(tmp_path, suffix):
    assert Image.open(save_image_grid(tmp_path / f"a{suffix}", constant(7))).format == FORMATS[suffix]


def test_a_failed_write_leaves_no_temporary_file(tmp_path):
    (tmp_path / "grid.png").mkdir()
    with pytest.raises(OSError, match=r"grid\.png"):
        save_image_grid(tmp_path / "grid.png", constant(7))
    assert [entry.name for entry in tmp_path.iterdir()] == ["grid.png"]


def test_a_saved_grid_replaces_an_older_one(tmp_path):
    for value in (1, 2):
        path = save_image_grid(tmp_path / "grid.png", constant(value), padding=0)
    assert np.asarray(Image.open(path))[0, 0] == 2


# ---------------------------------------------------------------------- texts

def ink(grid, top, bottom, left=0, right=None):
    """Whether anything is written on the white of this part."""
    return bool((grid[top:bottom, left:right] < 128).any())


WHITE = np.full((4, 20, 40), 255, np.uint8)  # four white pictures: all ink is text


def test_a_label_stands_under_each_picture():
    grid = image_grid(WHITE, 2, labels=("one", "two", "", "four"))
    assert grid.shape == (2 * (20 + LINE + 2) + 2, 2 * 42 + 2)
    assert not ink(grid, 0, 22)
    assert ink(grid, 22, 22 + LINE, 2, 42)
    assert ink(grid, 22, 22 + LINE, 44, 84)
    below = 2 + 20 + LINE + 2 + 20
    assert not ink(grid, below, below + LINE, 2, 42)
    assert ink(grid, below, below + LINE, 44, 84)


def test_pictures_keep_their_pixels_beside_texts():
    image = np.random.default_rng(0).integers(0, 256, (1, 20, 40, 3), np.uint8)
    grid = image_grid(image, labels=["a"], captions=["b"], row_names=["row"], column_names=["column"])
    left = grid.shape[1] - 2 - 40
    np.testing.assert_array_equal(grid[2 + LINE:22 + LINE, left:left + 40], image[0])


def test_names_of_columns_stand_above_and_those_of_rows_at_the_left():
    grid = image_grid(WHITE, 2, column_names=("a", "b"), row_names=("first", "second"))
    left = grid.shape[1] - 2 * 42
    assert ink(grid, 2, 2 + LINE, left, left + 40)
    assert ink(grid, 2 + LINE, 22 + LINE, 0, left - 2)
    assert not ink(grid, 2 + LINE, 22 + LINE, left)


def test_a_caption_takes_as_many_lines_as_it_needs():
    short, long = (image_grid(WHITE[:2], 2, captions=[text]) for text in ("a bird", "a small bird with a red crown"))
    assert short.shape[0] == 22 + LINE + 2
    assert (long.shape[0] - short.shape[0]) % LINE == 0
    assert long.shape[0] > short.shape[0]
    assert all(ink(long, top, top + LINE) for top in range(22, long.shape[0] - 2, LINE))


def test_a_label_that_is_too_long_is_cut_to_its_picture():
    grid = image_grid(WHITE[:2], 2, labels=("a label without an end", ""))
    assert ink(grid, 22, 22 + LINE, 2, 42)
    assert not ink(grid, 22, 22 + LINE, 43)


def test_letters_are_light_on_a_dark_background():
    grid = image_grid(np.zeros((1, 20, 40), np.uint8), labels=["a"], background=0)
    assert grid[22:].max() > 128


@pytest.mark.parametrize(("name", "texts", "message"), [
    ("labels", ["a"], "`labels` must hold 4 texts"), ("captions", ["a"], "`captions` must hold 2 texts"),
    ("row_names", "abc", "`row_names` must hold 2 texts"), ("column_names", [], "`column_names` must hold 2 texts"),
])
def test_another_number_of_texts_is_refused(name, texts, message):
    with pytest.raises(ConfigError, match=message):
        image_grid(WHITE, 2, **{name: texts})


def test_texts_reach_the_file(tmp_path):
    path = save_image_grid(tmp_path / "a.png", WHITE, 2, labels=("a", "b", "c", "d"), scale=1)
    np.testing.assert_array_equal(np.asarray(Image.open(path)), image_grid(WHITE, 2, labels=("a", "b", "c", "d")))


# ---------------------------------------------------------------------- side by side

def test_pictures_side_by_side_keep_their_pixels():
    first, second = np.full((4, 3), 10, np.uint8), np.full((2, 5), 20, np.uint8)
    joined = side_by_side([first, second], gap=2)
    expected = np.full((4, 10), 255, np.uint8)
    expected[:, :3], expected[:2, 5:] = 10, 20
    np.testing.assert_array_equal(joined, expected)


def test_gray_becomes_colour_beside_colour():
    joined = side_by_side([np.full((1, 1), 10, np.uint8), np.full((1, 1, 3), (1, 2, 3), np.uint8)], gap=0)
    assert joined.tolist() == [[[10, 10, 10], [1, 2, 3]]]


def test_no_picture_is_refused():
    with pytest.raises(DataError, match="no picture"):
        side_by_side([])


def test_a_picture_of_another_format_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="must end in a picture format"):
        save_picture(tmp_path / "a.pdf", WHITE[0])


# ---------------------------------------------------------------------------------------------- opacity


def half_clear(side=16):
    """A red picture whose left half is transparent."""
    image = np.zeros((1, side, side, 4), np.uint8) + np.uint8([255, 0, 0, 255])
    image[:, :, :side // 2] = 0
    return image


def test_a_sheet_lies_over_a_checkerboard_of_eight_pixels_where_pictures_are_transparent():
    grid = image_grid(half_clear(32), padding=0)
    assert grid.shape == (32, 32, 3)
    assert grid[::8, ::8, 0].tolist() == [[204, 153, 255, 255], [153, 204, 255, 255]] * 2
    assert (grid[:, 16:] == (255, 0, 0)).all()


def test_enlarging_does_not_enlarge_the_checkerboard():
    grid = image_grid(half_clear(4), padding=0, scale=8)
    assert grid[0, :16:8, 0].tolist() == [204, 153]


def test_opacity_can_be_kept_with_transparent_gaps():
    grid = image_grid(half_clear(2), padding=1, keep_opacity=True)
    assert grid[1, 1:3].tolist() == [[0, 0, 0, 0], [255, 0, 0, 255]]
    assert (grid[0, :, 3] == 0).all()


def test_texts_on_a_transparent_sheet_are_opaque():
    grid = image_grid(half_clear(64), keep_opacity=True, labels=["name"])
    assert grid[66:, :, 3].max() == 255


def test_pictures_without_opacity_have_none_to_keep():
    assert image_grid(constant(1, channels=3), keep_opacity=True).shape == (5, 5, 3)


@pytest.mark.parametrize("suffix", [suffix for suffix, name in FORMATS.items() if name in WITH_OPACITY])
def test_formats_with_opacity_keep_it(tmp_path, suffix):
    with Image.open(save_picture(tmp_path / f"a{suffix}", half_clear()[0])) as found:
        assert found.mode == "RGBA"
        assert np.array_equal(np.asarray(found)[..., 3], half_clear()[0, ..., 3])


@pytest.mark.parametrize("suffix", [suffix for suffix, name in FORMATS.items() if name not in WITH_OPACITY])
def test_formats_without_opacity_get_white(tmp_path, suffix):
    with Image.open(save_picture(tmp_path / f"a{suffix}", half_clear()[0])) as found:
        pixels = np.asarray(found.convert("RGB")).astype(int)
    assert np.abs(pixels[8, 2] - 255).max() <= 3
    assert np.abs(pixels[8, 13] - (255, 0, 0)).max() <= 3


def test_a_saved_sheet_keeps_opacity_if_it_is_asked_to(tmp_path):
    path = save_image_grid(tmp_path / "a.png", half_clear(), keep_opacity=True)
    with Image.open(path) as found:
        assert found.mode == "RGBA"


def test_pictures_beside_each_other_lie_over_a_checkerboard():
    found = side_by_side([half_clear()[0], np.zeros((4, 4), np.uint8)], gap=1)
    assert found.shape == (16, 21, 3)
    assert found[0, 0].tolist() == [204, 204, 204]
