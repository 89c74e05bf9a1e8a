import json
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points

import numpy as np
import pytest

from gan_core.cli.core import VERBS, main, make_core_app
from gan_core.metrics import Score, write_scores


def called(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["gan-core", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code


@pytest.fixture
def two_files(tmp_path):
    write_scores(tmp_path / "a.json", [Score("FID", 1.0, 10, 10, higher_is_better=False)])
    write_scores(tmp_path / "b.json", [Score("FID", 2.0, 10, 20, higher_is_better=False)])
    return tmp_path / "a.json", tmp_path / "b.json"


def test_the_console_script_exists():
    script, = (entry for entry in entry_points(group="console_scripts") if entry.name == "gan-core")
    assert script.load() is main


@pytest.mark.parametrize("place", [place for place, _ in VERBS.values()])
def test_every_verb_is_there(place):
    module, name = place.split(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("arguments", [["--help"], *([verb, "--help"] for verb in VERBS)])
def test_help_loads_no_tensorflow(arguments, capsys):
    make_core_app()(arguments, result_action="return_value")
    assert "Usage: gan-core" in capsys.readouterr().out


def test_help_and_errors_leave_the_heavy_libraries_alone():
    code = ("import sys\nfrom gan_core.cli.core import make_core_app\napp = make_core_app()\n"
            "for verb in ('metrics', 'forensics', 'doctor', 'compare'): app([verb, '--help'], result_action='return_value')\n"
            "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'scipy', 'matplotlib')))")
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_compare_of_unlike_scores_leaves_with_2_and_one_message(two_files, monkeypatch, capsys):
    assert called(monkeypatch, "compare", *two_files) == 2
    assert "FID: fake_count: 10 against 20" in capsys.readouterr().err


def test_compare_prints_a_table(two_files, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gan-core", "compare", str(two_files[0]), str(two_files[0])])
    main()
    assert "not judged" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (["metrics", "absent", "absent"], 3, "absent: no such file or folder"),
    (["metrics", "absent"], 2, "--fake requires an argument"),
    (["forensics", "absent", "absent"], 3, "absent"),
    (["doctor", "absent"], 2, "absent is not a run folder"),
    (["compare", "absent.json", "absent.json"], 3, "absent.json: cannot be read"),
    (["metrics", "a", "b", "--metrics", "fod"], 2, "Did you mean 'fid'"),
])
def test_mistakes_are_one_message_and_their_exit_code(arguments, code, message, monkeypatch, capsys):
    assert called(monkeypatch, *arguments) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.slow
def test_metrics_works_in_a_fresh_process_and_only_json_reaches_standard_output(tmp_path):
    draw = np.random.default_rng(0)
    for name in ("real", "fake"):
        np.save(tmp_path / f"{name}.npy", draw.integers(0, 256, (40, 8, 8, 1), np.uint8))
    code = "from gan_core.cli.core import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "metrics", tmp_path / "real.npy", tmp_path / "fake.npy",
                           "--metrics", "fid,kid", "--json", "--no-cache"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [score["metric"] for score in json.loads(done.stdout)["scores"]] == ["FID", "KID"]
    assert "cuda" not in done.stderr.lower()
