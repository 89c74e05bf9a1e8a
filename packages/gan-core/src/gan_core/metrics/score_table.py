"""Scores as a table that a person understands. Imports no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gan_core.metrics.result import Score

MEANINGS = {
    "FID": "gap between real and generated features, seen as two clouds; 0 if alike",
    "KID": "the same gap, unbiased for few images; 0 on average if alike",
    "precision": "share of generated images that could be real ones",
    "recall": "share of real images that the generator comes close to",
    "density": "how deep generated images lie among real ones; 1 if alike",
    "coverage": "share of real images with a generated one nearby",
    "birthday support": "about how many different images it makes",
    "birthday support of real images": "the same test on real images, to compare",
    "memorisation": "share nearer to training than to unseen images; 0.5 if it does not copy",
    "MS-SSIM": "how alike two generated images are on average; 1 if all are the same",
    "MS-SSIM of real images": "the same for real images, to compare",
    "inception score": "sure of each image and varied over all, by the extractor's classes",
    "classes found": "classes with at least 1% of the generated images, surely recognised",
    "recognised": "share of generated images that the classifier is sure about",
    "class balance": "how uneven the classes are against the real ones (nats); 0 if alike",
}


def print_scores(scores: Sequence[Score], *, title: str = "", left_out: Sequence[str] = (), console=None) -> None:
    """Print what the scores are, which direction is better, what they mean, and what limits them.

    Args:
        scores: as `evaluate` returns them.
        title: str, above the table.
        left_out: texts about metrics that could not be computed.
        console: rich `Console`; standard output by default.

    Example:
        >>> print_scores([Score("FID", 12.5, 500, 500, higher_is_better=False)])
    """
    from rich.table import Table

    console = console or _stdout()
    notes = numbered_warnings(scores)
    table = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("score", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("better")
    table.add_column("real / generated", justify="right")
    table.add_column("what it says", ratio=1)
    for score in scores:
        marks = [str(number) for number, (_, holders) in enumerate(notes, 1) if score.metric in holders]
        meaning = MEANINGS.get(score.metric, "") + (f" [{','.join(marks)}]" if marks else "")
        table.add_row(_name(score.metric), value_text(score), direction_text(score),
                      f"{score.real_count or '-'} / {score.fake_count or '-'}", _plain(meaning))
    console.print(table)
    for extractor in dict.fromkeys(extractor_text(score) for score in scores if score.extractor):
        console.print(f"features: {extractor}", markup=False, highlight=False)
    for number, (text, _) in enumerate(notes, 1):
        console.print(f"[{number}] {text}", markup=False, highlight=False)
    for text in left_out:
        console.print(f"not scored: {text}", markup=False, highlight=False)


def value_text(score: Score) -> str:
    """The value with its spread or interval; a bound where that is all that is known."""
    if score.interval is not None and score.metric.startswith("birthday support"):
        low, high = score.interval
        if math.isinf(score.value):
            return f"> {low:,.0f}"
        if score.value == 0:
            return f"< {high:,.0f}"
        return f"{score.value:,.0f}\n{low:,.0f} to " + ("∞" if math.isinf(high) else f"{high:,.0f}")
    text = number_text(score.value)
    if score.spread is not None:
        text += f" ± {score.spread:.2g}"
    if score.interval is not None:
        text += f"\n{number_text(score.interval[0])} to {number_text(score.interval[1])}"
    return text


def number_text(value: float) -> str:
    """Three to four digits: 12.5, 0.0312, 180, 1,235."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"


def direction_text(score: Score) -> str:
    """Which way is better, in a word."""
    return {True: "larger", False: "smaller", None: ""}[score.higher_is_better]


def extractor_text(score: Score) -> str:
    """The extractor's identity in one line."""
    parts = (score.extractor, score.resize, f"sha256:{score.extractor_hash}" if score.extractor_hash else "")
    return "/".join(part for part in parts if part)


def numbered_warnings(scores: Sequence[Score]) -> list[tuple[str, set[str]]]:
    """Each warning once, with the metrics it belongs to."""
    notes: dict[str, set[str]] = {}
    for score in scores:
        for text in score.warnings:
            notes.setdefault(text, set()).add(score.metric)
    return list(notes.items())


def _name(metric: str) -> str:
    return metric.replace(" of real images", "\n  of real images")


def _plain(text: str):
    from rich.text import Text

    return Text(text)  # brackets are no markup


def _stdout():
    import sys

    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)
