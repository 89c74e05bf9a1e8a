"""`gan-vision augment-preview`: a sheet of augmented pictures, and its JSON."""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """The process has TensorFlow already."""
    monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")


def test_the_sheet_has_the_pictures_and_a_row_for_each_probability(tmp_path, capsys):
    out = tmp_path / "a.png"
    assert call("augment-preview", "--data", "digits", "--preset", "geom", "--preset", "diffaugment", "-n", "5", "--size",
                "16", "--out", out, "--quiet") == 0
    with Image.open(out) as picture:
        assert picture.height == 5 * 66 + 2
        assert picture.width > 5 * 66 + 2
    assert f"5 pictures in 5 rows -> {out}" in capsys.readouterr().out
    rows = json.loads((tmp_path / "a.json").read_text())["rows"]
    assert [(row["preset"], row["p"]) for row in rows] == [(None, None), ("geom", 0.2), ("geom", 0.5), ("geom", 0.8),
                                                           ("diffaugment", None)]


def test_what_is_clipped_is_said(tmp_path, capsys):
    assert call("augment-preview", "--data", "digits", "--preset", "noise", "--size", "8", "--out", tmp_path / "a.png",
                "--quiet") == 0
    assert "values beyond black and white are clipped in the picture alone: " in (printed := capsys.readouterr().out)
    assert "of them in the row 'noise  p 0.8', less in others" in printed


def test_the_command_in_the_json_makes_the_same_bytes(tmp_path):
    out = tmp_path / "a.png"
    assert call("augment-preview", "--data", "digits", "--preset", "paper", "--seed", "3", "--size", "8", "--out", out,
                "--quiet") == 0
    before = [out.read_bytes(), (tmp_path / "a.json").read_bytes()]
    out.unlink()
    assert call(*shlex.split(json.loads((tmp_path / "a.json").read_text())["repeat"])[1:]) == 0
    assert [out.read_bytes(), (tmp_path / "a.json").read_bytes()] == before


def test_it_shows_captioned_pictures_too(tmp_path):
    assert call("augment-preview", "--data", "shapes:10", "--preset", "blit", "--out", tmp_path / "a.png", "--quiet") == 0
    assert np.asarray(Image.open(tmp_path / "a.png")).shape[0] == 4 * 66 + 2


@pytest.mark.parametrize(("words", "code", "message"), [
    (["--data", "digits", "--preset", "papr"], 2, "unknown `preset`. Received: 'papr'. Did you mean 'paper'? Known: bg, bgc,"),
    (["--data", "digits", "-n", "0"], 2, "`--count` must be at least 1. Received: count=0."),
    (["--data", "digits", "--out", "a.npy"], 2, "`--out` must end in one of .png"),
    (["--data", "edges:there"], 2, "unknown data source. Received: 'edges:there'."),
    (["--data", "folder:absent"], 3, "no such folder")])
def test_mistakes_are_refused(tmp_path, monkeypatch, capsys, words, code, message):
    monkeypatch.chdir(tmp_path)
    assert call("augment-preview", *words) == code
    assert message in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []
