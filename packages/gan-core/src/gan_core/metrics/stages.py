"""What a person sees while scores are computed: a bar on a terminal, one plain line per stage elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Stages:
    """Progress on standard error.

    Args:
        shown: False says nothing.
        console: where to; standard error by default.
    """

    def __init__(self, shown: bool = True, *, console: Console | None = None):
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self.shown = shown

    @contextlib.contextmanager
    def running(self, title: str, total: int | None = None, *, brief: bool = False) -> Iterator[Callable[..., None]]:
        """Show `title` while inside; gives a function (count, total=None) to call as work gets done.

        Args:
            title: str.
            total: int, units of work, if they are known.
            brief: whether the stage is usually over at once, so that a log needs no line about it.
        """
        if not self.shown:
            yield lambda count, total=None: None
            return
        if not self.console.is_terminal:
            if not brief:
                self.say(f"{title} ..." if total is None else f"{title}: {total:,} ...")
            yield lambda count, total=None: None
            return
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                      TimeElapsedColumn(), console=self.console, transient=True) as bar:
            task = bar.add_task(title, total=total)

            def advance(count: int, total: int | None = None) -> None:
                if total is not None:
                    bar.update(task, total=total)
                bar.advance(task, count)

            yield advance

    def say(self, text: str) -> None:
        """One line that stays."""
        if self.shown:
            self.console.print(text, markup=False)
