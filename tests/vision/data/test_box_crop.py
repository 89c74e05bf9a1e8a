"""gan_vision.data.box_crop: windows around boxes, computed by hand."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.images.decode import ImageError
from gan_vision.data.box_crop import box_fault, check_square, crop_window, cut_to_box, resizing

WINDOWS = {
    # 20 x 40 around (50, 100): side 1.25 x 40 = 50
    "in the middle": ((40, 80, 60, 120), (100, 200), (25, 75, 50, 50), (25, 75, 50, 50)),
    # centre (10, 20), side 50, but 20 rows reach from the upper edge to its mirror image, and 40 columns
    "in a corner": ((0, 0, 20, 40), (100, 200), (0, 0, 20, 40), (0, 10, 20, 20)),
    # centre (90, 180): 2 x (100 - 90) = 20 rows and 2 x (200 - 180) = 40 columns
    "in the opposite corner": ((80, 160, 100, 200), (100, 200), (80, 160, 20, 40), (80, 170, 20, 20)),
    # centre (50, 100), side 252.5: the whole picture
    "larger than the picture": ((-1, -1, 101, 201), (100, 200), (0, 0, 100, 200), (0, 50, 100, 100)),
    # centre 10.5, side 1.25: from round(9.875), round(1.25) pixels
    "a pixel": ((10, 10, 11, 11), (100, 200), (10, 10, 1, 1), (10, 10, 1, 1)),
    # side 0.125 would be rounded to 0
    "less than a pixel": ((10, 10, 10.1, 10.1), (100, 200), (10, 10, 1, 1), (10, 10, 1, 1)),
    # at the last row: from round(98.95 - 0.0625) = 99 on
    "less than a pixel at the border": ((98.9, 10, 99, 10.1), (100, 200), (99, 10, 1, 1), (99, 10, 1, 1)),
    # side 2.5 around 11: from 9.75; 2.5 is rounded to 2, the even number
    "half a pixel in length": ((10, 10, 12, 12), (100, 200), (10, 10, 2, 2), (10, 10, 2, 2)),
    # side 5 around 13: from 10.5, rounded to 10, the even number
    "half a pixel at the begin": ((11, 11, 15, 15), (100, 200), (10, 10, 5, 5), (10, 10, 5, 5)),
    # 21 rows, centre 16.25, 9.5 rows from 11.5 on: 10 from 12 would reach to 22; side 10 around column 14
    "cut after rounding": ((12.25, 10, 20.25, 18), (21, 100), (12, 9, 9, 10), (12, 9, 9, 9)),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_a_window_is_what_was_computed_by_hand(case):
    box, sides, stretched, shrunk = WINDOWS[case]
    assert crop_window(box, sides) == stretched
    assert crop_window(box, sides, square="shrink") == shrunk


@pytest.mark.parametrize("seed", range(3))
def test_every_window_lies_in_its_picture_and_a_shrunk_one_is_square(seed):
    draw = np.random.default_rng(seed)
    for _ in range(300):
        rows, columns = draw.integers(1, 60, 2)
        (y0, y1), (x0, x1) = (np.sort(draw.uniform(-1, limit + 1, 2)) for limit in (rows, columns))
        box = (y0, x0, y1 + 1e-3, x1 + 1e-3)
        for square in ("stretch", "shrink"):
            top, left, height, width = crop_window(box, (rows, columns), square=square)
            assert 0 <= top < top + height <= rows
            assert 0 <= left < left + width <= columns
        assert height == width


def test_the_window_takes_whole_numbers_of_any_kind():
    assert crop_window(np.array([40, 80, 60, 120], np.float32), (np.int64(100), np.int64(200))) == (25, 75, 50, 50)


FAULTS = {
    "no height": ((5, 5, 5, 9), "must have a height and a width above 0. Found: rows 5 to 5, columns 5 to 9"),
    "no width": ((5, 9, 7, 9), "must have a height and a width above 0"),
    "upside down": ((7, 5, 5, 9), "must have a height and a width above 0"),
    "not a number": ((float("nan"), 5, 7, 9), "must have a height and a width above 0. Found: rows nan to 7"),
    "endless": ((5, 5, float("inf"), 9), "must have a height and a width above 0"),
    "wholly outside": ((5, 31, 7, 34), "Found: rows 5 to 7, columns 31 to 34: wholly outside"),
    "wholly outside by less than a pixel": ((20.2, 5, 20.9, 9), "wholly outside"),
    "out at the left": ((5, -1.5, 7, 9), "must lie inside of its picture of 20 rows and 30 columns. Found: rows 5 to 7, columns -1.5 to 9: partly outside"),
    "out at the bottom": ((5, 5, 21.1, 9), "partly outside"),
    "out at the right": ((5, 5, 7, 31.1), "partly outside"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_box_that_is_no_part_of_its_picture_is_said_why(case):
    box, reason = FAULTS[case]
    assert reason in box_fault(box, (20, 30))


@pytest.mark.parametrize("box", [(0, 0, 20, 30), (-1, -1, 21, 31), (3.5, 4, 3.6, 5)])
def test_a_box_may_reach_over_the_edge_by_a_pixel(box):
    assert box_fault(box, (20, 30)) is None


def test_what_is_cut_out_are_the_pixels_of_the_window():
    image = np.arange(24 * 30 * 3, dtype=np.uint8).reshape(24, 30, 3)
    assert np.array_equal(cut_to_box(image, (6, 8, 14, 18), square="stretch", name="a.png"), image[4:16, 7:19])


def test_an_error_names_the_picture_and_the_box():
    with pytest.raises(ImageError, match=r"a\.png: its box \(list, line 3\) must have a height .*Correct the box, or remove the picture"):
        cut_to_box(np.zeros((4, 4, 3), np.uint8), (1, 1, 1, 2), square="stretch", name="a.png", origin="its box (list, line 3)")


@pytest.mark.parametrize(("square", "crop", "message"), [
    ("shrnk", "bbox", "unknown square. Received: 'shrnk'. Did you mean 'shrink'"),
    ("shrink", None, "`square` says how a crop to a box becomes square. Received: square='shrink' with crop=None"),
    ("shrink", 128, "with crop=128. Add crop='bbox'"),
])
def test_a_square_without_effect_is_refused(square, crop, message):
    with pytest.raises(ConfigError, match=message):
        check_square(square, crop)


def test_crops_to_boxes_are_averaged_and_stretched_where_they_may_be_no_squares():
    found = [tuple(resizing("pad", crop, square).values()) for crop, square in (
        ("bbox", "stretch"), ("bbox", "shrink"), (None, "stretch"), (128, "stretch"))]
    assert found == [("stretch", "area"), ("pad", "area"), ("pad", "bicubic"), ("pad", "bicubic")]
