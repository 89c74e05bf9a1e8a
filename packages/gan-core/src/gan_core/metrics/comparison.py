"""Two sets of scores side by side: which generator is better, as far as chance lets one say. Imports no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gan_core.errors import ConfigError
from gan_core.metrics.score import OF_REAL, Score
from gan_core.metrics.score_table import direction_text, number_text, value_text

FEWEST = 100  # generated images a side: with fewer, standard errors are themselves too uncertain for a verdict
QUANTILE = 1.96  # of 95 %


@dataclass(frozen=True)
class Verdict:
    """What two comparable scores say about two generators.

    Attributes:
        outcome: "better" or "worse" (the first against the second), "no difference shown", or "not judged".
        difference: float, value of the first minus that of the second; not finite where a value is not.
        interval: (low, high), 95 % interval of the difference over new samples of both generators; None if unknown.
        reason: str, why it is not judged.
    """

    outcome: str
    difference: float
    interval: tuple[float, float] | None = None
    reason: str = ""

    def text(self, names: tuple[str, str] = ("A", "B")) -> str:
        """The verdict with its numbers: "A is better: A - B = -0.31 (-0.52 to -0.1)"."""
        if self.outcome == "not judged":
            return f"not judged: {self.reason}"
        numbers = f"{names[0]} - {names[1]} = {number_text(self.difference)}"
        if self.interval is not None:
            numbers += f" ({number_text(self.interval[0])} to {number_text(self.interval[1])})"
        what = {"better": f"{names[0]} is better", "worse": f"{names[1]} is better"}.get(self.outcome, self.outcome)
        return f"{what}: {numbers}"


def judge(first: Score, second: Score) -> Verdict:
    """Whether the first of two scores is better than the second by more than chance explains.

    Both generators are judged by the same real images, so the chance is that of the generated ones. Each score gives a
    95 % interval, from its standard error or as it stands; of two independent ones the interval of the difference
    d = a - b reaches from d - √((a-l₁)² + (u₂-b)²) to d + √((u₁-a)² + (b-l₂)²) (Newcombe 1998, "Interval Estimation for
    the Difference Between Independent Proportions", method 10). The verdict is "better" or "worse" if it leaves out 0.

    Raises:
        ConfigError: the protocols differ.

    Example:
        >>> fields = {"spread_kind": "standard error over generated images", "higher_is_better": False}
        >>> first, second = (Score("KID", value, 500, 500, spread=0.002, **fields) for value in (0.012, 0.034))
        >>> judge(first, second).outcome
        'better'
    """
    first.check_comparable(second)
    difference = 0.0 if first.value == second.value else first.value - second.value
    if first.higher_is_better is None:
        return Verdict("not judged", difference, reason="neither direction is better")
    if min(first.fake_count, second.fake_count) < FEWEST:
        count = min(first.fake_count, second.fake_count)
        return Verdict("not judged", difference,
                       reason=f"{count} generated images are too few, at least {FEWEST} are needed")
    one, two = span(first), span(second)
    if one is None or two is None:
        return Verdict("not judged", difference, reason="this score carries no standard error")
    (low_1, high_1), (low_2, high_2) = one, two
    if math.isfinite(difference) and all(map(math.isfinite, (low_1, high_1, low_2, high_2))):
        interval = (difference - math.hypot(first.value - low_1, high_2 - second.value),
                    difference + math.hypot(high_1 - first.value, second.value - low_2))
        apart = interval[0] > 0 or interval[1] < 0
    else:  # a bound is all that is known: then only intervals that do not meet differ
        interval, apart = None, low_1 > high_2 or low_2 > high_1
    if not apart:
        return Verdict("no difference shown", difference, interval)
    return Verdict("better" if (difference > 0) == first.higher_is_better else "worse", difference, interval)


def span(score: Score) -> tuple[float, float] | None:
    """The 95 % interval of a score over new generated images; None if nothing in it tells."""
    if score.interval is not None:
        return score.interval
    if score.spread is None or not score.spread_kind.startswith("standard error"):
        return None
    return score.value - QUANTILE * score.spread, score.value + QUANTILE * score.spread


def pair_scores(first: Sequence[Score], second: Sequence[Score]) -> list[tuple[Score, Score]]:
    """The scores of each metric that both sides have, in the order of the first.

    Raises:
        ConfigError: none in common, or a pair of unlike protocols; names every difference.
    """
    theirs = {score.metric: score for score in second}
    pairs = [(score, theirs[score.metric]) for score in first if score.metric in theirs]
    if not pairs:
        raise ConfigError("the two sets of scores have no metric in common. Received: "
                          f"{', '.join(score.metric for score in first) or 'none'} and {', '.join(theirs) or 'none'}.")
    problems: dict[str, list[str]] = {}
    for ours, other in pairs:
        try:
            ours.check_comparable(other)
        except ConfigError as error:
            difference = str(error).partition("differ in ")[2].removesuffix(". Evaluate both in the same way.")
            problems.setdefault(difference, []).append(ours.metric)
    if problems:
        raise ConfigError("scores of unlike protocols cannot be compared:" + "".join(
            f"\n  {', '.join(metrics)}: {difference}" for difference, metrics in problems.items())
            + "\nEvaluate both in the same way: the same real images, extractor, metrics and counts.")
    return pairs


def print_comparison(pairs: Sequence[tuple[Score, Score]], names: tuple[str, str], *, console=None) -> None:
    """A table of pairs: both values, which direction is better, and the verdict with its numbers.

    Args:
        pairs: as `pair_scores` returns them; controls of real images are left out.
        names: of the two sides, below the table.
        console: rich `Console`; standard output by default.
    """
    import sys

    from rich.console import Console
    from rich.table import Table

    console = console or Console(file=sys.stdout, highlight=False)
    table = Table("score", "A", "B", "better", "verdict", show_edge=False, pad_edge=False)
    for first, second in pairs:
        if not first.metric.endswith(OF_REAL):  # says nothing about a generator
            table.add_row(first.metric, value_text(first), value_text(second), direction_text(first),
                          judge(first, second).text())
    console.print(table)
    for letter, name in zip("AB", names, strict=True):
        console.print(f"{letter}: {name}", markup=False, highlight=False, soft_wrap=True)
    console.print("Intervals (95 %) are those of new samples of both generators, judged by the same real images.",
                  markup=False, highlight=False)
