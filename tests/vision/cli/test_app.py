"""`gan-vision` from outside: what is printed, which exit code, what is on disk after a kill.

A child process costs ten seconds once it imports TensorFlow: the commands that are not killed share one.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

HEAVY = ["tensorflow", "keras", "scipy", "matplotlib", "librosa", "sklearn", "tensorflow_datasets"]
DRIVER = '''
import contextlib, io, json, os, sys, threading, time
from pathlib import Path
from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY

def send(number, path, text):
    while not (path.exists() and text in path.read_text()):
        time.sleep(0.001)
    os.kill(os.getpid(), number)

results, code = [], 0
for task in json.load(sys.stdin):
    if "edit" in task:
        path, old, new = task["edit"]
        Path(path).write_text(Path(path).read_text().replace(old, new))
        continue
    if "arrays" in task:
        import numpy, tensorflow
        reader = tensorflow.train.load_checkpoint(task["arrays"] + "/state")
        numpy.savez(task["to"], **{name.replace("/", " "): reader.get_tensor(name)
                                   for name in reader.get_variable_to_shape_map() if "GRAPH" not in name})
        continue
    if "signal" in task:
        number, path, text = task["signal"]
        threading.Thread(target=send, args=(number, Path(path), text), daemon=True).start()
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run(make_app(MODALITY), task["arguments"])
        except SystemExit as leaving:
            code = leaving.code or 0
    results.append([code, out.getvalue(), err.getvalue(), sorted(str(path) for path in Path().rglob("*"))])
print(json.dumps([results, sorted(set(sys.modules) & set(sys.argv[1:]))]))
'''


def tiny(out, *more, **changed):
    """Forty steps on 64 digits, learning fast enough that every sheet of samples looks different."""
    settings = {"data": "digits", "size": 8, "width": 8, "latent": 8, "batch_size": 16, "limit": 64, "steps": 40,
                "sample_every": 10, "log_every": 2, "seed": 3, "learning_rate": 0.02, "out": out, **changed}
    options = [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return ["train", "dcgan", *options, *more]


def drive(folder, tasks, **environment):
    """[(exit code, stdout, stderr, files)] of commands that one child process runs in turn, and its heavy modules."""
    tasks = [{"arguments": task} if isinstance(task, list) else task for task in tasks]
    done = subprocess.run([sys.executable, "-c", DRIVER, *HEAVY], cwd=folder, input=json.dumps(tasks), text=True,
                          capture_output=True, env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", **environment})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# ---------------------------------------------------------------------- without TensorFlow

LIGHT = {
    "help": (["--help"], 0, "Usage: gan-vision COMMAND"),
    "version": (["--version"], 0, "0.1.0"),
    "nothing": ([], 0, "Usage: gan-vision COMMAND"),
    "train help": (["train", "--help"], 0, "dcgan"),
    "recipe help": (["train", "dcgan", "--help"], 0, "--batch-size"),
    "recipes": (["recipes"], 0, "dcgan               DCGAN for small pictures of any kind"),
    "resume help": (["resume", "--help"], 0, "--allow-change"),
    "verb": (["trian"], 2, 'Unknown command "trian". Did you mean "train"?'),
    "recipe": (["train", "dcgn"], 2, 'Unknown command "dcgn". Did you mean "dcgan"?'),
    "described recipe": (["describe", "dcgn"], 2, "unknown recipe. Received: 'dcgn'. Did you mean 'dcgan'? Known: "),
    "option": (["train", "dcgan", "--stpes", "3"], 2, "Unknown option: --stpes. Did you mean --steps?"),
    "type": (["train", "dcgan", "--steps", "many"], 2, "--steps: Input should be a valid integer"),
    "range": (["train", "dcgan", "--batch-size", "0"], 2, "--batch-size: Input should be greater than or equal to 1. "
                                                          "Received: '0'."),
    "missing value": (["train", "dcgan", "--steps"], 2, "--steps"),
    "missing run": (["resume"], 2, "RUN requires an argument"),
    "no run": (["resume", "nowhere"], 2, "nowhere is not a run folder. Expected: a folder with config.yaml."),
    "nothing to sample": (["sample", "nowhere"], 2, "nowhere is not a run folder"),
    "no config": (["train", "dcgan", "--config", "none.yaml"], 2, "cannot read the config none.yaml: No such file"),
    "unknown key": (["train", "dcgan", "--config", "unknown.yaml"], 2,
                    "unknown.yaml: unknown key `stepz`. Did you mean 'steps'? Known: "),
    "wrong type": (["train", "dcgan", "--config", "type.yaml"], 2,
                   "type.yaml: `steps`: Input should be a valid integer, unable to parse"),
    "wrong recipe": (["train", "dcgan", "--config", "ada.yaml"], 2,
                     "ada.yaml is for the recipe 'ada'. Received: 'dcgan'. Run `train ada`"),
    "no YAML": (["train", "dcgan", "--config", "broken.yaml"], 2, "broken.yaml is not valid YAML: line 2: "),
    "used folder": (["train", "dcgan", "--out", "used"], 2, "the run folder must be new. Received: out='used', which is "
                                                            "not empty."),
    "no recipe in a run": (["resume", "anonymous"], 2, "config.yaml: the key `recipe` is missing. Expected: one of dcgan"),
    "preset": (["train", "dcgan", "--preset", "digit"], 2, "unknown preset of dcgan. Received: 'digit'. Did you mean 'digits'?"),
    "preset help": (["train", "ada", "--help"], 0, "--preset STR"),
    "foreign recipe in a run": (["sample", "foreign"], 2, "unknown recipe. Received: 'segan'."),
    "debug": (["train", "dcgan", "--config", "none.yaml", "--debug"], 2, "Traceback (most recent call last)"),
}
FILES = {"unknown.yaml": "stepz: 3\n", "type.yaml": "steps: many\n", "ada.yaml": "recipe: ada\nsteps: 3\n",
         "broken.yaml": "steps: [\n", "used/thesis.tex": "x", "anonymous/config.yaml": "steps: 3\n",
         "foreign/config.yaml": "recipe: segan\n"}


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    folder = tmp_path_factory.mktemp("light")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    before = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    results, heavy = drive(folder, [arguments for arguments, *_ in LIGHT.values()], COLUMNS="200")
    return dict(zip(LIGHT, results, strict=True)), heavy, before


@pytest.mark.slow
class TestWithoutTensorFlow:
    @pytest.mark.parametrize("name", LIGHT)
    def test_the_answer_has_its_exit_code_and_words(self, light, name):
        _, code, words = LIGHT[name]
        found, out, err, _ = light[0][name]
        assert found == code
        shown, silent = (err, out) if code else (out, err)
        assert words in shown
        assert silent == ""

    def test_none_of_it_loads_a_heavy_library(self, light):
        assert light[1] == []

    def test_none_of_it_writes_a_file(self, light):
        results, _, before = light
        assert all(files == before for *_, files in results.values())

    @pytest.mark.parametrize("name", [name for name, (_, code, _) in LIGHT.items() if code and name != "debug"])
    def test_an_error_is_plain_lines_without_a_traceback(self, light, name):
        err = light[0][name][2]
        assert err.startswith("error: ")
        assert "Traceback" not in err
        assert "\x1b" not in err

    def test_after_a_traceback_the_message_still_comes(self, light):
        assert light[0]["debug"][2].splitlines()[-1].startswith("error: cannot read the config none.yaml")

    def test_help_names_every_setting_with_its_default(self, light):
        text = light[0]["recipe help"][1]
        for line in (r"--steps INT +Discriminator updates in total. \[default: 1000\]", r"--out PATH ", r"--dry-run ",
                     r"--precision CHOICE .*\[choices: float32, bfloat16, float16\]"):
            assert re.search(line, text), line


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ["recipes", "--help", "train dcgan --help"])
def test_a_reader_that_closes_the_pipe_is_no_error(tmp_path, arguments):
    command = f"set -o pipefail; \"$0\" -c 'from gan_vision.cli.app import main; main()' {arguments} | true"
    done = subprocess.run([shutil.which("bash"), "-c", command, sys.executable], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------------- with TensorFlow

SEED = 1123


def wait_for_step(process, run: Path, step: int):
    """Return once the run has committed a checkpoint of `step` or later."""
    while process.poll() is None:
        if any(int(path.name[5:]) >= step for path in run.glob("checkpoints/step-*")):
            return
        time.sleep(0.002)
    raise AssertionError(f"the run ended with {process.returncode} before step {step}: {process.communicate()[1]}")


def start(folder, arguments, **environment):
    """A real process, in circumstances that must not matter: other directory, locale, clock, hash seed, no home."""
    kept = {name: value for name, value in os.environ.items() if name != "HOME"}
    return subprocess.Popen(
        [sys.executable, "-c", "from gan_vision.cli.app import main; main()", *arguments], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**kept, "CUDA_VISIBLE_DEVICES": "-1", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", **environment})


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A run that was killed, asked to stop, and crashed between manifest and rename; and what the processes said."""
    draw = random.Random(SEED)
    folder = tmp_path_factory.mktemp("killed")
    run = folder / "run"
    said = []
    first = start(folder, tiny("run", checkpoint_every=1))
    wait_for_step(first, run, draw.randint(2, 12))
    first.send_signal(signal.SIGKILL)
    said.append((first.communicate(), first.returncode))
    second = start(folder, ["resume", str(run)])
    wait_for_step(second, run, draw.randint(16, 24))
    second.send_signal(signal.SIGTERM)
    said.append((second.communicate(), second.returncode))
    third = start(folder, ["resume", str(run)], GAN_FAULT="after-manifest")
    said.append((third.communicate(), third.returncode))
    return run, said


