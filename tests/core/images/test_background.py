"""gan_core.images.background: what lies under transparent pixels, in exact whole numbers."""

from fractions import Fraction

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.images.background import GRAYS, ground, hidden_as_white, over, over_checkerboard, parse_background

LIGHT, DARK = GRAYS
CLEAR = np.zeros((16, 32, 4), np.uint8)


@pytest.mark.parametrize(("background", "color"), [
    ("white", (255, 255, 255)), ("Black", (0, 0, 0)), ("#204060", (32, 64, 96)), ("#FF0a00", (255, 10, 0)), ((1, 2, 3), (1, 2, 3)),
    ("checker", "checker")])
def test_names_and_numbers_are_colours(background, color):
    assert parse_background(background) == color


@pytest.mark.parametrize("background", ["grey", "", "#12345", "#12345g", "204060", (1, 2), (0, 0, 256), (0, 0, 0.5)])
def test_anything_else_is_refused_with_the_choices(background):
    with pytest.raises(ConfigError, match=r"`background` must be white, black, checker or a colour #rrggbb such as #204060. Received: background="):
        parse_background(background)


@pytest.mark.parametrize(("background", "expected"), [("white", [206, 208, 210]), ("black", [2, 4, 6]), ("#0a141e", [10, 20, 30])])
def test_a_fifth_of_opacity_takes_a_fifth_of_the_colour(background, expected):
    assert over(np.array([[[10, 20, 30, 51]]], np.uint8), background).tolist() == [[expected]]


def test_every_level_at_every_opacity_is_rounded_to_the_nearest():
    levels, opacity = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    found = over(np.stack([levels, levels, levels, opacity], -1).astype(np.uint8), (7, 7, 7))[..., 0]
    for level, alpha in ((0, 1), (3, 128), (200, 254), (255, 255), (255, 1), (128, 127)):
        assert abs(Fraction(level * alpha + 7 * (255 - alpha), 255) - int(found[level, alpha])) <= Fraction(1, 2)
    exact = (levels * opacity + 7 * (255 - opacity)) / 255
    assert np.abs(found - exact).max() <= 0.5


def test_what_is_opaque_stays_as_it_is_and_what_is_clear_is_the_ground():
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0]]], np.uint8)
    assert over(pixels, "#010203").tolist() == [[[10, 20, 30], [1, 2, 3]]]


def test_a_checkerboard_has_eight_squares_a_side_whatever_the_size():
    found = over(CLEAR, "checker")[..., 0]
    assert found[:2, :4].tolist() == [[LIGHT] * 4] * 2
    assert found[0, ::4].tolist() == [LIGHT, DARK] * 4
    assert found[::2, 0].tolist() == [LIGHT, DARK] * 4


def test_a_checkerboard_of_few_pixels_alternates():
    assert ground("checker", 2, 3)[..., 0].tolist() == [[LIGHT, DARK, LIGHT], [DARK, LIGHT, DARK]]


def test_each_of_many_pictures_lies_on_a_board_of_its_own():
    both = over(np.stack([CLEAR, CLEAR]), "checker")
    assert np.array_equal(both[0], both[1])


def test_sheets_have_squares_of_eight_pixels():
    found = over_checkerboard(CLEAR)[..., 0]
    assert found[0, 7:9].tolist() == [LIGHT, DARK]
    assert found[7:9, 0].tolist() == [LIGHT, DARK]
    assert found.shape == (16, 32)


def test_a_picture_without_opacity_is_not_laid_over_anything():
    picture = np.zeros((2, 2, 3), np.uint8)
    assert over_checkerboard(picture) is picture


def test_what_is_hidden_becomes_white_and_what_is_seen_stays():
    pixels = np.array([[[1, 2, 3, 0], [1, 2, 3, 1]]], np.uint8)
    assert hidden_as_white(pixels).tolist() == [[[255, 255, 255, 0], [1, 2, 3, 1]]]


@pytest.mark.parametrize("pictures", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 4), np.uint8), np.zeros((2, 2, 4))])
def test_pictures_without_opacity_are_refused(pictures):
    with pytest.raises(DataError, match=r"must be uint8 \(..., height, width, 4\). Received: "):
        over(pictures)
