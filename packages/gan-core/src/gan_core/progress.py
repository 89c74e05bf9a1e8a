"""What a person sees while a run works: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

PLAIN_SECONDS = 10.0  # between two lines when the output is not a terminal
SHOWN = ("d_loss", "g_loss", "real_accuracy", "aug_p")


class Progress:
    """Progress of one process.

    Args:
        quiet: say nothing.
        console: where to; stderr by default, so that stdout stays for results.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None):
        self.console = console or Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)
        self.live = self.console.is_terminal and not quiet
        self.rate = 0.0
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    @contextlib.contextmanager
    def running(self, total: int, done: int, batch_size: int, *, unit: str = "examples", scores: Sequence[str] = ()):
        """Show progress from step `done` to `total` while inside; `scores` are shown beside the losses."""
        self._total, self.batch_size, self._last = total, batch_size, None
        self._unit, self._shown = unit, (*SHOWN, *scores)
        self._values: dict[str, float] = {}
        self._printed = time.monotonic()
        if total > done:
            self.say(f"preparing the first of {total - done:,} steps ...")
        if self.live:
            self._bar = RichProgress(
                TextColumn("step"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.fields[text]}"),
                TimeRemainingColumn(compact=True), TextColumn("left"), console=self.console, transient=True)
            self._task = self._bar.add_task("", total=total, completed=done, text="")
        with self._bar or contextlib.nullcontext():
            yield self
        self._bar = None

    def advance(self, step: int) -> None:
        """One step is done."""
        now = time.monotonic()
        if self._last is not None:
            instant = self.batch_size / max(now - self._last, 1e-9)
            self.rate = instant if self.rate == 0 else 0.98 * self.rate + 0.02 * instant
        self._last = now
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=step, text=self._text())
        elif now - self._printed > PLAIN_SECONDS and step < self._total:
            self._printed = now
            self.say(f"step {step:,}/{self._total:,}  {self._text()}  {self._time_left(step)}")

    def show(self, step: int, values: dict[str, float]) -> None:
        """Values for the live line."""
        self._values |= {name: values[name] for name in self._shown if name in values}

    def say(self, text: str) -> None:
        """One line that stays."""
        self.console.print(text, markup=False)

    def _time_left(self, step: int) -> str:
        if not self.rate:
            return ""
        return f"{(self._total - step) * self.batch_size / self.rate / 60:.1f} min left"

    def _text(self) -> str:
        values = "  ".join(f"{name} {value:.3g}" for name, value in self._values.items())
        return f"{self.rate:,.0f} {self._unit}/s  {values}"


class Results(Console):
    """A console for results, whose reader may stop reading: `gan-vision recipes | head -1`."""

    def on_broken_pipe(self) -> None:
        """Leave quietly, and with success."""
        with contextlib.suppress(SystemExit):
            super().on_broken_pipe()
        raise SystemExit(0)


def stdout(*, wrap: bool = False) -> Console:
    """The console for results: a line stays a line for the program that reads it, unless `wrap` asks for text."""
    return Results(file=sys.stdout, highlight=False, soft_wrap=not wrap)
