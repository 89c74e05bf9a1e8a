"""gan_vision.data.made_pairs: what is taken from a picture, on small files."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data.made_pairs import load_made_pairs

NOISE = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    """One picture of noise, and one of a red square on a transparent background."""
    Image.fromarray(NOISE).save(tmp_path / "noise.png")
    square = np.zeros((16, 24, 4), np.uint8)
    square[..., 2] = 200  # what is under the transparency
    square[4:12, 8:16] = (250, 0, 0, 255)
    square[4, 8, 3] = 51
    Image.fromarray(square).save(tmp_path / "square.png")
    return tmp_path


def pair(folder, name, **options):
    """Source and real of one picture, in memory and on demand alike."""
    for path in folder.iterdir():
        if path.name != name:
            path.unlink()
    found, again = (load_made_pairs(folder, size=(16, 24), memory_limit=limit, **options).gather([0]) for limit in (None, 0))
    for field in ("source", "real"):
        np.testing.assert_array_equal(found[field], again[field])
    return found["source"][0], found["real"][0]


def test_gray_is_the_luminance(folder):
    source, real = pair(folder, "noise.png", kind="gray")
    np.testing.assert_array_equal(real, NOISE)
    np.testing.assert_allclose(source[..., 0], NOISE @ [0.299, 0.587, 0.114], atol=1)


@pytest.mark.parametrize("factor", [2, 4])
def test_small_is_shrunk_and_enlarged(folder, factor):
    source, real = pair(folder, "noise.png", kind="small", factor=factor)
    small = Image.fromarray(NOISE).resize((24 // factor, 16 // factor), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(source, np.asarray(small.resize((24, 16), Image.Resampling.BICUBIC)))
    np.testing.assert_array_equal(real, NOISE)


def test_a_hole_is_the_grey_middle_of_half_the_sides(folder):
    source, real = pair(folder, "noise.png", kind="hole")
    inside = np.zeros((16, 24), bool)
    inside[4:12, 6:18] = True
    assert (source[inside] == 128).all()
    np.testing.assert_array_equal(source[~inside], NOISE[~inside])
    np.testing.assert_array_equal(real, NOISE)


def test_a_silhouette_is_black_where_the_picture_is_opaque(folder):
    source, real = pair(folder, "square.png", kind="silhouette")
    expected = np.full((16, 24), 255)
    expected[4:12, 8:16] = 0
    expected[4, 8] = 204
    np.testing.assert_array_equal(source[..., 0], expected)
    assert real[0, 0].tolist() == [255, 255, 255]  # over white
    assert real[8, 12].tolist() == [250, 0, 0]


@pytest.mark.parametrize("fit", ["center_crop", "stretch", "pad"])
def test_a_silhouette_is_cut_and_resized_like_its_picture(folder, fit):
    """Its file is read a second time: the object must stay where it is in the picture."""
    (folder / "noise.png").unlink()
    found = load_made_pairs(folder, kind="silhouette", size=32, fit=fit).gather([0])
    dark, red = found["source"][0, ..., 0] < 128, found["real"][0, ..., 1] < 128
    assert dark.sum() > 100
    assert (dark ^ red).sum() < 5


@pytest.mark.parametrize(("kind", "channels", "expected"), [
    ("gray", 3, (1, 3)), ("silhouette", 3, (1, 3)), ("small", 3, (3, 3)), ("hole", 1, (1, 1))])
def test_the_channels_of_both_sides(folder, kind, channels, expected):
    if kind == "silhouette":
        (folder / "noise.png").unlink()
    found = load_made_pairs(folder, kind=kind, size=16, channels=channels).gather([0])
    assert (found["source"].shape[-1], found["real"].shape[-1]) == expected


def test_a_part_is_held_out(folder):
    for number in range(8):
        Image.fromarray(NOISE).save(folder / f"{number}.png")
    train, validation = load_made_pairs(folder, kind="gray", size=8).split(0.2)
    assert (len(train), len(validation)) == (8, 2)


def test_a_picture_without_transparency_has_no_silhouette(folder):
    with pytest.raises(DataError, match=r"(?s)1 of 2 images of silhouette.*noise.png: found no transparency; expected an object"):
        load_made_pairs(folder, kind="silhouette", size=16)


@pytest.mark.parametrize(("options", "message"), [
    ({"kind": "grey"}, "unknown kind. Received: 'grey'. Did you mean 'gray'"),
    ({"kind": "small", "factor": 3}, "`factor` must be 2 or 4 and divide both sides. Received: factor=3"),
    ({"kind": "small", "size": (16, 18)}, r"divide both sides. Received: factor=4, size=\(16, 18\)"),
    ({"fit": "crop"}, "unknown fit"),
    ({"on_bad": "ignore"}, "unknown on_bad"),
    ({"channels": 2}, "`channels` must be"),
])
def test_an_unknown_option_is_explained(folder, options, message):
    with pytest.raises(ConfigError, match=message):
        load_made_pairs(folder, **{"kind": "gray", "size": 16, **options})
