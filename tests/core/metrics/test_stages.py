import io

import pytest
from rich.console import Console

from gan_core.metrics.stages import Stages


@pytest.fixture
def stream():
    return io.StringIO()


def run(stages):
    with stages.running("reading", 10) as advance:
        advance(4)
        advance(6, 10)
    with stages.running("adding up", brief=True) as advance:
        advance(1)


def test_a_log_gets_one_line_per_long_stage(stream):
    run(Stages(console=Console(file=stream, force_terminal=False)))
    assert stream.getvalue() == "reading: 10 ...\n"


def test_a_terminal_gets_a_bar(stream):
    run(Stages(console=Console(file=stream, force_terminal=True, width=100)))
    assert "10/10" in stream.getvalue()
    assert "adding up" in stream.getvalue()


def test_nothing_is_said_if_it_is_not_shown(stream):
    stages = Stages(False, console=Console(file=stream, force_terminal=True))
    run(stages)
    stages.say("text")
    assert stream.getvalue() == ""


def test_what_is_said_is_no_markup(stream):
    Stages(console=Console(file=stream)).say("[red]text")
    assert stream.getvalue() == "[red]text\n"
