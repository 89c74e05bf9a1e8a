"""The Python in the READMEs runs as printed, but for the number of steps and the folders it needs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
READMES = ["README.md", *(f"packages/gan-{package}/README.md" for package in ("core", "vision", "audio", "text"))]
# A printed number of steps -> a number that tests wait for.
SHORTER = [(r"steps=\d+", "steps=1"), (r"steps_per_epoch=\d+, epochs=\d+", "steps_per_epoch=1, epochs=1"),
           (r"noise\(kind, 60", "noise(kind, 1"), ("generate\\(1000", "generate(10")]


def python_blocks(readme: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with what the READMEs take for granted: pictures, pairs of sound, a noisy recording."""
    import soundfile
    from PIL import Image

    draw = np.random.default_rng(0)
    for number in range(80):
        path = tmp_path / "MY_PICTURES" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(draw.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(path)
    for number in range(4):
        clean = draw.normal(0, 0.1, 60_000)
        for side, sound in (("clean", clean), ("noisy", clean + draw.normal(0, 0.05, 60_000))):
            path = tmp_path / "MIXED" / side / f"s{number}_1.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, sound, 16_000)
    (tmp_path / "RECORDINGS").mkdir()
    for path in (tmp_path / "noisy.wav", tmp_path / "RECORDINGS/noisy.wav"):
        soundfile.write(path, draw.normal(0, 0.1, (5000, 2)), 22_050)
    for part in ("train", "test"):
        (tmp_path / "noise" / part).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tensorflow.config.experimental.enable_op_determinism", lambda: None)  # for other tests' sake
    return tmp_path


def test_every_readme_shows_python():
    assert all(python_blocks(readme) for readme in READMES)


@pytest.mark.parametrize("readme", ["README.md", *(f"packages/gan-{package}/README.md" for package in ("vision", "audio", "text"))])
def test_the_two_calls_come_first(readme):
    first = python_blocks(readme)[0]
    assert re.search(r"= gan_\w+\.train\(", first)
    assert re.search(r"= gan_\w+\.open_run\(", first)


@pytest.mark.slow
@pytest.mark.parametrize("readme", READMES)
@pytest.mark.filterwarnings("ignore")  # of recordings at another rate, which the example means
def test_the_python_of_a_readme_runs(readme, place):
    names: dict = {}
    for block in python_blocks(readme):
        for printed, short in SHORTER:
            block = re.sub(printed, short, block)
        exec(compile(block, readme, "exec"), names)
    if readme == "README.md":
        assert names["images"].shape == (16, 16, 16, 1)
    if "audio" in readme:
        assert names["enhanced"].shape == names["noisy"].shape == (5000, 2)