@pytest.fixture(scope="module")
def heavy(killed, tmp_path_factory):
    """(folder, name -> (exit code, stdout, stderr, files)) of everything that needs no process of its own."""
    folder = tmp_path_factory.mktemp("heavy")
    shutil.copytree(killed[0], folder / "killed")
    tasks = {
        "dry run": tiny("never", "--dry-run"),
        "quiet": tiny("straight", "--quiet"),
        "data": tiny("never", data="folder:absent"),
        "too large a batch": tiny("never", batch_size=100),
        "used": tiny("straight"),
        "sample": ["sample", "straight", "-n", "4", "--out", "a.npy"],
        "sample again": ["sample", "straight", "-n", "4", "--out", "b.npy"],
        "other sample": ["sample", "straight", "-n", "4", "--seed", "1", "--out", "c.npy"],
        "no format": ["sample", "straight", "--out", "d.xyz"],
        "no place": ["sample", "straight", "-n", "4", "--out", "a.npy/d.npy"],
        "no samples": ["sample", "straight", "-n", "0"],
        "describe": ["describe", "dcgan", "--json"],
        "interrupt": {"arguments": tiny("stopped"), "signal": [2, "stopped/metrics.jsonl", '"step": 4,']},
        "resume": ["resume", "stopped"],
        "terminate": {"arguments": tiny("early"), "signal": [15, "early/metrics.jsonl", '"step": 0,']},
        "edit": {"edit": ["early/config.yaml", "batch_size: 16", "batch_size: 8"]},
        "edited": ["resume", "early"],
        "unknown field": ["resume", "early", "--allow-change", "batchsize"],
        "allowed": ["resume", "early", "--allow-change", "batch_size"],
        "resume killed": ["resume", "killed"],
        "longer": ["resume", "stopped", "--steps", "42"],
        "shorter": ["resume", "stopped", "--steps", "30"],
        "diverge": tiny("sick", learning_rate=1e38),
    }
    arrays = [{"arrays": f"{name}/checkpoints/step-000000040", "to": f"{name}.npz"}
              for name in ("straight", "stopped", "killed")]
    results, _ = drive(folder, [*tasks.values(), *arrays])
    return folder, dict(zip((name for name in tasks if name != "edit"), results, strict=True))


