"""A progress line for long work; silent when the output is no terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def track(items: Iterable, description: str, total: int | None = None, *, quiet: bool = False) -> Iterator:
    """Yield `items`, with a transient bar on stderr: done, total, time left.

    Args:
        items: what to go through.
        description: str, shown before the bar.
        total: int, how many items; None shows a count without an end.
        quiet: True shows nothing, as does an output that is not a terminal.
    """
    if quiet:
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield from progress.track(items, total=total, description=description)
