"""`gan-vision check`: what it prints of sources that are no folders."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

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
