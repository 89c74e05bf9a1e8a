"""Progress: live on a terminal, plain lines elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from gan_core.progress import Progress
from gan_core.run import progress as module


def make(terminal=False, **options):
    stream = io.StringIO()
    return Progress(console=Console(file=stream, force_terminal=terminal, width=100, highlight=False, soft_wrap=True,
                                    **options)), stream


def test_the_first_step_is_announced():
    progress, stream = make()
    with progress.running(1000, 0, 16):
        pass
    assert stream.getvalue() == "preparing the first of 1,000 steps ...\n"


def test_a_finished_run_announces_no_step():
    progress, stream = make()
    with progress.running(10, 10, 16):
        pass
    assert stream.getvalue() == ""


def test_plain_output_has_no_control_characters_and_a_line_per_interval(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress, stream = make()
    with progress.running(100, 0, 16):
        for step in range(1, 61):
            now[0] += 0.5
            progress.show(step, {"d_loss": 1.5, "unlisted": 3.0})
            progress.advance(step)
    lines = stream.getvalue().splitlines()[1:]
    assert [line.split()[1] for line in lines] == ["21/100", "42/100"]  # every 10.5 s of 0.5 s steps
    assert lines[0] == "step 21/100  32 examples/s  d_loss 1.5  0.7 min left"
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()


def test_a_terminal_shows_step_rate_and_losses(monkeypatch):
    progress, stream = make(terminal=True)
    with progress.running(100, 0, 16):
        progress.show(1, {"d_loss": 1.5})
        progress.advance(1)
        progress.advance(2)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "2/100" in text
    assert "d_loss 1.5" in text


def test_a_resumed_run_starts_the_bar_where_it_stands():
    progress, stream = make(terminal=True)
    with progress.running(100, 40, 16):
        pass
    assert "40/100" in stream.getvalue()


def test_no_color_is_honoured_on_a_terminal(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    progress, stream = make(terminal=True)
    with progress.running(100, 0, 16):
        progress.advance(1)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m|\x1b\[[0-9;]*38;", stream.getvalue())


def test_quiet_says_nothing(capfd):
    progress = Progress(quiet=True)
    with progress.running(100, 0, 16):
        progress.say("hello")
        progress.advance(1)
    assert capfd.readouterr() == ("", "")


def test_results_and_progress_use_different_streams(capfd):
    Progress().say("progress")
    module.stdout().print("result")
    assert capfd.readouterr() == ("result\n", "progress\n")


def test_square_brackets_in_a_message_stay():
    progress, stream = make()
    progress.say("cannot read [bold]runs/a[0].png")
    assert stream.getvalue() == "cannot read [bold]runs/a[0].png\n"


def test_a_long_line_is_not_broken():
    progress, stream = make()
    progress.say("x" * 500)
    assert stream.getvalue() == "x" * 500 + "\n"


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_the_rate_counts_examples_per_second(monkeypatch, seconds):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress, _ = make()
    with progress.running(100, 0, 16):
        progress.advance(1)
        assert progress.rate == 0  # one moment gives no rate
        now[0] += seconds
        progress.advance(2)
    assert progress.rate == pytest.approx(8 if seconds else 16e9)  # two steps in one tick of the clock do not divide by zero


def test_a_run_names_its_unit_and_the_scores_to_show(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress, stream = make()
    with progress.running(100, 0, 16, unit="rows", scores=("acceptance",)):
        for step in range(1, 23):
            now[0] += 0.5
            progress.show(step, {"acceptance": 0.25, "js_1": 3.0})
            progress.advance(step)
    assert stream.getvalue().splitlines()[1] == "step 21/100  32 rows/s  acceptance 0.25  0.7 min left"
