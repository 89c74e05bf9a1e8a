"""What a person sees while something works, on standard error: live on a terminal, plain lines elsewhere.

`Progress` is the line of a training run, `track` goes with a long loop, `stage` with a part of a long command, and
`say` is one line that stays. `with quietly():` silences all of them below it, however deep they are called.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

PLAIN_SECONDS = 10.0  # between two lines when the output is not a terminal
SHOWN = ("d_loss", "g_loss", "real_accuracy", "aug_p")
Item = TypeVar("Item")
_quiet = contextvars.ContextVar("quiet", default=False)


@contextlib.contextmanager
def quietly(quiet: bool = True) -> Iterator[None]:
    """Show no progress while inside, also in what is called from there.

    Args:
        quiet: False changes nothing, so that an option can be passed on: `with quietly(options.quiet):`. What is quiet
            stays quiet inside.

    Example:
        >>> with quietly():
        ...     images = open_images("birds/")
    """
    token = _quiet.set(_quiet.get() or quiet)
    try:
        yield
    finally:
        _quiet.reset(token)


def is_quiet() -> bool:
    """Whether `quietly` is in force here."""
    return _quiet.get()


def say(text: str, *, console: Console | None = None) -> None:
    """One line that stays."""
    if not is_quiet():
        (console or _stderr()).print(text, markup=False)


class Show(Protocol):
    """Tells how far the work is: (title, units done, units in total or None)."""

    def __call__(self, title: str, done: int, total: int | None = None, /) -> None: ...  # noqa: D102


@contextlib.contextmanager
def showing(*, in_bytes: bool = False, console: Console | None = None) -> Iterator[Show]:
    """One bar whose title and position are told from inside; a plain line every 10 s where there is no terminal.

    Args:
        in_bytes: the units are bytes: "3.1/8.0 MB".
        console: where to; standard error by default.

    Yields:
        A function (title, done, total), total None if it is not known.

    Example:
        >>> with showing() as show:
        ...     for number, path in enumerate(paths):
        ...         show(path.name, number, len(paths))
    """
    if is_quiet():
        yield lambda title, done, total=None: None
        return
    console = console or _stderr()
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    amount = DownloadColumn() if in_bytes else MofNCompleteColumn()
    with RichProgress(SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), amount,
                      TimeElapsedColumn(), TimeRemainingColumn(compact=True), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(title: str, done: int, total: int | None = None) -> None:
            if title != bar.tasks[0].description:
                bar.reset(task, description=title)
            bar.update(task, completed=done, total=total)

        yield show


def track(items: Iterable[Item], title: str, total: int | None = None, *, size: Callable[[Item], int] | None = None,
          console: Console | None = None) -> Iterator[Item]:
    """The same items, while a bar shows how many of them are done.

    Args:
        items: what to go through.
        title: shown before the bar.
        total: how many there are; None asks `len`, and shows a count without an end where there is none.
        size: item -> units of work (`len` for batches); one each by default. `total` then counts units.
        console: where to; standard error by default.

    Example:
        >>> for path in track(paths, "decoding"):
        ...     decode(path)
    """
    if total is None and size is None:
        with contextlib.suppress(TypeError):
            total = len(items)  # type: ignore[arg-type]
    with showing(console=console) as show:
        done = 0
        for item in items:
            show(title, done, total)
            yield item
            done += 1 if size is None else size(item)
        show(title, done, total)


@contextlib.contextmanager
def stage(title: str, total: int | None = None, *, brief: bool = False,
          console: Console | None = None) -> Iterator[Callable[..., None]]:
    """Show `title` while inside: a bar on a terminal, a line at the start elsewhere.

    Args:
        title: what is being done.
        total: units of work, if they are known.
        brief: the stage is usually over at once, so that a log needs no line about it.
        console: where to; standard error by default.

    Yields:
        A function (count, total=None) to call as work gets done.

    Example:
        >>> with stage("features of the real images", len(images)) as advance:
        ...     for batch in batches:
        ...         advance(len(batch))
    """
    if is_quiet():
        yield lambda count, total=None: None
        return
    console = console or _stderr()
    if not console.is_terminal and not brief:
        say(f"{title} ..." if total is None else f"{title}: {total:,} ...", console=console)
    with showing(console=console) as show:
        known, done = total, 0

        def advance(count: int, total: int | None = None) -> None:
            nonlocal known, done
            known, done = (known if total is None else total), done + count
            show(title, done, known)

        advance(0)
        yield advance


class Progress:
    """Progress of one training process.

    Args:
        quiet: say nothing, as below `quietly`.
        console: where to; stderr by default, so that stdout stays for results.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None):
        self._quiet = quiet
        self.console = console or Console(stderr=True, quiet=self.quiet, highlight=False, emoji=False, soft_wrap=True)
        self.rate = 0.0
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    @property
    def quiet(self) -> bool:
        """Whether nothing is said."""
        return self._quiet or is_quiet()

    @property
    def live(self) -> bool:
        """Whether there is a terminal for a line that changes."""
        return self.console.is_terminal and not self.quiet

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
        if not self.quiet:
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
    return Results(file=sys.stdout, highlight=False, emoji=False, soft_wrap=not wrap)  # no picture for ":up:" in a path


def _stderr() -> Console:
    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def _plain_lines(console: Console) -> Show:
    printed = time.monotonic()

    def show(title: str, done: int, total: int | None = None) -> None:
        nonlocal printed
        now = time.monotonic()
        if now - printed > PLAIN_SECONDS:
            printed = now
            console.print(f"{title}: {done:,}" + ("" if total is None else f"/{total:,}"), markup=False)

    return show
