"""docs/quality.py: its rows are valid commands, and its page holds what was measured; nothing is trained."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from gan_core.run.config import validate
from gan_vision.recipes import RECIPES

SCRIPT = Path(__file__).parents[2] / "docs" / "quality.py"
spec = importlib.util.spec_from_file_location("quality_script", SCRIPT)
script = sys.modules["quality_script"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

PAGE = """# Page

<!-- table: written by quality.py -->
old
<!-- end of table -->

Words between.

<!-- sheets: written by quality.py -->
<!-- end of sheets -->
The end.
"""


def result(kid, **more):
    scores = {"KID": (kid, 0.001), "precision": (0.5, None), "recall": (0.25, None), "memorisation": (0.61, None),
              "KID of real images": (0.0012, 0.0003), "precision of real images": (0.9, None),
              "recall of real images": (0.95, None)}
    return {"minutes": 10.04, "steps": 1234, "encoder": scores, "random": {
        "KID": (0.02, 0.001), "KID of real images": (0.004, 0.001)}, "categories": None, **more}


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.setattr(script, "PAGE", tmp_path / "quality.md")
    (tmp_path / "quality.md").write_text(PAGE)
    return [script.Row("first", "dcgan", "--steps 10"), script.Row("second-seed-1", "dcgan", "--steps 20"),
            script.Row("not-yet", "dcgan", "")]


def options(row):
    """What is typed behind the recipe, as the settings of a config."""
    words, values, preset = row.options.split(), {}, None
    while words:
        word = words.pop(0).removeprefix("--")
        if word.startswith("no-"):
            values[word[3:].replace("-", "_")] = False
        elif not words or words[0].startswith("--"):
            values[word.replace("-", "_")] = True
        elif word == "preset":
            preset = words.pop(0)
        else:
            values[word.replace("-", "_")] = words.pop(0)
    return preset, values


@pytest.mark.parametrize("row", script.ROWS, ids=lambda row: row.name)
def test_every_row_is_a_command_that_its_recipe_takes(row):
    preset, values = options(row)
    recipe = RECIPES[row.recipe]
    for name, value in values.items():
        if "," in str(value):
            values[name] = value.split(",")
    validate(recipe.config, {**(recipe.presets[preset] if preset else {}), **values}, row.name)


def test_names_of_rows_are_told_apart():
    assert len({row.name for row in script.ROWS}) == len(script.ROWS)


def test_the_page_holds_finished_rows_best_first_and_the_words_around_them(rows):
    page = script.page(rows, {"first": result(0.02), "second-seed-1": result(0.0131)})
    assert "old" not in page
    assert page.startswith("# Page\n")
    assert page.endswith("<!-- end of sheets -->\nThe end.\n")
    assert "\nWords between.\n" in page
    assert "| [second-seed-1](#second-seed-1) | 10.0 | 1,234 | 13.1 (1.0) | 0.50 | 0.25 | 0.61 | 20.0 |" in page
    assert "| real training emoji | | | 1.2 (0.3) | 0.90 | 0.95 | | 4.0 |" in page
    assert page.index("[second-seed-1]") < page.index("[first]")
    assert "not-yet" not in page
    assert "`gan-vision train dcgan --steps 20 --seed 1`" in page


def test_a_page_that_is_not_there_yet_begins_with_the_introduction(rows):
    script.PAGE.unlink()
    page = script.page(rows, {"first": result(0.02)})
    assert page.startswith("# Quality against minutes\n")
    assert "[first](#first)" in page


def test_a_page_written_twice_is_the_same(rows):
    results = {"first": result(0.02)}
    once = script.page(rows, results)
    script.PAGE.write_text(once)
    assert script.page(rows, results) == once


def test_a_conditional_row_says_how_often_its_category_is_recognised(rows):
    page = script.page(rows, {"first": result(0.02, categories={"generated": 0.412, "real": 0.6})})
    assert "The category asked for is recognised in 41% of its pictures, and in 60% of unseen real ones." in page


def test_minutes_are_those_of_all_pieces_also_of_one_that_was_stopped(rows, tmp_path, monkeypatch):
    clock = iter([0.0, 120.0, 1000.0, 1060.0])
    monkeypatch.setattr(script.time, "time", lambda: next(clock))
    monkeypatch.setattr(script, "train", lambda row, folder: sys.exit(130))
    kept, results = tmp_path / "results.json", {}
    with pytest.raises(SystemExit):
        script.finish(rows[0], tmp_path, results, kept)
    results = json.loads(kept.read_text())
    assert results == {"first": {"minutes": 2.0}}
    monkeypatch.setattr(script, "train", lambda row, folder: None)
    monkeypatch.setattr(script, "steps_of", lambda folder: 7)
    monkeypatch.setattr(script, "scored", lambda row, folder, out: {"encoder": {}})
    monkeypatch.setattr(script, "draw", lambda row, folder: None)
    script.finish(rows[0], tmp_path, results, kept)
    assert json.loads(kept.read_text()) == {"first": {"minutes": 3.0, "steps": 7, "encoder": {}}}


def test_an_unknown_row_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["quality.py", "--only", "progan,nonsense"])
    with pytest.raises(SystemExit, match=r"unknown rows: nonsense\. Known: "):
        script.main()


def test_a_report_of_nothing_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(script, "EMOJI", tmp_path)
    monkeypatch.setattr(sys, "argv", ["quality.py", "--report", "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match="nothing to report: no row is finished in "):
        script.main()


def test_missing_pictures_are_named_with_the_command_that_fetches_them(monkeypatch, tmp_path):
    monkeypatch.setattr(script, "EMOJI", tmp_path / "emoji")
    monkeypatch.setattr(sys, "argv", ["quality.py", "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match="emoji is missing"):
        script.main()
