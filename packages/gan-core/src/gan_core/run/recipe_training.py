"""A recipe trained in a new run folder, or a run continued: what the command line and the call from Python share.

Importing this loads no TensorFlow, which is started once the settings are known to be good.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gan_core.errors import DataError
from gan_core.progress import Progress, quietly
from gan_core.run.config import RunConfig, write_yaml
from gan_core.run.device import tensorflow_for
from gan_core.run.folder import RunFolder, refuse_unwritable
from gan_core.run.recipe import Recipe
from gan_core.run.signals import Interrupted
from gan_core.run.trained_run import TrainedRun

if TYPE_CHECKING:
    from gan_core.run.experiment import Experiment


@contextlib.contextmanager
def displays(quiet: bool) -> Iterator[Progress]:
    """What is shown while a run works: the one place that `quiet` reaches, of the command line and of Python."""
    with quietly(quiet):
        yield Progress()


def train_recipe(recipe: Recipe, config: RunConfig, *, out: Path | None = None, progress: Progress) -> TrainedRun:
    """Train a recipe in a new folder.

    Args:
        recipe: what to train.
        config: its settings.
        out: the new folder; the next number under runs/ by default.
        progress: where to report.

    Raises:
        GanError: as `RecipeTable.train`.
        Interrupted: a signal asked to stop; a checkpoint is written.
    """
    refuse_unwritable(Path("runs")) if out is None else RunFolder.refuse_used(out)  # before the slow part
    with prepared(recipe, config, progress) as (device, config, experiment):
        from gan_core.run.experiment import run_experiment

        source = config.data.split(":")[-1].rstrip("/").split("/")[-1]
        folder = new_run(recipe, config, out, f"{recipe.name}-{source}", progress, device)
        run_experiment(experiment, folder, config, progress=progress)
    return recipe.run_class(folder, recipe, config, experiment=experiment)


def train_from_python(recipe: Recipe, config: RunConfig, *, out: Path | None, quiet: bool) -> TrainedRun:
    """`train_recipe` for a program that goes on afterwards: the interrupt key ends it as `KeyboardInterrupt`."""
    try:
        with displays(quiet) as progress:
            return train_recipe(recipe, config, out=out, progress=progress)
    except Interrupted as stop:
        if stop.code == 128 + signal.SIGINT:
            raise KeyboardInterrupt from None
        raise  # SIGTERM asks the whole process to end


@contextlib.contextmanager
def prepared(recipe: Recipe, config: RunConfig, progress: Progress) -> Iterator[tuple[str, RunConfig, Experiment]]:
    """What a new run needs before its folder is made, with TensorFlow in the state that the run wants.

    Yields:
        (the device in words, the config with what only the data know, the experiment)

    Raises:
        ConfigError: settings that do not go together, or another run's weights that do not fit.
        DataError: data that cannot be used.
    """
    if recipe.check_config is not None:
        recipe.check_config(config)
    tried = recipe.quick_to_build
    if tried:
        process_is_ours = "keras" not in sys.modules
        with tensorflow_for(seed=config.seed, precision=config.precision, progress=progress):
            try_settings(recipe, config, forget_names=process_is_ours)
    with tensorflow_for(seed=config.seed, precision=config.precision, progress=None if tried else progress) as device:
        data = recipe.load(config)
        config = recipe.completed(config, data[0])
        experiment = recipe.build(config, *data)
        if config.init_from is not None:
            from gan_core.run.initial_weights import find_weights

            find_weights(experiment.gan, Path(config.init_from), experiment.representation)
        yield device, config, experiment


def try_settings(recipe: Recipe, config: RunConfig, *, forget_names: bool) -> None:
    """Build a recipe on its placeholder and forget it: what needs no data is refused before data are read.

    Args:
        recipe: whose settings they are.
        config: the settings.
        forget_names: whether layers shall be numbered from the start again. It resets all that Keras holds for the
            process, which is only for a process without other networks.

    Raises:
        ConfigError: settings that do not go together.
    """
    with contextlib.suppress(DataError):  # the data themselves are judged later
        recipe.build(config, *recipe.placeholder(config))
    if forget_names:
        import keras

        keras.backend.clear_session()


def new_run(recipe: Recipe, config: RunConfig, out: Path | None, name: str, progress: Progress,
            device: str) -> RunFolder:
    """A new run folder that holds its settings and says where it is.

    Args:
        recipe: that is trained.
        config: its settings.
        out: the folder; the next number under runs/ and `name` by default.
        name: of the folder, without `out`.
        progress: where to say it.
        device: in words.

    Raises:
        RunError: `out` holds something already, or cannot be made.
    """
    folder = RunFolder.create(out, name)
    write_yaml(folder.config, recipe.name, config)
    folder.write_environment()
    announce(folder, progress, device)
    return folder


def announce(folder: RunFolder, progress: Progress, device: str) -> None:
    """Where the run lives, and how to watch it."""
    progress.say(f"running on {device}")
    progress.say(f"run folder: {folder.path}   watch: tensorboard --logdir {folder.path}")


def resume_run(recipe: Recipe, config: RunConfig, folder: RunFolder, *, may_change: Sequence[str] = ("steps",),
               progress: Progress) -> None:
    """Continue a run from its newest good checkpoint.

    Args:
        recipe: of the run.
        config: what it continues with.
        folder: of the run.
        may_change: settings that may differ from those it was started with.
        progress: where to report.

    Raises:
        ConfigError: another setting differs.
        DataError: the data differ, or do not fit the networks.
        CheckpointError: no checkpoint can be used.
    """
    with folder.lock():  # before the slow part
        if recipe.check_config is not None:
            recipe.check_config(config)
        with tensorflow_for(seed=config.seed, precision=config.precision, progress=progress) as device:
            from gan_core.run.checkpoint import Checkpoints
            from gan_core.run.compatibility import refuse_other_config
            from gan_core.run.experiment import resume_experiment

            checkpoints = Checkpoints(folder.checkpoints)
            if checkpoints.steps():  # before data are read, which the other config may have elsewhere
                saved, _ = checkpoints.newest()
                unknown = [name for name, value in config if value is None] if recipe.complete is not None else []
                refuse_other_config(saved, folder, config, (*may_change, *unknown))  # `complete` may fill those in
            data = recipe.data_of(config, folder)
            if recipe.check_data is not None:
                recipe.check_data(folder, config, data[0])
            config = recipe.completed(config, data[0])
            experiment = recipe.build(config, *data)
            announce(folder, progress, device)
            resume_experiment(experiment, folder, config, progress=progress, may_change=may_change,
                              accepted=lambda: write_yaml(folder.config, recipe.name, config))
