"""The verbs that every program has: train, resume, sample, describe, recipes, check, demo. Imports no TensorFlow."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from gan_core.cli.modality import Modality, summary_of

Out = Annotated[Path | None, Parameter(help="New folder for the run; the next number under runs/ by default.")]
ConfigFile = Annotated[Path | None, Parameter(help="YAML file with settings; options on the command line win.")]
DryRun = Annotated[bool, Parameter(help="Print the resolved settings and the networks, and stop.", negative="")]
Quiet = Annotated[bool, Parameter(help="Print nothing but errors and results.", negative="")]
Json = Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")]
Run = Annotated[Path, Parameter(help="The run folder that `train` printed.")]


def make_app(modality: Modality) -> App:
    """The program of a modality; its package adds the verbs that only it has."""
    app = App(name=modality.program, help=modality.summary, version=modality.version, version_flags=["--version"],
              help_format="plaintext", help_epilogue="Any command: --debug shows the traceback of an error.")
    train = App(name="train", help="Train a recipe; `train RECIPE --help` lists its settings.")
    for name in modality.recipes:
        train.command(_train_command(modality, name), name=name)
    app.command(train)

    @app.command
    def resume(run: Run, /, *, steps: int | None = None, config: ConfigFile = None,
               allow_change: Annotated[tuple[str, ...], Parameter(negative="")] = (), quiet: Quiet = False):
        """Continue a run exactly where it stopped.

        Args:
            steps: Train up to this many steps in total instead.
            allow_change: A setting that may differ from what the run was started with; can be given several times.
        """
        from gan_core.cli import verbs

        verbs.resume(modality, run, steps=steps, config=config, allow_change=allow_change, quiet=quiet)

    @app.command
    def sample(run: Run, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
               seed: int = 0, raw: Annotated[bool, Parameter(negative="")] = False):
        """Write samples of a run's averaged generator.

        Args:
            count: How many.
            out: File to write; the format follows its ending.
            seed: Of the noise.
            raw: Use the trained generator instead of its average.
        """
        from gan_core.cli import verbs

        verbs.sample(modality, run, count=count, out=out, seed=seed, raw=raw)

    @app.command
    def recipes():
        """List the recipes, a line each."""
        from gan_core.progress import stdout

        width = max(map(len, modality.recipes), default=0)
        for name in modality.recipes:
            stdout().print(f"{name:{width}}  {summary_of(modality.recipe(name))}", markup=False)

    @app.command
    def describe(recipe: str, /, *, json: Json = False, config: ConfigFile = None):
        """Show a recipe's parts: networks, shapes, parameter counts, cost; with --json its settings too."""
        from gan_core.cli import verbs

        verbs.describe(modality, recipe, as_json=json, config=config)

    if modality.check is not None:
        app.command(modality.check, name="check")
    if modality.demo is not None:
        app.command(modality.demo, name="demo")
    return app


def _train_command(modality: Modality, recipe: str):
    module = modality.recipe(recipe)

    def train(*, options=None, out=None, config=None, dry_run=False, quiet=False):
        from gan_core.cli import verbs

        verbs.train(modality, recipe, options=options, out=out, config=config, dry_run=dry_run, quiet=quiet)

    # Every recipe has its own settings: the signature is made from its Config class.
    train.__annotations__ = {"options": Annotated[module.Config | None, Parameter(name="*")], "out": Out,
                             "config": ConfigFile, "dry_run": DryRun, "quiet": Quiet}
    train.__doc__ = inspect.cleandoc(module.__doc__ or "")
    return train
