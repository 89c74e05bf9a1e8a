"""Tiny runs of the recipes, made through the command line once and shared by the tests that only read them."""

import pytest

TINY = ["--steps", "6", "--n-critic", "2", "--batch-size", "8", "--filters", "8", "--blocks", "1", "--latent", "4",
        "--score-samples", "50", "--sample-every", "3", "--checkpoint-every", "3", "--log-every", "2", "--quiet"]
WORDS = "the a one dog cat bird sees finds likes".split()


@pytest.fixture
def tiny():
    """Options of `train` that make any recipe a matter of seconds."""
    return TINY


@pytest.fixture
def make_text(tmp_path):
    """(words, lines) -> a folder with a text of sentences of three of these words."""
    return lambda words=WORDS, lines=400: write_text(tmp_path / "text", lines, words)


def write_text(folder, lines=400, words=WORDS, name="text.txt"):
    """Sentences of three words, all different in order, so that every split has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    size = len(words)
    text = "".join(f"{words[n % size]} {words[n // size % size]} {words[n // size**2 % size]}\n" for n in range(lines))
    (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def gan_text(capfd, monkeypatch, tmp_path):
    """(arguments) -> (exit code, stdout, stderr) of the program; prepared texts stay in the test's own folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda *arguments: call(capfd, *arguments)


def call(capfd, *arguments):
    from gan_core.cli import make_app, run
    from gan_text.cli.app import MODALITY

    capfd.readouterr()
    code = 0
    try:
        run(make_app(MODALITY), [str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code or 0
    out, err = capfd.readouterr()
    return code, out, err


@pytest.fixture(scope="session")
def arith_run(tmp_path_factory):
    """A finished run of `arith`, 6 steps long."""
    from gan_core.cli import make_app, run
    from gan_text.cli.app import MODALITY

    out = tmp_path_factory.mktemp("arith") / "run"
    run(make_app(MODALITY), ["train", "arith", *TINY, "--rows", "200", "--out", str(out)])
    return out
