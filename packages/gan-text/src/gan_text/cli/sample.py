"""`gan-text sample` and `gan-text interpolate`: sentences of a run on the screen or in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.cli.verbs import open_run
from gan_core.progress import stdout
from gan_text.recipes import RECIPES
from gan_text.text_run import Generated, TextRun, refuse_other_ending


def sample(run: Path, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
           method: Literal["argmax", "multinomial"] = "argmax", temperature: float = 1.0, top_k: int | None = None,
           ban: Annotated[tuple[str, ...], Parameter(negative="")] = (), std: float = 1.0, label: int | None = None,
           start: str | None = None, seed: int = 0, raw: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Write sentences of a run, one per line. Needs the run folder only, not the text.

    Args:
        run: The run folder that `train` printed.
        count: How many.
        out: A .txt file, or .npy for the ids; the screen by default.
        method: The most probable token of each position, or a draw of each position separately.
        temperature: Of the draws; small values approach argmax.
        top_k: Draw among the k most probable tokens only.
        ban: A special name (unk, pad) or token that is never chosen; can be given several times.
        std: Of the noise; below 1 sentences are safer and less varied, and no longer of the training's distribution.
        label: The class of all sentences, for runs with a condition; by default the classes in turn.
        start: What all sentences begin with, for runs trained with --teacher.
        seed: Of noise and draws; the same seed gives the same sentences.
        raw: Use the trained generator instead of its average.
    """
    if out is not None:
        refuse_other_ending(out)  # before the slow part
    opened = open_run(RECIPES, run)
    made = opened.generate(count, method, temperature=temperature, top_k=top_k, ban=ban, std=std, label=label,
                           start=start, seed=seed, raw=raw)
    deliver(opened, made, out)


def interpolate(run: Path, /, *, steps: int = 8, seed: int = 0, linear: Annotated[bool, Parameter(negative="")] = False,
                label: int | None = None, out: Path | None = None) -> None:
    """Print the sentences on the way from one noise vector to another.

    Args:
        run: The run folder that `train` printed.
        steps: How many, both ends included.
        seed: Determines the two ends.
        linear: Along the straight line instead of the great circle.
        label: The class, for runs with a condition.
        out: A .txt file; the screen by default.
    """
    opened = open_run(RECIPES, run)
    deliver(opened, opened.between(steps, seed=seed, spherical=not linear, label=label), out)


def deliver(run: TextRun, made: Generated, out: Path | None) -> None:
    """To stdout, or to a file and its name to stdout."""
    if out is None:
        sys.stdout.write("".join(line + "\n" for line in made.texts))
        return
    stdout().print(f"{len(made.texts)} sentences of step {run.step:,}, {len(set(made.texts)) / len(made.texts):.3f} "
                   f"unique -> {run.save(out, made)}", markup=False)
