"""What a package tells the command line about its program. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cyclopts import App

from gan_core.run.recipe_table import RecipeTable
from gan_core.run.trained_run import TrainedRun


@dataclass(frozen=True)
class Afterwards:
    """A flag of `train` that does something more with the run.

    Args:
        help: one sentence, for `train RECIPE --help`.
        act: (finished run, of the recipe's `run_class`; quiet) -> None.
        run_class: only recipes whose runs are of this class have the flag.
    """

    help: str
    act: Callable[[Any, bool], None]
    run_class: type[TrainedRun] = TrainedRun


@dataclass(frozen=True)
class Modality:
    """One program: its recipes, and its verbs beside the shared ones.

    Args:
        program: the command, "gan-vision".
        summary: the first line of its help.
        version: of the package.
        recipes: that it trains.
        verbs: name -> function with its own typed options, or an `App` of several verbs. It is added to the shared
            verbs or put in the place of the one of that name; None takes that one away.
        afterwards: flags of `train`, by name.
        next_command: what a finished run suggests, with {run} for its folder.
    """

    program: str
    summary: str
    version: str
    recipes: RecipeTable
    verbs: Mapping[str, Callable | App | None] = field(default_factory=dict)
    afterwards: Mapping[str, Afterwards] = field(default_factory=dict)
    next_command: str = "sample {run}"
