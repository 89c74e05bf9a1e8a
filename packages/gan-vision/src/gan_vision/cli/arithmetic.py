"""`gan-vision arithmetic RUN`: sums of groups of seeds, or of captions. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Label, Labels, Out, Quiet, Raw, Run, Seeds, Text, given, report, whole_numbers

if TYPE_CHECKING:
    from gan_vision.explore.anchors import Anchors
    from gan_vision.image_run import ImageRun

BLANK = 255  # of the sheet's background


def arithmetic(run: Run, /, *, plus: Labels = (), minus: Labels = (), plus_text: Labels = (), minus_text: Labels = (),
               seeds: Seeds = (), label: Label = None, text: Text = None,
               renormalize: Annotated[bool, Parameter(negative="")] = False, out: Out = None, raw: Raw = False,
               quiet: Quiet = False) -> None:
    """Add and subtract the means of groups of seeds, or captions.

    gan-vision arithmetic RUN --plus 1,2,3 --minus 4,5,6 --plus 7,8,9
    gan-vision arithmetic RUN --plus-text "a red bird" --minus-text "red" --plus-text "blue" --renormalize

    The sheet shows the samples of each group, the picture of their mean, and the result. An array holds the results.

    Args:
        plus: A group of seeds to add, at least 3 that show the same; repeatable.
        minus: A group of seeds to subtract; repeatable.
        plus_text: A caption to add; repeatable.
        minus_text: A caption to subtract; repeatable.
        seeds: Of the noise, for sums of captions: a column each; 0,1,2,3 by default.
        renormalize: Scale means and sums to the mean norm of what went in.
    """
    from gan_core.progress import quietly
    from gan_vision.explore.exploration import PICTURES, check_out, open_for

    place = check_out(out or Path("arithmetic.png"), "arithmetic")
    columns = whole_numbers("seeds", seeds)
    groups = [whole_numbers(name, (group,)) for name, many in (("plus", plus), ("minus", minus)) for group in many]
    captions = (*plus_text, *minus_text)
    _check_terms(len(groups), len(captions), columns=columns, text=text)
    weights = [1] * len(plus or plus_text) + [-1] * len(minus or minus_text)
    drawn = place.suffix.lower() in PICTURES
    with quietly(quiet):
        opened = open_for(run, "arithmetic")
        if groups:
            point, results, picture = _of_seeds(opened, groups, weights, label, text, renormalize=renormalize, raw=raw)
        else:
            columns = columns or (0, 1, 2, 3)
            point, results, picture = _of_captions(opened, captions, weights, columns, label, renormalize=renormalize,
                                                   raw=raw)
    options = {"plus": plus, "minus": minus, "plus_text": plus_text, "minus_text": minus_text,
               "seeds": list(columns) or None, "label": given(label), "text": given(text), "renormalize": renormalize,
               "raw": raw}
    report("arithmetic", opened, place, picture if drawn else results, point.facts, options)


def _check_terms(groups: int, captions: int, *, columns: Sequence[int], text: str | None) -> None:
    """Make sure that it is one sum, and that it has at least two terms."""
    if groups and captions:
        raise ConfigError("a sum is of seeds or of captions. Received: both `--plus` or `--minus` and `--plus-text` or "
                          "`--minus-text`. Leave one of them out.")
    if groups + captions < 2:
        raise ConfigError(f"a sum needs at least two groups of seeds, or two captions. Received: {groups + captions}. "
                          "Give `--plus` and `--minus`, or `--plus-text` and `--minus-text`.")
    if groups and columns:
        raise ConfigError("`--seeds` is for sums of captions. Received: groups of seeds. Leave it out.")
    if captions and text is not None:
        raise ConfigError("`--text` is for sums of seeds. Received: captions to add. Leave it out.")


def _of_seeds(run: ImageRun, groups: Sequence[tuple[int, ...]], weights: Sequence[int], label: str | None,
              text: str | None, *, renormalize: bool, raw: bool) -> tuple[Anchors, np.ndarray, np.ndarray]:
    """The points, the result, and a sheet with a row for each group and one for the result."""
    from gan_vision.explore.anchors import anchors_of
    from gan_vision.explore.arithmetic import combine, warn_of_few
    from gan_vision.explore.exploration import joined, pictures_of, sheet

    warn_of_few({_sign(weight) + ",".join(map(str, group)): len(group)
                 for weight, group in zip(weights, groups, strict=True)})
    point = anchors_of(run, [seed for group in groups for seed in group], given(label), given(text))
    ends = np.cumsum([len(group) for group in groups])
    members = [{name: values[end - len(group):end] for name, values in point.inputs.items()}
               for group, end in zip(groups, ends, strict=True)]
    means = [combine([group], [1], renormalize=renormalize) for group in members]
    total = combine(members, weights, renormalize=renormalize)
    pictures = pictures_of(run, joined([point.inputs, *means, total]), raw=raw)
    width = max(map(len, groups))
    empty = [np.full_like(pictures[0], BLANK)] * width
    cells, names = [], []
    for index, (group, end) in enumerate(zip(groups, ends, strict=True)):
        missing = width - len(group)
        cells += [*pictures[end - len(group):end], *empty[:missing], pictures[ends[-1] + index]]
        names += [*point.names[end - len(group):end], *[""] * missing, "mean"]
    picture = sheet(np.stack([*cells, *empty, pictures[-1]]), width + 1, labels=[*names, *[""] * width, "result"],
                    label_lines=2, row_names=[*map(_sign, weights), "="], captions=None if point.captions is None else [
                        *[""] * len(groups), point.captions[0]])
    return point, pictures[-1:], picture


def _of_captions(run: ImageRun, captions: Sequence[str], weights: Sequence[int], seeds: Sequence[int],
                 label: str | None, *, renormalize: bool, raw: bool) -> tuple[Anchors, np.ndarray, np.ndarray]:
    """The points, the results, and a sheet with a row for each caption and one for the result, a column for a seed."""
    from gan_vision.explore.anchors import anchors_of
    from gan_vision.explore.arithmetic import combine
    from gan_vision.explore.exploration import joined, pictures_of, sheet
    from gan_vision.explore.interpolation import LATENT, parts

    read = anchors_of(run, seeds[:1], given(label), captions)
    noise = anchors_of(run, seeds, given(label), captions[:1]).inputs[LATENT]
    terms = list(parts(read.inputs, 1))
    rows = [*terms, combine(terms, weights, renormalize=renormalize)]
    pictures = pictures_of(run, joined([{name: noise if name == LATENT else np.repeat(values, len(seeds), axis=0)
                                         for name, values in row.items()} for row in rows]), raw=raw)
    picture = sheet(pictures, len(seeds), labels=[f"seed {seed}" for seed in seeds] * len(rows),
                    row_names=[*map(_sign, weights), "="], captions=[*captions, "the sum"])
    return read, pictures[-len(seeds):], picture


def _sign(weight: int) -> str:
    return "+" if weight > 0 else "-"
