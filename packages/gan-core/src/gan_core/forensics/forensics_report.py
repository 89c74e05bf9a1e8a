"""The forensics report: one HTML file that needs nothing else, and its numbers as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

from gan_core.errors import RunError
from gan_core.files import write_whole
from gan_core.forensics import plots
from gan_core.forensics.pixel_comparison import Comparison, Spread, View
from gan_core.html_page import bullets, figure, heading, page, paragraph, picture, row, table

_HOW_DISTANCE = """The distance D compares two distribution functions: for every value t, take the share of pixels that
are at most t in either set; D is the largest gap between the two shares. 0 means that no value sets them apart, 1 that
they do not overlap. JSD compares the histograms bin by bin instead: 0 for equal ones, ln 2 = 0.693 for two without a
common bin; what lies outside the range is counted too."""

_HOW_P_VALUE = """There is no p-value for the pixels, on purpose. The textbook rule (reject above the critical value)
is right for independent values, but neighbouring pixels are near copies of each other, and there are millions of them.
By that rule even the test images of a data set differ "significantly" from its training images. What is independent
are whole images: the interval comes from drawing images anew, and the row "two halves" shows how far one source
differs from itself. A set stands out if its interval lies above that row."""

_HOW_ROUNDING = """Pictures on disk know 256 grey levels; a network puts out millions of values. Black paper in a
photograph is stored as exactly 0, while a sigmoid or tanh comes near to its end and hardly ever reaches it. Compared
as they are, the two differ for this reason alone, and a person could not see it. Rounded to the same levels, what is
left is a difference of the pictures. Both are given: the first finds fakes that were kept as floats, the second judges
a generator."""

_HOW_ENDS = """Here the ends of the range are enlarged, on a logarithmic scale. Stored pictures form a comb: a tooth at
every grey level and nothing between. A network that saturates shows a smooth slope towards the end of the range
instead of one spike at its very last bin. After rounding (lower row) both are combs and only their heights can
differ."""

_HOW_LINES = """The centroid of a column is the height at which its ink balances; likewise for rows. Its slope over
{window} neighbours says which way strokes lean. Lines without any ink have no centroid and are left out: {real:.1%} of
the {first}, {fake:.1%} of the {second} ones. Where a generator never reaches exact black, it has hardly any such
lines, and the centroids of its faint background gather in the middle."""

_HOW_IMAGES = """One number per image. Images are independent, so here the critical value (level {alpha:.0%}) means
what it says. With {count} summaries, up to {alarm:.0%} of the reports on two sets from one source still show a false
alarm."""


def write_report(comparison: Comparison, folder: str | os.PathLike) -> tuple[Path, Path]:
    """Write `report.html` (self-contained: pictures inside, no link to anywhere) and `report.json`.

    Args:
        comparison: what `compare_pixels` returned.
        folder: created if it is missing; files of an earlier report in it are replaced.

    Returns:
        The paths of the HTML and the JSON file.

    Raises:
        RunError: `folder` is a file, or cannot be written.

    Example:
        >>> page, numbers = write_report(compare_pixels(real, fake), "forensics")
    """
    folder = Path(folder)
    page, numbers = folder / "report.html", folder / "report.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(numbers, json.dumps(comparison.to_dict(), indent=1, allow_nan=False))
        write_whole(page, _page(comparison))
    except OSError as error:
        raise RunError(f"the report cannot be written to {str(folder)!r}: {error.strerror or error}. "
                       "Choose another folder with `out`.") from error
    return page, numbers


def _page(comparison: Comparison) -> str:
    settings, names = comparison.settings, comparison.settings["names"]
    raw, rounded = comparison.raw, comparison.quantised
    views = [raw] if rounded is None else [raw, rounded]
    shape = " × ".join(str(size) for size in settings["shape"])
    parts = [
        heading(f"Forensics: {names[1]} against {names[0]}", 1),
        paragraph(f"{settings['images'][1]:,} {names[1]} images against {settings['images'][0]:,} {names[0]} ones, "
                  f"{shape} pixels."),
        heading("What was found"), bullets(comparison.findings),
        row(_figure(plots.sheet(images), name) for images, name in zip(comparison.examples, names, strict=True)),
        heading("Distances"), _distances(views, settings, names), _how(_HOW_DISTANCE), _how(_HOW_P_VALUE),
        "" if rounded is None else _how(_HOW_ROUNDING),
        heading("Distribution functions"), _figure(plots.distribution_functions(comparison),
                                                   "The dotted line marks the largest gap."),
        heading("Histograms"), _figure(plots.histograms(raw, settings["names"]), _left_out(raw, names)),
        heading("The ends of the range"), _figure(plots.ends(raw, settings["names"]), "As stored."),
        "" if rounded is None else _figure(plots.ends(rounded, settings["names"]), "Rounded to grey levels."),
        _how(_HOW_ENDS),
        heading("Pixels in numbers"), _moments(views, names),
        heading("Centroids and slopes"), *(_figure(plots.lines(view, settings["names"]), title)
                                           for view, title in zip(views, ("As stored.", "Rounded."), strict=False)),
        _how(_HOW_LINES.format(window=settings["window"], real=raw.centroids.undefined[0],
                               fake=raw.centroids.undefined[1], first=names[0], second=names[1])),
        heading("Per image"), _figure(plots.per_image(views[-1], settings["names"]),
                                      "As stored." if rounded is None else "Rounded to grey levels."),
        _spreads(views[-1], names), _how(_HOW_IMAGES.format(
            alpha=settings["alpha"], count=len(raw.images), alarm=1 - (1 - settings["alpha"]) ** len(raw.images))),
        heading("Settings"), table(("setting", "value"), [(key.replace("_", " "), _setting(value))
                                                          for key, value in settings.items()]),
    ]
    return page(f"Forensics: {names[1]}", parts)


def _setting(value) -> str:
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)


def _how(text: str) -> str:
    return paragraph(text, note=True)


def _figure(png: bytes, caption: str) -> str:
    return figure(picture(png, "png", caption), caption)


def _titles(views: list[View]) -> list[str]:
    return ["as stored", "rounded"][:len(views)]


def _distances(views: list[View], settings: dict, names: list[str]) -> str:
    rows = [
        ["pixels: D"] + [f"{view.ks.statistic:.6f}" for view in views],
        [f"interval over images ({views[0].bootstrap.level:.0%})"]
        + [f"{view.bootstrap.low:.4f} – {view.bootstrap.high:.4f}" for view in views],
        [f"two halves of the {names[0]} images: D (95 % below)"]
        + [f"{view.bootstrap.floor:.4f} ({view.bootstrap.floor_high:.4f})" for view in views],
        [f"critical value at {settings['alpha']:.0%}, were pixels independent"]
        + [f"{view.ks.critical:.6f}" for view in views],
        ["histograms: JSD (nats)"] + [f"{view.jsd:.6f}" for view in views],
        ["centroids: D"] + [_statistic(view.centroids) for view in views],
        ["slopes: D"] + [_statistic(view.slopes) for view in views],
    ]
    return table(("", *_titles(views)), rows, numbers=True)


def _statistic(spread: Spread) -> str:
    return "undefined" if spread.ks is None else f"{spread.ks.statistic:.4f}"


def _moments(views: list[View], names: list[str]) -> str:
    head = [""] + [f"{name}, {title}" for title in _titles(views) for name in names]
    rows = []
    for key in views[0].moments[0]:
        cells = [side[key] for view in views for side in view.moments]
        rows.append([key.replace("_", " "), *map(_cell, cells)])
    return table(head, rows, numbers=True)


def _cell(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def _spreads(view: View, names: list[str]) -> str:
    rows = [[name.replace("_", " "), *(f"{mean:.4g} ± {spread:.2g}" for mean, spread in
                                       zip(item.mean, item.standard_deviation, strict=True)), _statistic(item),
             "" if item.ks is None else f"{item.ks.critical:.4f}",
             "undefined" if item.ks is None else "differs" if item.ks.rejected else "alike"]
            for name, item in view.images.items()]
    return table(("per image", *(f"{name}: mean ± spread" for name in names), "D", "critical", ""), rows, numbers=True)


def _left_out(view: View, names: list[str]) -> str:
    parts = [f"{pair.share_outside:.1%} of the {name} pixels" for pair, name in
             zip(view.histograms["full"], names, strict=True)]
    middle = [f"{pair.share_outside:.1%} ({name})" for pair, name in zip(view.histograms["middle"], names, strict=True)]
    return (f"As stored. Outside [0, 1]: {', '.join(parts)}. Outside the middle: {', '.join(middle)}. "
            "Regular ripples of stored pictures arise where 256 grey levels fall into 100 bins.")
