"""`gan-vision check`: what it prints of sources that are no folders."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images.decode import BLANK
from gan_vision.cli.check import check


def test_a_gray_source_is_reported_as_gray(capsys):
    check(data="digits", size=16, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["fields"] == {"real": "Photo(channels=1)", "label": "ClassLabel"}
    assert (found["smallest"], found["largest"], found["usable"]) == ([16, 16], [16, 16], 1797)
    assert found["classes"]["3"] == 183


def test_a_sheet_of_examples_is_written(tmp_path, capsys):
    check(data="digits", size=16, sheet=tmp_path / "sheet.png")
    assert "1,797 of 1,797 images can be used, 16 x 16 to 16 x 16 pixels, 10 classes" in capsys.readouterr().out
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width == 4 * 66 + 2  # enlarged to 64 pixels, so that the class below can be read


def test_boxes_of_birds_are_checked_in_both_parts(birds, capsys):
    line = birds.change("bounding_boxes.txt", 1, "8 6 0 8")
    (birds.root / "images" / birds.name(9)).write_bytes(b"")
    with pytest.raises(DataError, match=r"2 of 12 images cannot be used.*`--on-bad skip`"):
        check(data=f"cub:{birds.root}", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["usable"], found["smallest"]) == (12, 10, [12, 12])
    assert [reject["reason"].split(".")[0] for reject in found["rejects"]] == [
        "its box (bounding_boxes", "found an empty file (0 bytes); expected a JPEG, PNG, BMP, GIF, WebP or TIFF image"]
    assert f"bounding_boxes.txt, line {line}) must have a height and a width above 0" in found["rejects"][0]["reason"]


@pytest.mark.parametrize("data", ["digits", "folder:photos", "edges:photos", "captions:photos"])
def test_only_sets_with_boxes_can_be_cut_to_them(data):
    with pytest.raises(ConfigError, match=r"`--crop` is for tfds: sets with boxes\. Received: --crop bbox"):
        check(data=data, crop="bbox")


def test_birds_are_shown_as_they_are_cut(birds, tmp_path, capsys):
    check(data=f"cub:{birds.root}", size=16, sheet=tmp_path / "sheet.png")
    assert "12 of 12 images can be used, 12 x 12 to 12 x 12 pixels, 3 classes" in capsys.readouterr().out
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert birds.colour(0) in {color for _, color in sheet.convert("RGB").getcolors(1 << 20)}


def test_a_folder_in_the_home_directory_is_checked(tmp_path, monkeypatch, capsys):
    (tmp_path / "pictures").mkdir()
    Image.fromarray(np.zeros((4, 6), np.uint8)).save(tmp_path / "pictures" / "1.png")
    monkeypatch.setenv("HOME", str(tmp_path))
    check(data="folder:~/pictures")
    assert "1 of 1 images can be used, 4 x 6 to 4 x 6 pixels" in capsys.readouterr().out


def test_a_warning_is_a_plain_line_even_where_a_library_has_set_up_logging(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (4, 4)).save(tmp_path / name / "1.png")
    (tmp_path / "empty").mkdir()
    code = "import logging; logging.basicConfig(); from gan_vision.cli.app import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "check", "--data", f"folder:{tmp_path}"], capture_output=True,
                          text=True, check=True)
    assert done.stderr == f"the class folders empty of {tmp_path} have no images and get no label\n"


def test_tensorflow_is_started_silently_for_tfds(monkeypatch):
    class Started(Exception):
        pass

    def start(**options):
        raise Started

    monkeypatch.setattr("gan_core.run.device.start_tensorflow", start)
    with pytest.raises(Started):
        check(data="tfds:mnist")


@pytest.fixture
def clear(tmp_path):
    """Two pictures with a transparent corner and one without."""
    for number in range(3):
        picture = np.full((8, 8, 4), 255, np.uint8)
        picture[0, 0, 3] = 255 * (number == 0)
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    return tmp_path


def test_pictures_with_transparent_parts_are_counted_and_the_choices_named(clear, capsys):
    check(data=f"folder:{clear}")
    assert ("2 of 3 have transparent parts: they are laid over white; --background takes another ground, --channels 4 "
            "keeps them") in capsys.readouterr().out.replace("\n", " ")


def test_json_says_how_many_are_transparent_and_what_training_sees(clear, capsys):
    check(data=f"folder:{clear}", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["transparent"] == 2
    assert found["fields"] == {"real": "Photo(channels=3)"}


def test_of_captioned_pictures_too(clear, capsys):
    (clear / "captions.csv").write_text("file,caption\n" + "".join(f"{number}.png,a square\n" for number in range(3)))
    check(data=f"captions:{clear}", as_json=True)
    assert json.loads(capsys.readouterr().out)["transparent"] == 2


def test_pictures_without_opacity_say_nothing_of_it(tmp_path, capsys):
    Image.new("RGB", (4, 4)).save(tmp_path / "1.png")
    check(data=f"folder:{tmp_path}")
    assert "transparent" not in capsys.readouterr().out


def test_an_array_keeps_its_opacity_unless_asked_otherwise(tmp_path, capsys):
    np.save(tmp_path / "a.npy", np.full((2, 4, 4, 4), 9, np.uint8))
    check(data=f"npy:{tmp_path / 'a.npy'}", size=4)
    assert "2 of 2 have transparent parts: they are kept; --channels 3 lays them over white" in capsys.readouterr().out


def test_a_picture_of_which_nothing_is_visible_is_a_reject(clear, capsys):
    Image.new("RGBA", (8, 8)).save(clear / "blank.png")
    with pytest.raises(DataError, match="1 of 4 images cannot be used"):
        check(data=f"folder:{clear}", as_json=True)
    (reject,) = json.loads(capsys.readouterr().out)["rejects"]
    assert reject == {"path": str(clear / "blank.png"), "reason": BLANK}
