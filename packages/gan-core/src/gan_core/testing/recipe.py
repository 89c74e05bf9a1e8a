"""The contract of a recipe: it trains, writes what a run folder promises, and resumes exactly."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.config import RunConfig, write_yaml
from gan_core.run.experiment import Experiment, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines
from gan_core.run.state import state_of

PROMISED = ("config.yaml", "metrics.jsonl", "samples", "checkpoints", "report.html")


def check_recipe(build: Callable[[RunConfig], Experiment], config: RunConfig, folder: Path, *,
                 stop_at: int) -> Experiment:
    """Run `build(config)` straight through, and again stopped at `stop_at` and resumed: every variable must be equal.

    Args:
        build: makes the experiment anew from a config, with synthetic data; called three times.
        config: tiny; `config.steps` is the length of the whole run.
        folder: empty directory to work in.
        stop_at: 0 < stop_at < config.steps, where the second run stops, in whatever phase that is.

    Returns:
        The experiment that ran straight through.

    Raises:
        AssertionError: a file is missing, a loss is not finite, a network did not learn, or resuming changed a value.
    """
    def made(settings):
        keras.utils.set_random_seed(settings.seed)
        return build(settings)

    straight = made(config)
    before = [variable.numpy() for variable in straight.gan.generator.trainable_variables]
    _run(straight, folder / "straight", config)
    _run(stopping(made(config), stop_at), folder / "stopped", config)
    resumed = made(config)
    resume_experiment(resumed, RunFolder.open(folder / "stopped"), config, progress=Progress(quiet=True))

    missing = [name for name in PROMISED if not (folder / "straight" / name).exists()]
    _require(not missing, f"the run folder lacks {missing}")
    losses = [line for line in read_lines(folder / "straight" / "metrics.jsonl") if "d_loss" in line]
    _require(bool(losses), "metrics.jsonl holds no losses")
    for line in losses:
        broken = [name for name, value in line.items() if value is None or not math.isfinite(value)]
        _require(not broken, f"step {line['step']}: {broken} are not finite")
    _require(any(not np.array_equal(old, new.numpy()) for old, new in
                 zip(before, straight.gan.generator.trainable_variables, strict=True)), "the generator did not learn")
    changed = [ours.path for ours, theirs in zip(state_of(straight.gan), state_of(resumed.gan), strict=True)
               if not np.array_equal(ours.numpy(), theirs.numpy())]
    _require(not changed, f"stopping at step {stop_at} and resuming changed {changed}")
    saved, complaints = Checkpoints(folder / "straight" / "checkpoints").newest()
    _require(saved.step == config.steps and not complaints, f"the newest checkpoint is of step {saved.step}")
    return straight


def stopping(experiment: Experiment, step: int) -> Experiment:
    """The same experiment, which ends early after so many steps."""
    phases = [dataclasses.replace(phase, callbacks=[*phase.callbacks, _StopAt(step)]) for phase in experiment.phases]
    return dataclasses.replace(experiment, phases=phases)


class _StopAt(keras.callbacks.Callback):
    def __init__(self, step: int):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.discriminator_steps.numpy()) == self.step:
            self.model.stop_training = True


def _run(experiment: Experiment, path: Path, config: RunConfig) -> None:
    folder = RunFolder.create(path, "check")
    write_yaml(folder.config, "check", config)
    folder.write_environment()
    run_experiment(experiment, folder, config, progress=Progress(quiet=True))


def _require(condition: bool, complaint: str) -> None:
    if not condition:
        raise AssertionError(complaint)
