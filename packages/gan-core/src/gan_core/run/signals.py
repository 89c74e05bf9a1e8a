"""Ending a run from outside: the first signal asks it to stop after the step, the second ends it at once."""

from __future__ import annotations

import contextlib
import signal
import threading


class Interrupted(SystemExit):
    """The run was stopped by a signal after writing a checkpoint; `code` is 128 + signal number."""


class StopRequest:
    """Set by SIGINT or SIGTERM; the loop looks at it after every step."""

    def __init__(self):
        self.signal: int | None = None

    def __bool__(self):
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """130 for SIGINT, 143 for SIGTERM."""
        return 128 + (self.signal or 0)

    @contextlib.contextmanager
    def listening(self):
        """Handle the signals while inside; the former handlers come back afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield self  # Python delivers signals to the main thread only
            return
        former = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _note(self, number, frame):
        if self.signal is not None:
            raise Interrupted(128 + number)
        self.signal = number
