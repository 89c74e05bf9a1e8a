"""`gan-vision vary RUN`: one number of the noise, and what it changes. Imports no TensorFlow."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Label, Out, Quiet, Raw, Run, Text, given, report, whole_numbers


def vary(run: Run, /, *, dimension: Annotated[tuple[str, ...], Parameter(negative="")], seed: int = 0,
         label: Label = None, text: Text = None, start: Annotated[float | None, Parameter(name="--from")] = None,
         end: Annotated[float | None, Parameter(name="--to")] = None, frames: int = 9, out: Out = None,
         raw: Raw = False, quiet: Quiet = False) -> None:
    """Show what one number of the noise changes in a picture, everything else being equal; a row for each number.

    gan-vision vary RUN --seed 3 --dimension 7,8 --from -3 --to 3

    Args:
        dimension: Which of the n numbers, of 0..n-1, such as 7 or 7,8,9.
        seed: Of the noise.
        start: The first value; -3 by default where the noise is normal, else -1.
        end: The last value; 3 by default where the noise is normal, else 1.
        frames: Values of each row, both ends included.
    """
    import numpy as np

    from gan_core.progress import quietly
    from gan_vision.explore.anchors import anchors_of
    from gan_vision.explore.arithmetic import vary as varied
    from gan_vision.explore.exploration import PICTURES, check_out, joined, open_for, pictures_of, sheet
    from gan_vision.explore.interpolation import check_frames

    dimensions = whole_numbers("dimension", dimension)
    place = check_out(out or Path("vary.png"), "vary")
    if frames < 2:
        raise ConfigError(f"`--frames` must be at least 2, the two ends. Received: frames={frames}.")
    if not all(math.isfinite(value or 0) for value in (start, end)):
        raise ConfigError(f"`--from` and `--to` must be finite. Received: from={start}, to={end}.")
    check_frames(frames * len(dimensions))
    with quietly(quiet):
        opened = open_for(run, "vary")
        point = anchors_of(opened, (seed,), given(label), given(text))
        reach = reach_of(opened.gan.latent)
        first, last = (-reach if start is None else start), (reach if end is None else end)
        values = np.linspace(first, last, frames)
        rows = [varied(point.inputs, number, values) for number in dimensions]
        picture = pictures = pictures_of(opened, joined(rows), raw=raw)
        own = [float(point.inputs["latent"].reshape(-1)[number]) for number in dimensions]
        if place.suffix.lower() in PICTURES:
            captions = None if point.captions is None else [*[""] * (len(rows) - 1), *point.captions]
            names = [f"{number} (is {value:.2f})" for number, value in zip(dimensions, own, strict=True)]
            picture = sheet(pictures, frames, labels=[f"{value:.3g}" for value in values] * len(rows), row_names=names,
                            captions=captions)
    options = {"seed": seed, "dimension": list(dimensions), "label": given(label), "text": given(text), "from": first,
               "to": last, "frames": frames, "raw": raw}
    report("vary", opened, place, picture, {**point.facts, "own_values": own, "values": values}, options)


def reach_of(latent) -> float:
    """How far from 0 the numbers of a prior go, as people look at them: three standard deviations, or the bounds."""
    from gan_core.game.latent import Normal

    return 3.0 if isinstance(latent, Normal) else 1.0
