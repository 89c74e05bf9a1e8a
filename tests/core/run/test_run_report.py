"""The report of runs built by hand."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import subprocess
import sys
import time
import wave
from html.parser import HTMLParser

import numpy as np
import pytest
import yaml
from PIL import Image

from gan_core.run.finding import Finding
from gan_core.run.folder import RunFolder
from gan_core.run.run_report import compose_report, write_report

VOID = {"meta", "img", "br", "link", "input"}
COLLAPSE = Finding.of(600, "mode_collapse", "samples lie <5% apart & close")


class Page(HTMLParser):
    """Checks that tags nest, and collects what the tests ask about."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.images, self.sounds, self.text = [], [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in ("img", "audio"):
            {"img": self.images, "audio": self.sounds}[tag].append(dict(attributes)["src"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def picture(path, level, size=8):
    Image.fromarray(np.full((size, size), level, np.uint8)).save(path)


def level_of(source):
    kind, data = source.split(",", 1)
    assert kind == "data:image/png;base64"
    return int(np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L"))[0, 0])


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "00003-dcgan & <digits>")
    folder.samples.mkdir(parents=True)
    folder.config.write_text(yaml.safe_dump({"recipe": "dcgan", "data": "folder:<b>x</b>", "steps": 1000,
                                             "optimizer": {"rate": 2e-4}}))
    lines = [{"step": step, "d_loss": 1 + 0.1 * np.sin(step), "g_loss": 1.0, "examples": 64 * step}
             for step in range(50, 1001, 50)]
    lines += [{"step": step, "kid": 1 / step, "fid": None} for step in (500, 1000)]
    folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"step": 10')
    folder.environment.write_text(json.dumps({
        "command": ["/opt/bin/gan-vision", "train", "dcgan", "--data", "folder:<b>x</b>"], "python": "3.12.1",
        "versions": {"keras": "3.15.1"}}))
    for level, name in ((10, "real"), (20, "step-000000000"), (30, "step-000000500"), (40, "step-000001000")):
        picture(folder.samples / f"{name}.png", level)
    return folder


def page_of(folder, findings=()):
    return Page(compose_report(folder, list(findings)).read_text(encoding="utf-8"))


def test_the_page_is_well_formed_and_needs_nothing_else(folder):
    text = compose_report(folder, [COLLAPSE]).read_text(encoding="utf-8")
    page = Page(text)
    assert not re.search(r"https?://|<script|<link|@import|url\(", text)
    assert all(source.startswith("data:") for source in [*page.images, *page.sounds])


def test_the_real_sheet_comes_first_then_the_first_and_the_last_of_the_samples(folder):
    assert [level_of(source) for source in page_of(folder).images[:3]] == [10, 20, 40]


def test_curves_are_in_the_page_and_the_losses_in_a_file(folder):
    page = page_of(folder)
    assert len(page.images) == 5
    drawn = base64.b64decode(page.images[3].split(",", 1)[1])
    assert drawn == (folder.path / "curves.png").read_bytes()
    assert Image.open(io.BytesIO(drawn)).size[0] >= 600


def test_findings_are_shown_escaped_with_their_advice(folder):
    text = compose_report(folder, [COLLAPSE]).read_text(encoding="utf-8")
    assert "samples lie &lt;5% apart &amp; close" in text
    assert COLLAPSE.advice in Page(text).text


def test_a_run_without_findings_says_so(folder):
    assert "no known failure showed" in page_of(folder).text


def test_episodes_of_one_finding_share_a_line_and_warnings_come_first(folder):
    findings = [Finding.of(step, "spike", f"loss {step}") for step in (100, 400, 900)] + [COLLAPSE]
    text = page_of(folder, findings).text
    assert "3 times, from 100 to 900" in text
    assert text.index("mode_collapse") < text.index("spike")


def test_settings_environment_and_command_are_shown_as_text(folder):
    page = page_of(folder)
    assert not any(tag == "b" for tag, _ in page.tags)
    for expected in ("folder:<b>x</b>", "optimizer.rate", "versions.keras", "3.15.1", "train dcgan --data"):
        assert expected in page.text


def test_it_says_how_to_go_on(folder):
    assert f"gan-vision resume '{folder.path}'" in page_of(folder).text
    assert f"gan-vision sample '{folder.path}'" in page_of(folder).text


def test_a_run_started_from_python_names_the_programs(folder):
    folder.environment.write_text(json.dumps({"command": ["train.py"]}))
    assert "PROGRAM is one of gan-vision, gan-audio, gan-text" in page_of(folder).text


def test_a_finished_run_is_called_done(folder):
    assert "All 1,000 steps are done." in page_of(folder).text


def test_an_interrupted_run_is_called_unfinished(folder):
    folder.config.write_text("recipe: dcgan\nsteps: 5000\n")
    assert "Not finished: 1,000 of 5,000 steps" in page_of(folder).text


def test_a_diverged_run_is_called_diverged(folder):
    assert "Diverged at step 1,000" in page_of(folder, [Finding.of(1000, "nonfinite", "d_loss not finite")]).text


def test_last_values_say_what_is_not_finite(folder):
    text = page_of(folder).text
    assert "fid1,000not finite" in text
    assert "kid1,0000.001" in text


def test_first_and_last_texts_are_shown_escaped(folder):
    for step, line in ((0, "zzz"), (500, "middle"), (1000, "<i>the end</i>")):
        (folder.samples / f"step-{step:09d}.txt").write_text(line + "\n")
    text = page_of(folder).text
    assert "zzz" in text
    assert "<i>the end</i>" in text
    assert "middle" not in text


def test_a_long_text_is_cut(folder):
    (folder.samples / "step-000000000.txt").write_text("\n".join(f"line {number}" for number in range(100)))
    text = page_of(folder).text
    assert "line 39" in text
    assert "line 40" not in text


def test_kinds_of_sounds_are_told_apart_by_what_follows_the_step(folder):
    for step in (0, 500, 1000):
        for kind in ("noisy", "enhanced"):
            with wave.open(str(folder.samples / f"step-{step:09d}-{kind}.wav"), "wb") as sound:
                sound.setparams((1, 2, 8000, 0, "NONE", ""))
                sound.writeframes(np.full(10, step, "<i2").tobytes())
    sounds = page_of(folder).sounds
    frames = [base64.b64decode(source.split(",", 1)[1])[-2:] for source in sounds]
    assert [int.from_bytes(frame, "little") for frame in frames] == [0, 1000, 0, 1000]


def test_a_single_sheet_is_shown_once(folder):
    for name in ("step-000000500", "step-000001000"):
        (folder.samples / f"{name}.png").unlink()
    assert [level_of(source) for source in page_of(folder).images[:-2]] == [10, 20]


def test_a_large_picture_is_embedded_smaller(folder):
    picture(folder.samples / "real.png", 10, size=3000)
    data = base64.b64decode(page_of(folder).images[0].split(",", 1)[1])
    assert Image.open(io.BytesIO(data)).size == (1280, 1280)


@pytest.mark.parametrize("keep", [0, 20, 45])
def test_a_sheet_cut_short_by_a_crash_does_not_spoil_the_page(folder, keep):
    path = folder.samples / "step-000001000.png"
    path.write_bytes(path.read_bytes()[:keep])
    page = page_of(folder)
    assert "This file cannot be read" in page.text
    assert [level_of(source) for source in page.images[:2]] == [10, 20]


def test_a_run_that_has_just_begun_gets_a_page(tmp_path):
    page = page_of(RunFolder(tmp_path))
    assert "There are no samples yet." in page.text
    assert "Nothing was recorded yet." in page.text
    assert not (tmp_path / "curves.png").exists()


def test_a_long_run_takes_less_than_ten_seconds(folder):
    folder.metrics.write_text("".join(json.dumps({"step": step, "d_loss": 1.0, "g_loss": step % 7, "kid": 0.1}) + "\n"
                                      for step in range(50, 1_000_001, 50)))
    started = time.perf_counter()
    compose_report(folder, [])
    assert time.perf_counter() - started < 10  # 1 s on an idle machine


def test_no_temporary_file_stays_and_a_second_report_replaces_the_first(folder):
    compose_report(folder, [])
    assert COLLAPSE.advice in page_of(folder, [COLLAPSE]).text
    assert not list(folder.path.glob(".*.tmp*"))


def test_a_failing_report_is_one_line_of_warning(folder, caplog):
    folder.report.mkdir()  # a file cannot replace a folder
    with caplog.at_level(logging.WARNING, logger="gan_core"):
        write_report(folder, [])
    assert len(caplog.records) == 1
    message = caplog.records[0].getMessage()
    assert message.startswith("report.html could not be written: ")
    assert "\n" not in message


def test_write_report_leaves_the_page(folder):
    write_report(folder, [COLLAPSE])
    assert COLLAPSE.name in Page(folder.report.read_text(encoding="utf-8")).text


def test_doctor_and_report_import_neither_tensorflow_nor_matplotlib():
    code = ("import sys, gan_core.run.doctor, gan_core.run.run_report; "
            "print([name for name in ('tensorflow', 'keras', 'matplotlib') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_setting_that_is_no_unicode_is_shown_as_far_as_possible(tmp_path):
    (tmp_path / "config.yaml").write_text('recipe: toy\ndata: "folder:pict\\uDCFFres"\n')
    assert "folder:pict\\udcffres" in compose_report(RunFolder(tmp_path), []).read_text(encoding="utf-8")
