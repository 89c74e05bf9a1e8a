"""What the verbs that explore a run have in common: their options, and what they print. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from cyclopts import Parameter

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError

Run = Annotated[Path, Parameter(help="The run folder that `train` printed.")]
Seeds = Annotated[tuple[str, ...], Parameter(negative="", help="Of the noise, such as 1,2,3.")]
Label = Annotated[str | None, Parameter(help="The class of all pictures, by name or number, or attributes as A+B; "
                                             "the first class by default.")]
Text = Annotated[str | None, Parameter(help="The caption of all pictures, for runs that read captions.")]
Labels = Annotated[tuple[str, ...], Parameter(negative="")]
Raw = Annotated[bool, Parameter(negative="", help="Use the trained generator instead of its average.")]
Out = Annotated[Path | None, Parameter(help="Picture to write, or .npy for bytes (n, height, width, channels). A JSON "
                                            "beside it holds the command that does it again.")]
How = Annotated[Literal["lerp", "slerp"] | None, Parameter(
    help="Straight or along the sphere; by default along the sphere for a normal prior, straight for a uniform one.")]

TOLD = ("seed", "seeds", "label", "text", "no_closed")  # options that the facts tell better

__all__ = ["How", "Label", "Labels", "Out", "Quiet", "Raw", "Run", "Seeds", "Text", "given", "report", "whole_numbers"]


def whole_numbers(option: str, words: Sequence[str]) -> tuple[int, ...]:
    """The numbers in words such as "1,2,3".

    Raises:
        ConfigError: something else is among them.
    """
    found = [part.strip() for word in words for part in word.split(",")]  # --seeds 1,2 --seeds 3 too
    if not all(part.isdecimal() for part in found):
        raise ConfigError(f"`--{option}` must be whole numbers such as 1,2,3. Received: {' '.join(words)!r}.")
    return tuple(map(int, found))


def given(*values: str | None) -> tuple[str, ...]:
    """Those that were typed."""
    return tuple(value for value in values if value is not None)


def report(verb: str, run, out: Path, picture: np.ndarray, facts: Mapping, options: Mapping, *,
           fps: float = 12.0, reads: Sequence[Path] = ()) -> None:
    """Write what was made and its JSON, and say where they are.

    Args:
        verb: of `gan-vision`.
        run: ImageRun that made it.
        out: where to.
        picture: as in `write_exploration`.
        facts: what the JSON holds beside the options.
        options: name -> value, as in `command`, of all options but the place; the JSON holds them too, except those
            that `facts` tells better: seeds, labels and captions.
        fps: frames per second of an animation.
        reads: what the verb takes after the run.
    """
    from gan_core.progress import stdout
    from gan_vision.explore.exploration import command, write_exploration

    about = {"command": verb, "run": str(run.folder.path), "recipe": run.recipe.name, "step": run.step, **facts,
             **{name: value for name, value in options.items() if value not in (None, ()) and name not in TOLD
                and name not in facts}}
    words = command(verb, run, {**options, "out": out})
    repeat = [*words[:3], *map(str, reads), *words[3:]]
    written, beside = write_exploration(out, picture, about, repeat=repeat, fps=fps)
    stdout().print(f"{verb} of step {run.step:,} -> {written}\nhow to repeat it: {beside}", markup=False)
