import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gan_core.cli.forensics import forensics
from gan_core.errors import DataError


@pytest.fixture
def sources(digits_like, sigmoid_fakes, tmp_path):
    """A folder of pictures against signed floats, as a generator with tanh puts them out."""
    folder = tmp_path / "real"
    folder.mkdir()
    for number, image in enumerate(digits_like[:30]):
        Image.fromarray((image * 256).astype(np.uint8)).save(folder / f"{number}.png")
    np.save(tmp_path / "fake.npy", (sigmoid_fakes[:30, ..., None] * 2 - 1).astype(np.float32))
    return str(folder), str(tmp_path / "fake.npy"), tmp_path


def test_a_folder_against_an_array_prints_a_table_and_writes_the_report(sources, capsys):
    real, fake, folder = sources
    forensics(real, fake, out=str(folder / "out"), repeats=10)
    printed = capsys.readouterr().out
    assert "distance D" in printed
    assert "exactly black, real" in printed
    assert str(folder / "out" / "report.html") in printed.replace("\n", "")
    assert (folder / "out" / "report.json").exists()


def test_json_is_all_that_is_printed_on_request(sources, capsys):
    real, fake, folder = sources
    forensics(real, fake, out=str(folder / "out"), repeats=10, json=True)
    content = json.loads(capsys.readouterr().out)
    assert content["raw"]["ks"]["statistic"] > 0.75
    assert content["settings"]["images_in_source"] == [30, 30]
    assert content == json.loads((folder / "out" / "report.json").read_text())


def test_quantise_0_leaves_the_rounded_view_out(sources, capsys):
    real, fake, folder = sources
    forensics(real, fake, out=str(folder / "out"), repeats=10, quantise=0, json=True)
    assert json.loads(capsys.readouterr().out)["quantised"] is None


def test_count_draws_fewer_images(sources, capsys):
    real, fake, folder = sources
    forensics(real, fake, out=str(folder / "out"), repeats=10, count=12, json=True)
    assert json.loads(capsys.readouterr().out)["settings"]["images"] == [12, 12]


def test_quiet_prints_the_path_of_the_page(sources, capsys):
    real, fake, folder = sources
    forensics(real, fake, out=str(folder / "out"), repeats=10, quiet=True)
    assert capsys.readouterr().out.strip() == str(folder / "out" / "report.html")


def test_unequal_sizes_name_both_sources(sources):
    real, _, folder = sources
    np.save(folder / "small.npy", np.zeros((5, 8, 8, 1), np.uint8))
    with pytest.raises(DataError, match=r"one shape.*real \(28, 28, 1\).*small.npy \(8, 8, 1\).*`resize`"):
        forensics(real, str(folder / "small.npy"), out=str(folder / "out"))
    assert not (folder / "out").exists()


def test_one_image_is_too_few(sources):
    real, _, folder = sources
    np.save(folder / "one.npy", np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(DataError, match=r"FAKE needs at least two images\. Found: 1"):
        forensics(real, str(folder / "one.npy"), out=str(folder / "out"))


def test_the_analysis_needs_neither_tensorflow_nor_scipy_and_importing_it_no_matplotlib():
    code = ("import sys, numpy; import gan_core.forensics as f; assert 'matplotlib' not in sys.modules;"
            "f.compare_pixels(numpy.zeros((3,8,8)), numpy.ones((3,8,8)), repeats=10); assert callable(f.centroid);"
            "print([m for m in ('tensorflow', 'keras', 'scipy', 'PIL') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_pictures_with_opacity_are_refused_with_the_remedy(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 8, 8, 4), np.uint8))
    with pytest.raises(DataError, match=r"a.npy: forensics compares pixels of gray or RGB. Found: 4 channels.*over one colour"):
        forensics(str(tmp_path / "a.npy"), str(tmp_path / "a.npy"), out=str(tmp_path / "out"))
