"""Animations as GIF."""

import numpy as np
import pytest
from PIL import Image, ImageSequence

from gan_core.errors import ConfigError
from gan_vision.explore.animation import save_animation

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 8, 12, 3)).astype(np.uint8)


def read(path):
    with Image.open(path) as picture:
        return picture.info, [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]


def test_frames_of_few_colours_come_back_exactly_whatever_their_palettes(tmp_path):
    _, found = read(save_animation(tmp_path / "a.gif", FRAMES))
    np.testing.assert_array_equal(found, FRAMES)  # 96 pixels have at most 96 colours


def test_gray_frames_come_back_exactly(tmp_path):
    gray = np.arange(3 * 256, dtype=np.uint8).reshape(3, 16, 16, 1) + np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1)
    _, found = read(save_animation(tmp_path / "a.gif", gray))
    np.testing.assert_array_equal(found, gray.repeat(3, axis=-1))


def test_every_pixel_becomes_a_square(tmp_path):
    _, found = read(save_animation(tmp_path / "a.gif", FRAMES, scale=3))
    np.testing.assert_array_equal(found, FRAMES.repeat(3, axis=1).repeat(3, axis=2))


@pytest.mark.parametrize(("fps", "milliseconds"), [(12, 80), (10, 100), (50, 20), (0.5, 2000)])
def test_it_runs_for_ever_at_its_rate(tmp_path, fps, milliseconds):
    info, _ = read(save_animation(tmp_path / "a.gif", FRAMES, fps=fps))
    assert (info["loop"], info["duration"]) == (0, milliseconds)


def test_the_same_frames_give_the_same_bytes(tmp_path):
    assert save_animation(tmp_path / "a.gif", FRAMES).read_bytes() == save_animation(tmp_path / "b.gif", FRAMES).read_bytes()


@pytest.mark.parametrize(("name", "fps", "message"), [
    ("a.png", 12, "must end in a picture format. Received: .*a.png.*Use .gif"),
    ("a.gif", 0, "`fps` must be above 0 and at most 50. Received: fps=0"),
    ("a.gif", 51, "`fps` must be above 0 and at most 50. Received: fps=51"),
    ("a.gif", float("nan"), "`fps` must be above 0 and at most 50. Received: fps=nan")])
def test_mistakes_are_refused(tmp_path, name, fps, message):
    with pytest.raises(ConfigError, match=message):
        save_animation(tmp_path / name, FRAMES, fps=fps)


def test_frames_with_opacity_lie_over_a_checkerboard(tmp_path):
    frames = np.zeros((2, 8, 16, 4), np.uint8)
    frames[1] = (255, 0, 0, 255)
    _, found = read(save_animation(tmp_path / "a.gif", frames))
    assert found[0][0, ::8, 0].tolist() == [204, 153]
    assert (found[1] == (255, 0, 0)).all()
