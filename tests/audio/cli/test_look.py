"""`gan-audio look`: measurements and a picture of recordings of any rate and length."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from gan_audio.cli.look import look
from gan_audio.errors import AudioConfigError, AudioReadError


def tone(path, rate, seconds=1.0, channels=1, hertz=500):
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    soundfile.write(path, np.stack([wave] * channels, axis=1), rate)
    return path


@pytest.mark.parametrize("scale", ["mel", "linear"])
def test_recordings_of_different_rates_lengths_and_channels_share_a_picture(tmp_path, scale, capsys):
    files = (tone(tmp_path / "a.wav", 16_000), tone(tmp_path / "b.flac", 44_100, 2.5, channels=2))
    look(files, out=tmp_path / "both.png", scale=scale)
    with Image.open(tmp_path / "both.png") as picture:
        assert picture.mode == "RGB"
        assert np.asarray(picture).std() > 1
    printed = capsys.readouterr().out
    assert "a.wav" in printed
    assert "44100" in printed


def test_json_holds_the_measurements_per_file(tmp_path, capsys):
    path = tone(tmp_path / "a.wav", 16_000)
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
    look((path, tmp_path / "silent.wav"), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found[str(path)]["centroid"] == pytest.approx(500, rel=0.02)
    assert found[str(path)]["sample_rate"] == 16_000
    assert found[str(tmp_path / "silent.wav")]["centroid"] is None


def test_a_part_can_be_chosen(tmp_path, capsys):
    wave = np.concatenate([np.zeros(16_000), 0.5 * np.ones(16_000)])
    soundfile.write(tmp_path / "a.wav", wave, 16_000)
    look((tmp_path / "a.wav",), start=0.5, seconds=0.25, as_json=True)
    (found,) = json.loads(capsys.readouterr().out).values()
    assert (found["seconds"], found["peak"]) == (0.25, -200.0)


@pytest.mark.parametrize(("options", "message"), [
    ({"start": 5.0}, r"must begin within the recording's 1.00 s.*start=5"),
    ({"start": -1.0}, "start=-1"),
    ({"seconds": 0.0}, "seconds=0"),
    ({"out": "picture.txt"}, r"must end in \.png"),
    ({"out": "nowhere/picture.png"}, "there is no folder"),
    ({"out": "there.png"}, "exists already"),
])
def test_wrong_options_say_what_is_right(tmp_path, options, message):
    (tmp_path / "there.png").touch()
    if "out" in options:
        options = {"out": tmp_path / options["out"]}
    with pytest.raises(AudioConfigError, match=message):
        look((tone(tmp_path / "a.wav", 16_000),), **options)


def test_what_is_no_sound_is_named(tmp_path):
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(AudioReadError, match=r"text\.wav"):
        look((tmp_path / "text.wav",))


def test_brackets_in_names_are_no_markup(tmp_path, capsys):
    look((tone(tmp_path / "a[/bold]b.wav".replace("/", "_"), 16_000), tone(tmp_path / "x[red].wav", 16_000)))
    assert "x[red].wav" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize("options", [{"start": float("nan")}, {"seconds": float("inf")}])
def test_times_must_be_finite(tmp_path, options):
    with pytest.raises(AudioConfigError, match="must be finite"):
        look((tone(tmp_path / "a.wav", 16_000),), **options)