def up_to_step_40(run: Path) -> dict:
    """Everything that must not depend on interruptions."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    manifest = json.loads((run / "checkpoints/step-000000040/manifest.json").read_text())
    with np.load(run.with_suffix(".npz")) as arrays:
        return {
            "arrays": {name: (arrays[name].dtype, arrays[name].shape, arrays[name].tobytes()) for name in arrays},
            "counts": {name: manifest[name] for name in ("step", "examples_seen", "generator_steps", "best")},
            "samples": {path.name: path.read_bytes() for path in (run / "samples").iterdir() if "42" not in path.name},
            "lines": [{name: value for name, value in line.items() if name != "examples_per_second"}
                      for line in lines if line["step"] <= 40]}


@pytest.mark.slow
class TestInterrupted:
    def test_exit_codes_tell_how_each_process_ended(self, killed):
        assert [code for _, code in killed[1]] == [-signal.SIGKILL, 143, 70]

    def test_a_stopped_process_says_where_and_how_to_go_on(self, killed):
        run, said = killed
        err = said[1][0][1]
        assert re.search(r"resumed at step \d+ \(\d+ images seen, \d+ generator updates\)", err)
        assert re.search(rf"stopped at step \d+; a checkpoint is written\. Continue with: resume {run}\n$", err)

    def test_nothing_a_process_prints_is_meant_for_a_terminal_only(self, killed):
        for (out, err), _ in killed[1]:
            assert out == ""
            assert "\x1b" not in err
            assert "Traceback" not in err
            assert not re.search(r"oneDNN|cuInit|InitializeLog|^[WEI]0000", err, re.MULTILINE), err

    def test_a_run_killed_twice_and_stopped_once_ends_as_if_undisturbed(self, heavy):
        folder, results = heavy
        assert results["resume killed"][0] == 0
        assert up_to_step_40(folder / "killed") == up_to_step_40(folder / "straight")

    def test_a_crash_leaves_nothing_half_written_after_the_next_start(self, heavy):
        assert not [file for file in heavy[1]["resume killed"][3] if file.startswith("killed") and ".tmp" in file]

    @pytest.mark.parametrize(("name", "run", "code"), [("interrupt", "stopped", 130), ("terminate", "early", 143)])
    def test_a_signal_ends_a_run_with_its_code_and_a_checkpoint(self, heavy, name, run, code):
        found, _, err, files = heavy[1][name]
        assert found == code
        assert "a checkpoint is written" in err
        assert any("/checkpoints/step-" in file for file in files if file.startswith(run))

    def test_an_interrupted_run_ends_as_if_undisturbed(self, heavy):
        folder, results = heavy
        assert results["resume"][0] == 0
        assert up_to_step_40(folder / "stopped") == up_to_step_40(folder / "straight")

    def test_the_comparison_sees_seventy_arrays_and_five_different_sheets(self, heavy):
        found = up_to_step_40(heavy[0] / "straight")
        assert len(found["arrays"]) > 70
        assert len(set(found["samples"].values())) == len(found["samples"]) == 6


@pytest.mark.slow
class TestResuming:
    def test_an_edited_config_is_refused_with_the_field(self, heavy):
        code, _, err, _ = heavy[1]["edited"]
        assert code == 2
        assert "started with another config:\n  batch_size: 16 -> 8\nRestore" in err

    def test_a_field_may_be_allowed_to_change(self, heavy):
        assert heavy[1]["allowed"][0] == 0

    def test_an_unknown_field_is_refused(self, heavy):
        code, _, err, _ = heavy[1]["unknown field"]
        assert code == 2
        assert "Received: 'batchsize'. Did you mean 'batch_size'?" in err

    def test_a_run_may_be_made_longer_and_remembers_it(self, heavy):
        folder, results = heavy
        assert results["longer"][0] == 0
        assert yaml.safe_load((folder / "stopped/config.yaml").read_text())["steps"] == 42

    def test_a_run_may_not_end_before_where_it_stands(self, heavy):
        code, _, err, _ = heavy[1]["shorter"]
        assert code == 2
        assert "`steps` must be at least the 42 that the run has done. Received: steps=30." in err


@pytest.mark.slow
class TestTraining:
    def test_a_quiet_run_says_nothing(self, heavy):
        assert heavy[1]["quiet"][:3] == [0, "", ""]

    def test_a_run_folder_holds_what_it_promises(self, heavy):
        names = {path.name for path in (heavy[0] / "straight").iterdir()}
        assert {"config.yaml", "metrics.jsonl", "samples", "checkpoints", "environment.json", "report.html"} <= names
        assert any(name.startswith("events.") for name in names)

    def test_the_folder_and_the_next_command_are_printed(self, heavy):
        err = heavy[1]["resume"][2]
        assert "run folder: stopped   watch: tensorboard --logdir stopped" in err
        assert "next: gan-vision sample stopped" in err

    def test_a_dry_run_prints_settings_and_networks_and_writes_nothing(self, heavy):
        code, out, _, files = heavy[1]["dry run"]
        assert code == 0
        assert "recipe: dcgan\ndata: digits\nsteps: 40\n" in out
        assert "trainable" in out
        assert not [file for file in files if not file.startswith("killed")]

    @pytest.mark.parametrize(("name", "code", "words"), [
        ("data", 3, "absent"), ("too large a batch", 3, "but the batch size is 100"), ("used", 2, "continue that run with"),
        ("no format", 2, "must end in a picture format"), ("no samples", 2, "`--count` must be at least 1."),
        ("no place", 2, "a.npy"), ("diverge", 4, "is no longer finite at step")])
    def test_an_error_has_its_code_and_words_and_no_traceback(self, heavy, name, code, words):
        found, out, err, _ = heavy[1][name]
        assert found == code, err
        assert out == ""
        assert words in err
        assert "Traceback" not in err
        assert "Please report" not in err

    def test_a_refused_run_leaves_no_folder(self, heavy):
        assert not [file for file in heavy[1]["diverge"][3] if file.startswith("never")]

    def test_a_run_that_diverged_keeps_no_checkpoint_that_is_not_finite(self, heavy):
        assert not list((heavy[0] / "sick/checkpoints").glob("step-*"))


@pytest.mark.slow
class TestReading:
    def test_samples_depend_on_the_seed_alone(self, heavy):
        first, again, other = ((heavy[0] / f"{name}.npy").read_bytes() for name in "abc")
        assert first == again
        assert first != other

    def test_samples_are_bytes_of_the_asked_number(self, heavy):
        samples = np.load(heavy[0] / "a.npy")
        assert (samples.shape, samples.dtype) == ((4, 8, 8, 1), np.uint8)
        assert heavy[1]["sample"][1] == "4 samples of step 40 -> a.npy\n"

    def test_a_description_is_one_json_object(self, heavy):
        found = json.loads(heavy[1]["describe"][1])
        assert found["recipe"] == "dcgan"
        assert found["generator"]["trainable"] > 0
        assert found["generator"]["operations"] > found["generator"]["trainable"]  # each weight is used at least once
        assert len(found["discriminators"]) == 1
