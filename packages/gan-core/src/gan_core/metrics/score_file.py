"""Scores in one JSON file, and their comparison with those of another. Imports no TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from gan_core.errors import ConfigError, DataError, RunError
from gan_core.files import write_whole
from gan_core.metrics.result import Score
from gan_core.metrics.score_table import OF_REAL, direction_text, value_text

FORMAT = "gan-core scores 1"


def scores_to_json(scores: Sequence[Score], *, left_out: Sequence[str] = (), **about) -> str:
    """All scores as one strict JSON text.

    Args:
        scores: as `evaluate` returns them.
        left_out: texts about metrics that could not be computed.
        **about: plain values to keep with them (run, step, sources).

    Example:
        >>> scores_from_json(scores_to_json(scores)) == list(scores)
        True
    """
    return json.dumps({"format": FORMAT, **about, "scores": [json.loads(score.to_json()) for score in scores],
                       "left_out": list(left_out)}, indent=1, ensure_ascii=False, allow_nan=False)


def scores_from_json(text: str) -> list[Score]:
    """The scores that `scores_to_json` wrote.

    Raises:
        DataError: another format, or a damaged score.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise DataError(f"scores must be JSON text. Found: {error}.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("scores"), list):
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise DataError(f"expected scores of format {FORMAT!r}. Found: {found!r}. "
                        "Write them with --json or `evaluate`.")
    return [Score.from_json(json.dumps(score)) for score in content["scores"]]


def write_scores(path: Path | str, scores: Sequence[Score], **about) -> Path:
    """Write `scores_to_json` to a file that appears complete or not at all.

    Raises:
        RunError: it cannot be written.
    """
    try:
        return write_whole(path, scores_to_json(scores, **about) + "\n")
    except OSError as error:
        raise RunError(f"the scores cannot be written to {path}: {error.strerror}. Make the folder writable.") from None


def read_scores(path: Path | str) -> list[Score]:
    """The scores in a file.

    Raises:
        DataError: it cannot be read or holds something else; the message names it.
    """
    path = Path(path)
    try:
        return scores_from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Expected: a file of scores.") from None
    except (DataError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from None


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
    """A table of pairs: both values, and which is better as far as their spread lets one say."""
    import sys

    from rich.console import Console
    from rich.table import Table

    console = console or Console(file=sys.stdout, highlight=False)
    table = Table("score", "A", "B", "better", "verdict", show_edge=False, pad_edge=False)
    for first, second in pairs:
        if first.metric.endswith(OF_REAL):  # says nothing about a generator
            continue
        table.add_row(first.metric, value_text(first), value_text(second), direction_text(first),
                      verdict(first, second, ("A", "B")))
    console.print(table)
    for letter, name in zip("AB", names, strict=True):
        console.print(f"{letter}: {name}", markup=False, highlight=False, soft_wrap=True)


def verdict(first: Score, second: Score, names: tuple[str, str]) -> str:
    """Which of two comparable scores is better; "equal within their spread" where the difference may be chance."""
    if first.value == second.value:
        return "equal"
    if first.higher_is_better is None:
        return ""
    one, other = _span(first), _span(second)
    if one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]:
        return "equal within their spread"
    return f"{names[0] if first.is_better_than(second) else names[1]} is better"


def _span(score: Score) -> tuple[float, float] | None:
    if score.interval is not None:
        return score.interval
    return None if score.spread is None else (score.value - score.spread, score.value + score.spread)
