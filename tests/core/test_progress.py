"""Progress: live on a terminal, plain lines elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from gan_core import progress as module
from gan_core.progress import Progress, is_quiet, quietly, say, showing, stage, track


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


def test_words_between_colons_are_no_pictures(capfd):
    module.stdout().print("cub:up: 12 images", markup=False)
    say("cub:up: read")
    Progress().say("folder:cat: step")
    assert tuple(capfd.readouterr()) == ("cub:up: 12 images\n", "cub:up: read\nfolder:cat: step\n")


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


# ---------------------------------------------------------------------- loops and stages


def console(terminal=False):
    stream = io.StringIO()
    return Console(file=stream, force_terminal=terminal, width=100, highlight=False), stream


def text_of(stream):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_tracked_items_pass_unchanged_and_silently_where_they_are_fast(capfd):
    assert list(track(iter(range(5)), "decoding")) == [0, 1, 2, 3, 4]
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_what_is_tracked_on_standard_error(capfd, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert list(track(iter(range(5)), "decoding images", 5)) == [0, 1, 2, 3, 4]
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "decoding images" in captured.err
    assert "5/5" in captured.err


def test_the_number_of_items_is_found_where_there_is_one():
    where, stream = console(terminal=True)
    list(track([1, 2, 3], "reading", console=where))
    assert "3/3" in text_of(stream)


def test_batches_count_by_their_size():
    where, stream = console(terminal=True)
    list(track(iter([[1, 2], [3]]), "reading", 3, size=len, console=where))
    assert "3/3" in text_of(stream)


def test_a_slow_loop_writes_a_plain_line_every_ten_seconds(clock):
    where, stream = console()
    for _ in track(range(1000), "decoding", console=where):
        clock[0] += 0.25
    assert stream.getvalue().splitlines()[:2] == ["decoding: 41/1,000", "decoding: 82/1,000"]


def test_an_error_inside_a_tracked_loop_passes_on():
    with pytest.raises(ZeroDivisionError):
        list(track((1 / number for number in [0]), "dividing"))


def run_stages(where):
    with stage("reading", 10, console=where) as advance:
        advance(4)
        advance(6, 10)
    with stage("adding up", brief=True, console=where) as advance:
        advance(1)


def test_a_log_gets_one_line_per_long_stage():
    where, stream = console()
    run_stages(where)
    assert stream.getvalue() == "reading: 10 ...\n"


def test_a_terminal_gets_a_bar_for_every_stage():
    where, stream = console(terminal=True)
    run_stages(where)
    assert "10/10" in text_of(stream)
    assert "adding up" in text_of(stream)


def test_the_title_can_change_while_something_is_shown():
    where, stream = console(terminal=True)
    with showing(console=where) as show:
        show("a[0].wav", 5, 10)
        show("b.wav", 7, 20)
    assert "a[0].wav" in text_of(stream)
    assert "7/20" in text_of(stream)


def test_bytes_are_shown_as_such():
    where, stream = console(terminal=True)
    with showing(in_bytes=True, console=where) as show:
        show("counting", 2_000_000, 8_000_000)
    assert "2.0/8.0 MB" in text_of(stream)


def everything():
    say("text")
    list(track(range(3), "loop"))
    with stage("stage", 3) as advance:
        advance(3)
    with showing() as show:
        show("title", 1)
    progress = Progress()
    with progress.running(100, 0, 16):
        progress.say("hello")
        progress.advance(1)


@pytest.mark.parametrize("terminal", [False, True])
def test_quietly_silences_every_display_below_it(terminal, capfd, monkeypatch):
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    with quietly():
        everything()
    assert capfd.readouterr() == ("", "")
    everything()
    assert capfd.readouterr().err != ""


def test_what_is_quiet_stays_quiet_inside_and_ends_outside():
    with quietly(), quietly(False):
        assert is_quiet()
    with quietly(False):
        assert not is_quiet()
    assert not is_quiet()


def test_a_progress_made_before_is_silenced_too():
    progress, stream = make()
    with quietly():
        progress.say("hello")
    assert stream.getvalue() == ""


def test_what_is_said_is_no_markup():
    where, stream = console()
    say("[red]text", console=where)
    assert stream.getvalue() == "[red]text\n"
