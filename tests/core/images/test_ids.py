"""Maps of ids: the stored numbers, exactly; and colours that mean ids."""

import io

import numpy as np
import pytest
from PIL import Image

from gan_core.images import ImageError, colors_of, decode_ids

IDS = np.array([[0, 7, 33], [255, 7, 0]], np.uint8)
COLORS = {(0, 0, 0): 0, (128, 64, 128): 7, (70, 70, 70): 11, (1, 2, 3): 300}


def png(picture, form="PNG", **options):
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def painted(ids, colors):
    table = {number: color for color, number in colors.items()}
    return Image.fromarray(np.array([[table[number] for number in row] for row in ids], np.uint8))


def test_grey_levels_are_ids():
    found = decode_ids(png(Image.fromarray(IDS)))
    np.testing.assert_array_equal(found, IDS)
    assert found.dtype == np.uint8


def test_sixteen_bits_stay_sixteen_bits():
    """Eight of them would merge two cars: 26001 and 26002 have the same high byte."""
    wide = np.array([[26001, 26002, 7], [0, 65535, 26001]], np.uint16)
    found = decode_ids(png(Image.fromarray(wide)))
    np.testing.assert_array_equal(found, wide)
    assert found.dtype == np.uint16


def test_the_entries_of_a_palette_count_not_its_colours():
    picture = Image.fromarray(IDS, "P")
    picture.putpalette(np.random.default_rng(0).integers(0, 256, 768, dtype=np.uint8).tobytes())
    np.testing.assert_array_equal(decode_ids(png(picture)), IDS)


def test_one_bit_is_two_ids():
    np.testing.assert_array_equal(decode_ids(png(Image.fromarray(IDS > 7))), IDS > 7)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_mean_the_ids_of_a_table(mode):
    ids = np.array([[7, 0, 11], [300, 7, 7]])
    found = decode_ids(png(painted(ids, COLORS).convert(mode)), colors=COLORS)
    np.testing.assert_array_equal(found, ids)
    assert found.dtype == np.uint16


def test_a_palette_painted_in_the_tables_colours_is_looked_up_too():
    ids = np.array([[7, 0, 11]])
    picture = painted(ids, COLORS).convert("P", palette=Image.Palette.ADAPTIVE)
    np.testing.assert_array_equal(decode_ids(png(picture), colors=COLORS), ids)


def test_a_picture_is_turned_upright_like_its_photo():
    exif = Image.Exif()
    exif[0x0112] = 3
    np.testing.assert_array_equal(decode_ids(png(Image.fromarray(IDS), exif=exif)), IDS[::-1, ::-1])


def test_colours_are_counted_the_most_frequent_first():
    picture = np.asarray(painted([[7, 7, 7], [0, 11, 0]], COLORS))
    assert colors_of(picture) == [((128, 64, 128), 3), ((0, 0, 0), 2), ((70, 70, 70), 1)]


def test_an_unknown_colour_has_its_value_and_place(tmp_path):
    picture = np.array(painted([[7, 0, 0], [0, 0, 11]], COLORS))
    picture[1, 1:] = (9, 8, 7)
    Image.fromarray(picture).save(tmp_path / "mask.png")
    with pytest.raises(ImageError, match=r"mask.png: found the colour \(9, 8, 7\) at row 1, column 1, and 1 more pixels"):
        decode_ids(tmp_path / "mask.png", colors=COLORS)


@pytest.mark.parametrize(("data", "message"), [
    (png(painted([[7, 0]], COLORS)), r"a picture of 2 colours \(\(0, 0, 0\), \(128, 64, 128\)\); expected ids. Say which id"),
    (png(Image.fromarray(np.full((2, 2), 70_000, np.int32)), "TIFF"), "found numbers from 70000 to 70000; expected ids of 0..65535"),
    (png(Image.fromarray(np.zeros((2, 2), np.float32)), "TIFF"), "a picture of the mode F; expected ids"),
    (b"no picture", "expected a JPEG, PNG"),
], ids=["colours", "too wide", "floats", "no picture"])
def test_what_holds_no_ids_is_explained(data, message):
    with pytest.raises(ImageError, match=message):
        decode_ids(data, name="map")
