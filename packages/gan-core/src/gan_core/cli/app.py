"""The verbs that every program has: train, resume, sample, describe, recipes. Imports no TensorFlow."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from gan_core.cli import verbs
from gan_core.cli.describe import preset_line
from gan_core.cli.modality import Modality
from gan_core.run.recipe import Recipe

Out = Annotated[Path | None, Parameter(help="New folder for the run; the next number under runs/ by default.")]
ConfigFile = Annotated[Path | None, Parameter(help="YAML file with settings; options on the command line win.")]
DryRun = Annotated[bool, Parameter(help="Print the resolved settings and the networks, and stop.", negative="")]
Quiet = Annotated[bool, Parameter(help="Print nothing but errors and results.", negative="")]
Json = Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")]
Run = Annotated[Path, Parameter(help="The run folder that `train` printed.")]


def make_app(modality: Modality) -> App:
    """The program of a modality: the shared verbs, and the modality's own beside or in place of them."""
    app = App(name=modality.program, help=modality.summary, version=modality.version, version_flags=["--version"],
              help_format="plaintext", help_epilogue="Any command: --debug shows the traceback of an error.")
    for name, verb in {**shared_verbs(modality), **modality.verbs}.items():
        if verb is not None:
            app.command(verb, name=name)
    return app


def shared_verbs(modality: Modality) -> dict[str, Callable | App | None]:
    """The verbs of every program by name."""
    train = App(name="train", help="Train a recipe; `train RECIPE --help` lists its settings.")
    for name, recipe in modality.recipes.items():
        train.command(_train_command(modality, recipe), name=name)

    def resume(run: Run, /, *, steps: int | None = None, config: ConfigFile = None,
               allow_change: Annotated[tuple[str, ...], Parameter(negative="")] = (), quiet: Quiet = False):
        """Continue a run exactly where it stopped.

        Args:
            steps: Train up to this many steps in total instead.
            allow_change: A setting that may differ from what the run was started with; can be given several times.
        """
        verbs.resume(modality, run, steps=steps, config=config, allow_change=allow_change, quiet=quiet)

    def sample(run: Run, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
               seed: int = 0, raw: Annotated[bool, Parameter(negative="")] = False):
        """Write samples of a run's averaged generator.

        Args:
            count: How many.
            out: File to write; the format follows its ending.
            seed: Of the noise.
            raw: Use the trained generator instead of its average.
        """
        verbs.sample(modality.recipes, run, count=count, out=out, seed=seed, raw=raw)

    def recipes():
        """List the recipes, a line each."""
        from gan_core.progress import stdout

        width = max(map(len, modality.recipes), default=0)
        for name, recipe in modality.recipes.items():
            presets = f" Presets: {', '.join(recipe.presets)}." if recipe.presets else ""
            stdout().print(f"{name:{width}}  {recipe.title}{presets}", markup=False)

    def describe(recipe: str, /, *, json: Json = False, config: ConfigFile = None, preset: str | None = None,
                 memory: Annotated[bool, Parameter(negative="")] = False):
        """Show a recipe's parts: networks, shapes, parameter counts, cost; with --json its settings too.

        Args:
            preset: Named settings of the recipe.
            memory: Also train for three steps, at three batch sizes and with every preset, and show the memory it took.
        """
        verbs.describe(modality.recipes, recipe, as_json=json, preset=preset, config=config, memory=memory)

    return {"train": train, "resume": resume, "sample": sample, "recipes": recipes, "describe": describe}


def _train_command(modality: Modality, recipe: Recipe) -> Callable:
    """`train` for one recipe: its options are the settings of the recipe and what the modality adds."""
    afterwards = {name: flag for name, flag in modality.afterwards.items()
                  if issubclass(recipe.run_class, flag.run_class)}

    def train(*, options=None, preset=None, out=None, config=None, dry_run=False, quiet=False, **flags):
        run = verbs.train(modality, recipe.name, options=options, preset=preset, config=config, out=out,
                          dry_run=dry_run, quiet=quiet)
        for name, flag in afterwards.items():
            if flags.get(name) and run is not None:
                flag.act(run, quiet)

    typed = {"options": (Annotated[recipe.config | None, Parameter(name="*")], None), "out": (Out, None),
             "config": (ConfigFile, None), "dry_run": (DryRun, False), "quiet": (Quiet, False)}
    if recipe.presets:
        text = "Named settings, over which the config file and other options win: " + "; ".join(
            preset_line(name, dict(values)).removeprefix("--preset ") for name, values in recipe.presets.items()) + "."
        # a plain word: an unknown name is refused with the closest
        typed["preset"] = (Annotated[str | None, Parameter(help=text)], None)
    for name, flag in afterwards.items():
        typed[name] = (Annotated[bool, Parameter(negative="", help=flag.help)], False)
    # The parser reads the options of a command from its signature; here they differ from recipe to recipe.
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
                  for name, (kind, default) in typed.items()]
    train.__signature__ = inspect.Signature(parameters)
    train.__annotations__ = {name: kind for name, (kind, _) in typed.items()}
    train.__doc__ = inspect.cleandoc(recipe.description)
    return train
