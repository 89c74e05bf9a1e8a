"""Scores as a table that a person understands. Imports no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gan_core.metrics.score import OF_REAL, Score

MEANINGS = {
    "FID": "gap between real and generated features, seen as two clouds; 0 if alike",
    "KID": "the same gap, unbiased for few images; 0 on average if alike",
    "precision": "share of generated images that could be real ones",
    "recall": "share of real images that the generator comes close to",
    "density": "how deep generated images lie among real ones; 1 if alike",
    "coverage": "share of real images with a generated one nearby",
    "birthday support": "about how many different images it makes",
    "memorisation": "share nearer to training than to unseen images; 0.5 if it does not copy",
    "MS-SSIM": "how alike two generated images are on average; 1 if all are the same",
    "two-sample accuracy": "how well real and generated ones are told apart; 0.5 if alike, 1 if apart",
    "two-sample accuracy, real": "the same over real images alone",
    "two-sample accuracy, generated": "over generated ones alone: far above that of the real ones if modes are missing",
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
    from rich.text import Text

    console = console or _stdout()
    shown = [score for score in scores if not score.metric.endswith(OF_REAL)]
    controls = {score.metric.removesuffix(OF_REAL): score for score in scores if score.metric.endswith(OF_REAL)}
    everywhere, notes = numbered_warnings(shown)
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("score", no_wrap=True)
    table.add_column("value", justify="right", overflow="fold")
    if controls:
        table.add_column("real images give", justify="right", overflow="fold")
    table.add_column("better")
    table.add_column("real / generated", justify="right", no_wrap=True)
    for score in shown:
        marks = ",".join(str(number) for number, (_, holders) in enumerate(notes, 1) if score.metric in holders)
        control = controls.get(score.metric)
        table.add_row(Text(score.metric + (f" [{marks}]" if marks else "")), value_text(score),  # Text: no markup
                      *([value_text(control) if control else ""] if controls else []), direction_text(score),
                      f"{score.real_count or '-'} / {score.fake_count or '-'}")
    if title:
        console.print(title, markup=False, highlight=False, soft_wrap=True)  # paths stay in one piece
    console.print(table)
    extractors = dict.fromkeys(extractor_text(score) for score in shown if score.extractor)
    for line in ("", *(f"{score.metric}: {MEANINGS[score.metric]}" for score in shown if score.metric in MEANINGS), ""):
        console.print(line, markup=False, highlight=False)
    for extractor in extractors:
        console.print(f"features: {extractor}", markup=False, highlight=False, soft_wrap=True)
    if any(score.spread is not None for score in shown):
        console.print("±: standard error, the chance of which images were generated", markup=False, highlight=False)
    for line in (*everywhere, *(f"[{number}] {text}" for number, (text, _) in enumerate(notes, 1)),
                 *(f"not scored: {text}" for text in left_out)):
        console.print(line, markup=False, highlight=False)


def value_text(score: Score) -> str:
    """The value with its spread or interval; a bound where that is all that is known."""
    if score.interval is not None and score.metric.startswith("birthday support"):
        low, high = score.interval
        if math.isinf(score.value):
            return f"> {low:,.0f}"
        if score.value == 0:
            return f"< {high:,.0f}"
        return f"{score.value:,.0f} ({low:,.0f} to {number_text(high)})"
    text = number_text(score.value)
    if score.spread is not None:
        text += f" ± {score.spread:.2g}"
    if score.interval is not None:
        text += f" ({number_text(score.interval[0])} to {number_text(score.interval[1])})"
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


def numbered_warnings(scores: Sequence[Score]) -> tuple[list[str], list[tuple[str, set[str]]]]:
    """Warnings that every score on features has; then each of the others once, with the metrics it belongs to."""
    notes: dict[str, set[str]] = {}
    for score in scores:
        for text in score.warnings:
            notes.setdefault(text, set()).add(score.metric)
    on_features = {score.metric for score in scores if score.extractor}
    everywhere = [text for text, holders in notes.items() if holders == on_features and len(holders) > 1]
    return everywhere, [(text, holders) for text, holders in notes.items() if text not in everywhere]


def _stdout():
    import sys

    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)
