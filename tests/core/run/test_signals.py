"""Signals: the first asks, the second ends, the former handlers come back."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gan_core.run.signals import Interrupted, StopRequest


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_only_asks(number, code):
    with StopRequest().listening() as stop:
        assert not stop
        os.kill(os.getpid(), number)
        assert stop
        assert stop.exit_code == code


def test_the_second_signal_ends_at_once_with_its_own_code():
    with StopRequest().listening():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted) as caught:
            os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 143


def test_an_interruption_passes_handlers_of_ordinary_errors():
    """A cleaning `except Exception` on the way must not swallow it."""
    assert not issubclass(Interrupted, Exception)


@pytest.mark.parametrize("leave_by", ["end", "error"])
def test_the_former_handlers_come_back(leave_by):
    seen = []
    former = signal.signal(signal.SIGTERM, lambda *_: seen.append("user"))
    try:
        try:
            with StopRequest().listening() as stop:
                os.kill(os.getpid(), signal.SIGTERM)
                if leave_by == "error":
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        assert seen == []
        assert stop
        os.kill(os.getpid(), signal.SIGTERM)
        assert seen == ["user"]
    finally:
        signal.signal(signal.SIGTERM, former)


def test_a_thread_leaves_the_handlers_alone():
    found = []

    def work():
        with StopRequest().listening() as stop:
            found.append((bool(stop), signal.getsignal(signal.SIGTERM)))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(False, before)]
