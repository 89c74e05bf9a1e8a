"""The last entries of a run, counted in updates whatever the logging interval. Imports no TensorFlow."""

from __future__ import annotations

import bisect
from typing import NamedTuple

import numpy as np

WINDOW = 200  # updates over which a condition must hold
BLOCKS = 5  # windows that are compared: the last one and four before it


class Entry(NamedTuple):
    """Means of `span` updates, the last of which was `step`."""

    step: int
    span: int
    values: dict[str, float]


class History:
    """A rolling history.

    Statistics need several entries, and an entry may hold more updates than a window: a stretch is therefore asked for
    by a number of updates *and* a least number of entries, and is as long as the longer of the two.

    Args:
        start: the update that the history starts after.
        keep: least number of entries to keep.
    """

    def __init__(self, start: int = 0, keep: int = 100):
        self.start, self.keep = start, keep
        self.items: list[Entry] = []

    def add(self, step: int, values: dict[str, float]) -> Entry:
        """Append an entry and forget what no stretch can reach."""
        before = self.items[-1].step if self.items else self.start
        self.items.append(Entry(step, max(step - before, 1), values))
        while len(self.items) > self.keep and self.items[0].step <= step - (BLOCKS + 1) * WINDOW:
            del self.items[0]
        return self.items[-1]

    def stretch(self, updates: int, least: int = 1, *, skip: int = 0) -> list[Entry] | None:
        """The last entries that hold `updates` updates and are at least `least`, without the newest `skip`; or None."""
        end = len(self.items) - skip
        if end < least:
            return None
        # An entry covers (step - span, step]; the stretch begins with the last entry that begins early enough.
        late = self.items[end - 1].step - updates
        begin = bisect.bisect_right(self.items, late, hi=end, key=lambda entry: entry.step - entry.span) - 1
        return None if begin < 0 else self.items[min(begin, end - least):end]


def mean(entries: list[Entry], name: str) -> float | None:
    """The mean per update of a quantity; None where no entry reports it."""
    known = [entry for entry in entries if name in entry.values]
    if not known:
        return None
    return float(np.average([entry.values[name] for entry in known], weights=[entry.span for entry in known]))


def series(entries: list[Entry], name: str) -> np.ndarray:
    """The values of a quantity, float64 (entries that report it,)."""
    return np.array([entry.values[name] for entry in entries if name in entry.values])
