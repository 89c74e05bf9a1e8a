import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import RunError
from gan_core.forensics import plots
from gan_core.forensics.forensics_report import write_report
from gan_core.forensics.pixel_comparison import compare_pixels


@pytest.fixture(scope="module")
def comparison(digits_like, sigmoid_fakes):
    return compare_pixels(digits_like[:40] * 256 / 255, sigmoid_fakes[:40], repeats=10, names=("real", "<fake> & co"))


@pytest.fixture(scope="module")
def report(comparison, tmp_path_factory):
    return write_report(comparison, tmp_path_factory.mktemp("run") / "new" / "forensics")


def test_both_files_are_written_and_nothing_else(report):
    assert sorted(path.name for path in report[0].parent.iterdir()) == ["report.html", "report.json"]


def test_the_page_needs_nothing_from_outside(report):
    page = report[0].read_text(encoding="utf-8")
    assert set(re.findall(r'src="([^,]{0,30})', page)) == {"data:image/png;base64"}
    without_pictures = re.sub(r'base64,[^"]*"', '"', page)
    assert not re.search(r"https?:|//[a-z]|<link|<script|href|@import|url\(", without_pictures)


def test_all_pictures_of_the_page_decode(report):
    pictures = re.findall(r'base64,([^"]+)"', report[0].read_text(encoding="utf-8"))
    assert len(pictures) == 9
    for picture in pictures:
        assert min(Image.open(io.BytesIO(base64.b64decode(picture))).size) > 100


def test_names_are_escaped(report):
    page = report[0].read_text(encoding="utf-8")
    assert "&lt;fake&gt; &amp; co" in page
    assert "<fake>" not in page


def test_the_page_shows_raw_and_rounded_distance(report, comparison):
    page = report[0].read_text(encoding="utf-8")
    assert f"{comparison.raw.ks.statistic:.6f}" in page
    assert f"{comparison.quantised.ks.statistic:.6f}" in page


def test_the_json_holds_the_same_numbers(report, comparison):
    content = json.loads(report[1].read_text(encoding="utf-8"))
    assert content["format"] == "gan-core forensics 1"
    assert content["quantised"]["jsd"] == comparison.quantised.jsd


def test_a_report_without_rounding_has_fewer_pictures(digits_like, tmp_path):
    page, _ = write_report(compare_pixels(digits_like[:9], digits_like[9:20], quantise=None, repeats=10), tmp_path)
    assert len(re.findall("base64,", page.read_text(encoding="utf-8"))) == 7


def test_an_earlier_report_is_replaced(comparison, tmp_path):
    (tmp_path / "report.json").write_text("old")
    write_report(comparison, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())


def test_a_file_in_the_place_of_the_folder_is_refused(comparison, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(RunError, match=r"cannot be written to .*Choose another folder"):
        write_report(comparison, tmp_path / "taken")


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_a_sheet_shows_single_pixels_enlarged_by_whole_factors(channels):
    images = np.zeros((7, 8, 8, channels))
    images[0, 0, 0] = 1
    sheet = Image.open(io.BytesIO(plots.sheet(images)))
    factor = sheet.width // (6 * 10 + 2)
    assert (sheet.width, sheet.height) == (62 * factor, 22 * factor)
    grey = np.asarray(sheet.convert("L"))
    assert (grey == 255).sum() == factor**2
