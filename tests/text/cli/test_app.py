import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(sys.executable).with_name("gan-text")


@pytest.mark.slow
def test_a_run_resumed_through_the_program_equals_a_straight_one(gan_text, tiny, arith_run, tmp_path):
    run = tmp_path / "run"
    half = ["--steps", "3", *tiny[2:]]
    assert gan_text("train", "arith", *half, "--rows", "200", "--out", run)[0] == 0
    assert gan_text("resume", run, "--steps", "6", "--quiet")[0] == 0
    assert gan_text("sample", run, "-n", "40", "--out", tmp_path / "a.npy")[0] == 0
    assert gan_text("sample", arith_run, "-n", "40", "--out", tmp_path / "b.npy")[0] == 0
    assert np.array_equal(np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy"))
    ours, theirs = ([json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
                    for folder in (run, arith_run))
    assert [line["d_loss"] for line in ours if line["step"] == 6 and "d_loss" in line] == \
           [line["d_loss"] for line in theirs if line["step"] == 6 and "d_loss" in line]


@pytest.mark.slow
def test_a_text_is_trained_sampled_without_it_and_refused_once_its_vocabulary_changed(gan_text, tiny, make_text, tmp_path):
    text, run = make_text(), tmp_path / "run"
    options = [*tiny, "--length", "8", "--held-out", "0.1"]
    code, _, err = gan_text("train", "word-short", "--data", f"folder:{text}", *options, "--out", run)
    assert code == 0, err
    assert json.loads((run / "vocabulary.json").read_text())["tokens"][0] in "the a one dog cat bird sees finds likes"
    assert len((run / "samples" / "real.txt").read_text().splitlines()[0].split()) == 3
    assert gan_text("evaluate", run)[0] == 0

    make_text(words="un le la chien chat oiseau voit trouve aime".split())
    code, _, err = gan_text("resume", run, "--steps", "9")
    assert code == 3
    assert "has changed since" in err
    assert gan_text("evaluate", run)[0] == 3

    (text / "text.txt").unlink()
    code, out, _ = gan_text("sample", run, "-n", "4")
    assert code == 0
    assert len(out.splitlines()) == 4


@pytest.mark.parametrize(("arguments", "code", "text"), [
    (("train", "char", "--data", "folder:nowhere"), 3, "nowhere: no such folder"),
    (("train", "char", "--data", "glob:*.nothing"), 3, "no file matches '*.nothing'"),
    (("train", "char"), 2, "`data` must name the text to learn"),
    (("train", "arith", "--data", "grammar:arit"), 2, "Did you mean 'arith'"),
    (("train", "char", "--data", "grammar:arith", "--length", "1"), 2, "greater than or equal to 2"),
    (("train", "char", "--data", "grammar:arith", "--loss", "wgan"), 2, "wgan-gp"),
    (("train", "chars"), 2, "char"), (("train", "char", "--preset", "smal"), 2, "Did you mean 'small'"),
    (("train", "arith", "--rows", "10"), 2, "Received: batch_size=64, rows=10"),
    (("resume", "nowhere"), 2, "is not a run folder"),
    (("grammar", "count", "nothing"), 2, "no grammar of this name"),
    (("prepare", "nowhere.txt", "--out", "corpus"), 3, "no file matches"),
])
def test_bad_input_ends_in_one_line_and_its_exit_code(gan_text, arguments, code, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, _, err = gan_text(*arguments)
    assert found == code
    assert text in " ".join(err.split())
    assert "Traceback" not in err


def test_bytes_that_are_not_utf_8_are_reported_with_their_place(gan_text, tmp_path):
    (tmp_path / "text.txt").write_bytes(b"good line\nbad \xff line\n")
    code, _, err = gan_text("train", "char", "--data", f"file:{tmp_path / 'text.txt'}")
    assert code == 3
    assert "text.txt, line 2: not UTF-8 at byte 14 (0xff)" in err


def test_a_text_of_blank_lines_is_refused(gan_text, tmp_path):
    (tmp_path / "text.txt").write_text("\n  \n\n")
    code, _, err = gan_text("train", "char", "--data", f"file:{tmp_path / 'text.txt'}")
    assert code == 3
    assert "only blank lines" in err


def test_a_used_folder_is_refused_before_the_slow_part(gan_text, arith_run):
    began = time.perf_counter()
    code, _, err = gan_text("train", "arith", "--out", arith_run)
    assert code == 2
    assert "is not empty" in err
    assert time.perf_counter() - began < 2


def test_a_dry_run_prints_settings_and_networks_and_writes_nothing(gan_text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = gan_text("train", "arith", "--rows", "100", "--dry-run")
    assert code == 0
    assert "n_critic: 5" in out
    assert "111,881" in out
    assert not list(tmp_path.iterdir())


def test_the_commands_of_grammars_are_there(gan_text):
    assert "1,890" in gan_text("grammar", "count", "arith", "--max-length", "7")[1]
    assert gan_text("grammar", "accepts", "arith", "x*(y+x)")[1].startswith("accepted")
    assert len(gan_text("grammar", "sample", "toy-english", "--count", "3")[1].splitlines()) == 3
    assert "a valid grammar" in gan_text("grammar", "check", "arith")[1]


def test_a_prepared_corpus_is_written_and_reported(gan_text, make_text, tmp_path):
    code, out, _ = gan_text("prepare", make_text(), "--out", tmp_path / "corpus", "--level", "word", "--length", "8", "--json")
    assert code == 0
    assert json.loads(out)["sentences"] == 400
    assert (tmp_path / "corpus" / "vocabulary.json").is_file()


@pytest.mark.slow
def test_help_comes_within_two_seconds_without_tensorflow():
    began = time.perf_counter()
    answer = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert "interpolate" in answer.stdout
    code = "import sys\nfrom gan_core.cli import make_app\nfrom gan_text.cli.app import MODALITY\nmake_app(MODALITY)\nprint('tensorflow' in sys.modules)"
    assert time.perf_counter() - began < 10  # 1 s on a free machine
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
