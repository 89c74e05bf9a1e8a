"""Places, files and the JSON beside them, without a run."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError
from gan_vision.explore.exploration import PICTURES, check_out, command, joined, pictures_of, sheet, write_exploration

FRAMES = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 1)).astype(np.uint8)
RUN = SimpleNamespace(folder=SimpleNamespace(path=Path("runs/00000-dcgan")), step=10)


class TestWriting:
    def test_the_json_lies_beside_and_says_how_to_repeat_it(self, tmp_path):
        out, beside = write_exploration(tmp_path / "a.png", sheet(FRAMES, 3), {"seeds": [1]}, repeat=["gan-vision", "x y"])
        assert (out, beside) == (tmp_path / "a.png", tmp_path / "a.json")
        assert json.loads(beside.read_text()) == {"seeds": [1], "out": str(out), "repeat": "gan-vision 'x y'"}

    def test_arrays_and_paths_can_be_told(self, tmp_path):
        about = {"values": np.array([1.5, 2]), "number": np.float32(0.5), "path": Path("x")}
        _, beside = write_exploration(tmp_path / "a.png", sheet(FRAMES, 3), about, repeat=[])
        found = json.loads(beside.read_text())
        assert (found["values"], found["number"], found["path"]) == ([1.5, 2.0], 0.5, "x")

    def test_frames_become_numbered_pictures_of_64_pixels_in_a_folder(self, tmp_path):
        out, beside = write_exploration(tmp_path / "walk", FRAMES, {}, repeat=[])
        assert beside == tmp_path / "walk.json"
        assert sorted(path.name for path in out.iterdir()) == ["0000.png", "0001.png", "0002.png"]
        np.testing.assert_array_equal(np.asarray(Image.open(out / "0002.png"))[::8, ::8], FRAMES[2, ..., 0])

    def test_frames_become_an_animation_of_64_pixels(self, tmp_path):
        out, _ = write_exploration(tmp_path / "walk.gif", FRAMES, {}, repeat=[], fps=10)
        with Image.open(out) as picture:
            assert (picture.n_frames, picture.size, picture.info["duration"]) == (3, (64, 64), 100)

    def test_frames_become_an_array_as_they_are(self, tmp_path):
        out, _ = write_exploration(tmp_path / "walk.npy", FRAMES, {}, repeat=[])
        np.testing.assert_array_equal(np.load(out), FRAMES)

    def test_frames_of_a_longer_walk_are_left_alone(self, tmp_path):
        write_exploration(tmp_path / "walk", FRAMES, {}, repeat=[])
        write_exploration(tmp_path / "walk", FRAMES, {}, repeat=[])  # the same again
        with pytest.raises(ConfigError, match=r"a folder of 2 frames must hold nothing else. .*which holds 0002.png"):
            write_exploration(tmp_path / "walk", FRAMES[:2], {}, repeat=[])


class TestPlace:
    @pytest.mark.parametrize("name", ["a.png", "A.PNG", "a.jpg", "a.npy"])
    def test_pictures_and_arrays_are_usual(self, tmp_path, name):
        assert check_out(tmp_path / name, "grid") == tmp_path / name

    def test_a_new_folder_can_hold_frames(self, tmp_path):
        assert check_out(tmp_path / "new", "interpolate", frames=3) == tmp_path / "new"

    @pytest.mark.parametrize(("name", "options", "message"), [
        ("a.gif", {}, "`grid` writes no animation. Received: out='.*a.gif'. Use .png, or `interpolate`"),
        ("a.h5", {}, r"`--out` must end in one of \.png, .*\.npy. Received: out='.*a.h5'"),
        ("a", {}, r"`--out` must end in one of .*\.npy. Received"),
        ("a.h5", {"frames": 3}, "or be a folder, which has no ending"),
        ("file", {"frames": 3}, "`--out` must be a folder, or end in one of .*, which is a file"),
        ("full", {"frames": 3}, "a folder of 3 frames must hold nothing else. Received: .*full, which holds x.txt"),
        ("folder.png", {}, "`--out` must be a file. Received: .*folder.png, which is a folder")])
    def test_others_are_refused(self, tmp_path, name, options, message):
        (tmp_path / "file").touch()
        (tmp_path / "folder.png").mkdir()
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "x.txt").touch()
        with pytest.raises(ConfigError, match=message):
            check_out(tmp_path / name, "grid", **options)

    def test_a_gif_is_no_picture(self):
        assert ".gif" not in PICTURES


def test_a_command_holds_what_was_chosen():
    options = {"seeds": [1, 2], "label": ("a b", "c"), "text": (), "frames": 8, "fps": None, "raw": False, "no_closed": True}
    assert command("interpolate", RUN, options) == [
        "gan-vision", "interpolate", "runs/00000-dcgan", "--seeds=1,2", "--label=a b", "--label=c", "--frames=8",
        "--no-closed"]


def test_pictures_are_made_in_batches():
    lengths = []

    def images_of(inputs, raw):
        lengths.append(len(inputs["latent"]))
        return np.repeat(inputs["latent"].astype(np.uint8)[:, None, None], 3, axis=3)

    latents = np.arange(130).reshape(130, 1)
    made = pictures_of(SimpleNamespace(images_of=images_of, step=1), {"latent": latents})
    assert lengths == [64, 64, 2]
    np.testing.assert_array_equal(made[:, 0, 0, 0], np.arange(130))


def test_inputs_are_joined_by_name():
    assert joined([{"label": np.array([1])}, {"label": np.array([2, 3])}])["label"].tolist() == [1, 2, 3]
