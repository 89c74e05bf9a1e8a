"""Every way out of a command: its exit code, its line, its traceback if wanted."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import cyclopts
import pytest

from gan_core.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    DivergedError,
    GanError,
    MissingDependencyError,
    RunError,
)
from gan_core.run.signals import Interrupted


class ResourceExhaustedError(Exception):
    """As TensorFlow's, by name: importing TensorFlow to recognise its errors would cost ten seconds."""


EXHAUSTED = ("Graph execution error:\n\nDetected at node 'conv' defined at (most recent call last):\n"
             "OOM when allocating tensor with shape[64,512,64,64] and type float\n\t [[{{node conv}}]]")


def failing(error):
    app = cyclopts.App(name="toy", help_format="plaintext")

    @app.command
    def fail():
        raise error

    return app


OUTCOMES = [
    (GanError("a"), 2, "error: a"), (ConfigError("a"), 2, "error: a"), (RunError("a"), 2, "error: a"),
    (MissingDependencyError("pip install x[y]"), 2, "error: pip install x[y]"), (DataError("a"), 3, "error: a"),
    (CheckpointError("a"), 3, "error: a"), (DivergedError("a"), 4, "error: a"),
    (MemoryError(), 2, "error: not enough memory. Lower --batch-size"),
    (ResourceExhaustedError(EXHAUSTED), 2, "error: not enough memory: OOM when allocating tensor with shape[64,512,64,64] and "
                                           "type float. Lower --batch-size or the model's size."),
    (OSError(errno.ENOSPC, "No space left on device", "samples/a.png"), 2,
     "error: samples/a.png: No space left on device. Check the path, its permissions and the free space."),
    (PermissionError(errno.EACCES, "Permission denied", "b.npy"), 2, "error: b.npy: Permission denied."),
    (ZeroDivisionError("[bold]x[/bold]"), 1, "error: unexpected ZeroDivisionError: [bold]x[/bold]\nPlease report this, with the "
                                             "output of the same command and --debug."),
]


@pytest.mark.parametrize(("error", "code", "message"), OUTCOMES, ids=lambda value: type(value).__name__)
def test_an_error_ends_in_one_message_and_its_code(leave, error, code, message):
    found, out, err = leave(failing(error), "fail")
    assert (found, out) == (code, "")
    assert err.startswith(message)
    assert "Traceback" not in err


@pytest.mark.parametrize(("error", "code", "message"), OUTCOMES, ids=lambda value: type(value).__name__)
def test_with_debug_the_traceback_comes_first_and_the_code_stays(leave, error, code, message):
    found, _, err = leave(failing(error), "fail", "--debug")
    assert found == code
    assert err.startswith("Traceback (most recent call last):")
    assert message in err


def test_the_interrupt_key_ends_a_command_without_a_traceback(leave):
    assert leave(failing(KeyboardInterrupt()), "fail") == (130, "", "")


@pytest.mark.parametrize("code", [130, 143])
def test_an_interrupted_run_keeps_its_code_and_adds_no_line(leave, code):
    assert leave(failing(Interrupted(code)), "fail") == (code, "", "")


def test_a_command_that_succeeds_returns(leave):
    app = cyclopts.App(name="toy")
    app.command(lambda: print("done"), name="work")
    assert leave(app, "work") == (0, "done\n", "")


def test_the_message_of_an_error_is_not_cut_or_coloured(leave):
    path = "/data/" + "x" * 300 + "[red].png"
    _, _, err = leave(failing(DataError(path)), "fail")
    assert err == f"error: {path}\n"


def test_what_a_terminal_cannot_show_is_replaced():
    code = ("from cyclopts import App; from gan_core.cli import run; from gan_core.progress import stdout\n"
            "app = App()\napp.default(lambda: stdout().print('a \u03a3 b'))\nrun(app, [])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stdout) == (0, b"a ? b\n"), done.stderr
