"""The program as a person calls it. One tiny run, made once, serves all verbs that read a run."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from gan_audio.cli.app import MODALITY
from gan_audio.data.synthetic import pairs
from gan_core.cli import make_app, run

TINY = ["--filters", "4", "--filters", "6", "--latent-channels", "3", "--window", "1024", "--batch-size", "4",
        "--steps", "2", "--sample-every", "1", "--checkpoint-every", "1", "--quiet"]


def call(capsys, *arguments):
    """(exit code, standard output, standard error) of the program."""
    code = 0
    try:
        run(make_app(MODALITY), [str(argument) for argument in arguments])
    except SystemExit as end:
        code = end.code or 0
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """clean/, noisy/ and log.txt of four utterances of two speakers."""
    root = tmp_path_factory.mktemp("corpus")
    for side in ("clean", "noisy"):
        (root / side).mkdir()
    lines = []
    for index, sides in enumerate(pairs(4, 0.8, seed=0, snrs=(0.0, 10.0))):
        name = f"s{index % 2}_{index}"
        for side, samples in zip(("clean", "noisy"), sides, strict=True):
            soundfile.write(root / side / f"{name}.wav", samples, 16_000)
        lines.append(f"{name} white {(0, 10)[index // 2]}\n")
    (root / "log.txt").write_text("".join(lines))
    return root


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """A run of two steps that held out the speaker s1."""
    out = tmp_path_factory.mktemp("runs") / "run"
    run(make_app(MODALITY), ["train", "segan-tiny", "--data", f"folder:{corpus}", "--held-out", "s1", "--out", str(out),
                               *TINY])
    return out


def test_help_is_quick_and_needs_no_tensorflow():
    code = "import sys, gan_audio.cli.app as c; c.make_app(c.MODALITY)(['--help'], result_action='return_value'); " \
           "print(sorted({'tensorflow', 'keras', 'scipy', 'matplotlib'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip().endswith("[]")
    for verb in ("train", "resume", "enhance", "evaluate", "mix", "control", "export", "check", "demo", "describe"):
        assert f" {verb} " in found
    assert "│ sample " not in found


def test_options_have_their_help(capsys):
    text = call(capsys, "enhance", "--help")[1]
    assert "the same seed (and batch size) gives the same bits" in " ".join(text.replace("│", " ").split())


def test_recipes_are_listed(capsys):
    assert [line.split()[0] for line in call(capsys, "recipes")[1].splitlines()] == [
        "segan", "segan-compact", "segan-tiny"]


def test_a_run_folder_has_what_it_promises(trained):
    found = {path.name for path in trained.iterdir()}
    assert {"config.yaml", "metrics.jsonl", "samples", "checkpoints", "environment.json", "report.html",
            "generator-best.keras"} <= found


@pytest.mark.parametrize("mode", ["overlap", "concat", "full"])
def test_a_file_of_any_rate_and_channels_is_enhanced(capsys, trained, write, tmp_path, mode):
    source = write("in.wav", 0.1 * np.ones((5001, 2), np.float32), 22_050)
    code, text, _ = call(capsys, "enhance", source, tmp_path / "out.wav", "--run", trained, "--mode", mode)
    found = soundfile.info(str(tmp_path / "out.wav"))
    assert (code, found.frames, found.samplerate, found.channels) == (0, 5001, 22_050, 2)
    assert "1 file(s)" in text


def test_the_seed_decides_the_bits(capsys, trained, write, tmp_path):
    source = write("in.wav")
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        call(capsys, "enhance", source, tmp_path / f"{name}.wav", "--run", trained, "--seed", seed, "--subtype", "FLOAT")
    # the samples: a float file's header holds the second at which it was written
    first, again, other = (soundfile.read(tmp_path / f"{name}.wav")[0] for name in "abc")
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_folder_goes_through_a_baseline_without_tensorflow(corpus, tmp_path):
    code = "import sys; from gan_audio.cli.app import MODALITY; from gan_core.cli import make_app, run; " \
           f"run(make_app(MODALITY), ['enhance', {str(corpus / 'noisy')!r}, {str(tmp_path / 'out')!r}, " \
           "'--baseline', 'wiener', '--json', '--quiet']); print('tensorflow' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(json.loads(found[0])["files"]) == len(list((tmp_path / "out").iterdir())) == 4
    assert found[1] == "False"


def test_an_exported_model_enhances_alike(capsys, trained, write, tmp_path):
    model = tmp_path / "model.keras"
    assert call(capsys, "export", trained, model)[0] == 0
    source = write("in.wav")
    for name, place in (("run", trained), ("file", model)):
        call(capsys, "enhance", source, tmp_path / f"{name}.wav", "--run", place, "--subtype", "FLOAT")
    np.testing.assert_array_equal(*(soundfile.read(tmp_path / f"{name}.wav")[0] for name in ("run", "file")))
    code, _, error = call(capsys, "export", trained, model)
    assert (code, "exists already" in error) == (2, True)


def test_evaluation_holds_every_system_and_group(capsys, trained, tmp_path):
    arguments = ["evaluate", "--run", trained, "--metrics", "si_sdr", "--metrics", "snr", "--out", tmp_path / "t.json"]
    code, text, _ = call(capsys, *arguments, "--json")
    found = json.loads(text)
    assert (code, list(found["systems"])) == (0, ["noisy", "spectral_subtraction", "wiener", "model"])
    assert found["recordings"] == ["s1_1", "s1_3"]  # the speaker that was held out
    assert set(found["systems"]["model"]["per_snr"]) == {"0", "10"}
    assert json.loads((tmp_path / "t.json").read_text()) == found


def test_evaluation_prints_tables(capsys, corpus):
    text = call(capsys, "evaluate", "--data", f"folder:{corpus}", "--baseline", "wiener", "--metrics", "snr")[1]
    assert "means over 4 recordings" in text
    assert "mixed at 10 dB: means over 2 recordings" in text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("│")][:2] == ["noisy", "wiener"]


def test_a_damage_is_evaluated_with_the_method_that_repairs_it(capsys, corpus):
    text = call(capsys, "evaluate", "--data", f"damage:{corpus / 'clean'}", "--metrics", "snr", "--json")[1]
    systems = json.loads(text)["systems"]
    assert list(systems) == ["noisy", "declip"]
    assert systems["declip"]["mean"]["snr"] > systems["noisy"]["mean"]["snr"]


@pytest.mark.slow
def test_the_control_is_trained_beside_the_run_and_compared(capsys, trained):
    code, text, error = call(capsys, "control", trained)
    found = json.loads((trained / "control.json").read_text())
    assert code == 0, error
    assert list(found["systems"]) == ["noisy", "with adversary", "without"]
    assert {row["metric"] for row in found["differences"]} >= {"si_sdr", "snr"}
    assert all(row["low"] <= row["mean"] <= row["high"] for row in found["differences"] if row["metric"] == "snr")
    assert "what the adversary changed" in text
    assert "adversary: false" in (trained / "control" / "config.yaml").read_text()
    code, _, error = call(capsys, "control", trained / "control")
    assert (code, "has no control" in error) == (2, True)


def test_a_mix_can_be_trained_on(capsys, write, tmp_path):
    write("speech/a_1.wav")
    write("noise/n.wav")
    code, text, _ = call(capsys, "mix", tmp_path / "speech", tmp_path / "noise", tmp_path / "out", "--snr", 3, "--snr", 7,
                         "--copies", 2)
    assert (code, "2 pairs" in text) == (0, True)
    assert sorted(line.split()[2] for line in (tmp_path / "out/log.txt").read_text().splitlines()) == ["3", "7"]
    assert call(capsys, "check", "--data", f"folder:{tmp_path / 'out'}")[0] == 0


def test_check_counts_and_rejects(capsys, corpus, tmp_path, write):
    code, text, _ = call(capsys, "check", "--data", f"folder:{corpus}", "--json")
    found = json.loads(text)
    assert (code, found["usable"], found["speakers"], found["rejects"]) == (0, 4, ["s0", "s1"], {})
    for side in ("clean", "noisy"):
        write(f"{side}/a.wav")
    write("clean/b.wav")
    write("clean/c.wav")
    (tmp_path / "noisy/c.wav").write_bytes(b"no sound")
    code, text, error = call(capsys, "check", "--data", f"folder:{tmp_path}", "--json")
    found = json.loads(text)
    assert (code, found["usable"], len(found["rejects"])) == (3, 1, 2)
    assert "2 recordings cannot be used" in error


def test_a_dry_run_prints_settings_and_networks_and_writes_nothing(capsys, corpus, tmp_path):
    code, text, _ = call(capsys, "train", "segan-tiny", "--data", f"folder:{corpus}", "--out", tmp_path / "run", *TINY,
                         "--dry-run")
    assert code == 0
    assert "preemphasis: 0.0" in text
    assert "latent: Normal((64, 3))" in text
    assert not (tmp_path / "run").exists()


def test_describe_counts_the_weights(capsys):
    found = json.loads(call(capsys, "describe", "segan-tiny", "--json")[1])
    assert found["generator"]["trainable"] == 135_029
    assert found["discriminators"][0] | {"trainable": 210_241} == found["discriminators"][0]
    assert (found["loss"], found["auxiliary"]) == ("least_squares", ["l1"])


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (["enhance", "{wav}", "out.wav"], 2, "exactly one of --run and --baseline is needed.*--baseline wiener"),
    (["enhance", "{wav}", "out.wav", "--baseline", "weiner"], 2, "unknown baseline.*Did you mean 'wiener'"),
    (["enhance", "{wav}", "{wav}", "--baseline", "wiener"], 2, "would be replaced by its own enhancement"),
    (["enhance", "missing.wav", "out.wav", "--baseline", "wiener"], 3, "there is no such file"),
    (["enhance", "{wav}", "out.wav", "--run", "nowhere"], 2, "there is no such run folder or model file"),
    (["enhance", "{wav}", "out.xyz", "--baseline", "wiener"], 2, "xyz"),
    (["enhance", "{wav}", "out.wav", "--baseline", "wiener", "--mode", "half"], 2, "overlap"),
    (["train", "segan-tiny", "--data", "foldr:x"], 2, "unknown data source.*Did you mean 'folder'"),
    (["train", "segan-tiny", "--data", "folder:nowhere"], 3, "nowhere"),
    (["train", "segan-tiny", "--preemphasis", "1.5"], 2, "--preemphasis"),
    (["train", "segan-big"], 2, "segan"),
    (["evaluate"], 2, "--data or --run is needed"),
    (["evaluate", "--data", "synthetic", "--metrics", "psnr"], 2, "unknown metric"),
    (["mix", "nowhere", "nowhere", "out"], 3, "nowhere"),
    (["check", "--data", "folder:nowhere"], 3, "nowhere"),
    (["export", "nowhere", "model.keras"], 2, "there is no such run folder"),
    (["control", "nowhere"], 2, "is not a run folder")])
def test_mistakes_end_in_one_line_and_their_exit_code(capsys, write, monkeypatch, tmp_path, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    wav = write("in.wav")
    found, _, error = call(capsys, *(wav if each == "{wav}" else each for each in arguments))
    assert found == code, error
    assert re.search(message, " ".join(error.split())), error
    assert "Traceback" not in error


def test_the_package_needs_neither_of_its_siblings():
    code = "import sys; sys.modules['gan_vision'] = sys.modules['gan_text'] = None\n" \
           "import gan_audio.cli.app, gan_audio.training.control\n" \
           "from gan_core.cli import make_app; make_app(gan_audio.cli.app.MODALITY); print('fine')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "fine"


@pytest.mark.slow
def test_the_demo_leaves_sounds_pictures_and_a_table(capsys, tmp_path):
    code, text, error = call(capsys, "demo", "--steps", "2", "--out", tmp_path / "demo", "--quiet")
    assert code == 0, error
    assert {"before.wav", "after.wav", "clean.wav", "before-and-after.png", "table.json"} <= {
        path.name for path in (tmp_path / "demo").iterdir()}
    assert list(json.loads((tmp_path / "demo/table.json").read_text())["systems"]) == [
        "noisy", "spectral_subtraction", "wiener", "segan-tiny"]
    assert "next: gan-audio enhance" in text


def test_an_exported_model_is_read_by_a_process_that_has_built_no_network(trained, write, tmp_path):
    model, source = tmp_path / "model.keras", write("in.wav", np.random.default_rng(0).normal(0, 0.1, 8000))
    program = [sys.executable, "-W", "ignore", "-c", "from gan_audio.cli.app import main; main()"]
    subprocess.run([*program, "export", str(trained), str(model)], check=True, capture_output=True)
    subprocess.run([*program, "enhance", str(source), str(tmp_path / "a.wav"), "--run", str(model)], check=True)
    subprocess.run([*program, "enhance", str(source), str(tmp_path / "b.wav"), "--run", str(trained)], check=True)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_no_number_of_a_wide_table_is_cut(capsys, corpus, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    metrics = [part for name in ("si_sdr", "segmental_snr", "snr", "log_spectral_distance", "llr", "wss", "stoi")
               for part in ("--metrics", name)]
    code, out, _ = call(capsys, "evaluate", "--data", f"folder:{corpus}", *metrics)
    assert code == 0
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
    for name in ("si_sdr", "ssnr", "snr", "lsd", "llr", "wss", "stoi"):
        assert name in out


def test_options_of_models_are_refused_beside_a_baseline(capsys, write, tmp_path):
    source = write("in.wav", np.zeros(4000))
    code, _, err = call(capsys, "enhance", source, tmp_path / "out.wav", "--baseline", "wiener", "--high-pass", "20")
    assert code == 2
    assert "--high-pass: for models only" in err


def test_two_runs_of_one_name_both_stand_in_the_table(capsys, trained, tmp_path):
    import shutil

    runs = [tmp_path / side / "run" for side in "ab"]
    for each in runs:
        shutil.copytree(trained, each)
    code, out, _ = call(capsys, "evaluate", "--run", runs[0], "--run", runs[1], "--baseline", "none", "--metrics", "snr",
                        "--json")
    assert code == 0
    assert list(json.loads(out)["systems"]) == ["noisy", str(runs[0]), str(runs[1])]


def test_a_run_refuses_other_validation_recordings(capsys, corpus, tmp_path):
    import shutil

    copy = tmp_path / "corpus"
    shutil.copytree(corpus, copy)
    assert call(capsys, "train", "segan-tiny", "--data", f"folder:{copy}", "--held-out", "s1", "--out", tmp_path / "run",
                *TINY)[0] == 0
    held_out = copy / "clean" / "s1_1.wav"
    samples, rate = soundfile.read(held_out)
    soundfile.write(held_out, 0.5 * samples, rate)
    code, _, err = call(capsys, "resume", tmp_path / "run", "--steps", "3", "--quiet")
    assert code == 3
    assert "was trained on other data" in err
