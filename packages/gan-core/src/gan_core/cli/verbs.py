"""What the shared verbs do. TensorFlow is imported once the settings are known to be good."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_core.cli.describe import as_yaml, description, print_description, print_memory
from gan_core.cli.modality import Modality
from gan_core.errors import ConfigError, choose
from gan_core.progress import Progress, stdout
from gan_core.run.config import RunConfig, validate
from gan_core.run.device import tensorflow_for
from gan_core.run.folder import RunFolder
from gan_core.run.memory_probe import measure_memory
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_table import RecipeTable
from gan_core.run.recipe_training import displays, prepared, resume_run, train_recipe
from gan_core.run.trained_run import TrainedRun


def train(modality: Modality, recipe: str, *, options: RunConfig | None = None, preset: str | None = None,
          config: Path | None = None, out: Path | None = None, dry_run: bool = False,
          quiet: bool = False) -> TrainedRun | None:
    """Train a recipe in a new folder; `dry_run` prints what would be done, and returns nothing."""
    chosen = modality.recipes[recipe]
    settings = chosen.settings(preset=preset, file=config, given=typed(options), origin=str(config or "options"))
    with displays(quiet) as progress:
        if dry_run:
            with prepared(chosen, settings, progress) as (_, settings, experiment):
                stdout().print(as_yaml({"recipe": recipe, **settings.model_dump(mode="json")}), markup=False, end="")
                print_description(description(chosen, settings, experiment))
            return None
        run = train_recipe(chosen, settings, out=out, progress=progress)
        conclude(modality, progress, run.folder, chosen)
    return run


def typed(options: RunConfig | None) -> dict[str, Any]:
    """What was typed of a config: not its defaults."""
    return {} if options is None else options.model_dump(exclude_unset=True)


def resume(modality: Modality, run: Path, *, steps: int | None = None, config: Path | None = None,
           allow_change: Sequence[str] = (), quiet: bool = False) -> None:
    """Continue a run from its newest good checkpoint."""
    folder = RunFolder.open(run)
    recipe, settings = modality.recipes.of_run(folder)
    if config is not None:
        settings = recipe.settings(file=config, origin=str(config))
    if steps is not None:
        settings = validate(recipe.config, {**settings.model_dump(), "steps": steps}, "--steps")
    for name in allow_change:
        choose("setting in --allow-change", name, recipe.config.model_fields)
    with displays(quiet) as progress:
        resume_run(recipe, settings, folder, may_change=("steps", *allow_change), progress=progress)
        conclude(modality, progress, folder, recipe)


def conclude(modality: Modality, progress: Progress, folder: RunFolder, recipe: Recipe) -> None:
    """What there is to look at, and the next command."""
    progress.say(f"done. Look at {folder.samples} and {folder.report}")
    following = recipe.run_class.NEXT_COMMAND or modality.next_command
    progress.say(f"next: {modality.program} {following.format(run=folder.path)}")


def open_run(recipes: RecipeTable, run: Path, *, data: bool = False) -> Any:
    """A trained run, for the verbs that only read one; says which damaged checkpoints were passed over."""
    opened = recipes.open_run(run, data=data)
    for complaint in opened.complaints:
        Progress().say(f"{complaint}: using {opened.saved.path.name}")
    return opened


def sample(recipes: RecipeTable, run: Path, *, count: int, out: Path | None, seed: int, raw: bool) -> None:
    """Write `count` samples of a run, as the generator puts them out."""
    refuse_no_samples(count)
    opened = open_run(recipes, run)
    report_samples(opened, opened.samples(count, seed=seed, raw=raw), out or Path("samples.npy"))


def refuse_no_samples(count: int) -> None:
    """Make sure that at least one sample is asked for.

    Raises:
        ConfigError: `count` is smaller.
    """
    if count < 1:
        raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")


def report_samples(run: TrainedRun, samples, out: Path) -> None:
    """Write samples of a run and say where they are."""
    stdout().print(f"{len(samples)} samples of step {run.step:,} -> {run.save(out, samples)}", markup=False)


def describe(recipes: RecipeTable, recipe: str, *, as_json: bool, preset: str | None = None,
             config: Path | None = None, memory: bool = False) -> None:
    """Print a recipe's parts; with `memory` also what training takes, as probes measure it."""
    chosen = recipes[recipe]
    settings = chosen.settings(preset=preset, file=config, origin=str(config or "options"))
    names = [name for name in (preset, None if config is None else config.name) if name is not None]
    # before TensorFlow starts here: it would hold memory that the probes need
    rows = measure_memory(chosen, settings, setting=", ".join(names) or "default") if memory else []
    with tensorflow_for(seed=settings.seed, precision=settings.precision):
        found = description(chosen, settings, chosen.build(settings, *chosen.placeholder(settings)))
    if memory:
        found["memory"] = [dataclasses.asdict(row) for row in rows]
    if as_json:
        print(json.dumps(found))
        return
    print_description(found)
    if memory:
        print_memory(rows)
