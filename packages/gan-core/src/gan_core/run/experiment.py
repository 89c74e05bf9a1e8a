"""What a recipe returns, and the ways to run it in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np

from gan_core.data.loader import Loader
from gan_core.errors import CheckpointError
from gan_core.game.gan import GAN
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints, Saved
from gan_core.run.config import RunConfig
from gan_core.run.folder import RunFolder
from gan_core.run.state import state_of
from gan_core.run.training_process import TrainingProcess


@dataclass(frozen=True)
class Phase:
    """A stretch of training on one stream of batches.

    Args:
        data: where the batches come from, and how many examples a step has.
        steps: discriminator updates in this phase.
        start: called with the GAN before the phase's first step (and again when resuming into or past the phase):
            it may `compile` anew (other optimizers, or other variables that learn), grow networks, or `replace` them.
        name: what lists and messages call it.
        report: () -> name -> number: what the record says of the phase beside the game's own numbers.
        callbacks: Keras callbacks of this phase; an epoch is one pass over its data. One that sets `stop_training` ends
            the run early: the step is saved, later phases are not begun, and `resume` continues there. See
            `PhaseCallbacks` for what they may hold.
    """

    data: Loader
    steps: int
    start: Callable[[GAN], None] | None = None
    callbacks: Sequence[keras.callbacks.Callback] = ()
    name: str = ""
    report: Callable[[], Mapping[str, float]] | None = None


@dataclass(frozen=True)
class Experiment:
    """A compiled GAN and what to do with it.

    Args:
        gan: compiled, or compiled by its first phase.
        phases: in order; the run is as long as they are together.
        before: (gan) -> None, called once before the first step, and not when a run is resumed: for what must have
            learned something before the game begins, such as an encoder of captions that `gan` holds.
        previews: (gan, step, folder, record) -> None, called at step 0, every `sample_every` steps and at the end of
            every phase.
        validation: (gan) -> name -> number, called with the previews from step 0 on; or None.
        validation_hash: what identifies the data of `validation`; None if it cannot change.
        best: the name in `validation`'s answer whose smallest value marks the best generator, kept as
            `generator-best.keras`.
        scores: the names in `validation`'s answer that the live line shows.
        unit: what one example is called there.
        value_range: (low, high) of the numbers that the generator makes; None where they have no ends.
        representation: what the numbers of a sample mean ({"sample_rate": 16000}): other runs' weights are taken over
            only where it is equal.
        condition: (count) -> name -> array (count, ...), for `sample` on conditional generators.
        notices: sentences about its data that whoever starts or resumes it should read.
    """

    gan: GAN
    phases: Sequence[Phase]
    before: Callable[[GAN], None] | None = None
    previews: Sequence[Callable] = ()
    validation: Callable[[GAN], dict[str, float]] | None = None
    validation_hash: str | None = None
    best: str | None = None
    scores: Sequence[str] = ()
    unit: str = "examples"
    value_range: tuple[float, float] | None = None
    representation: Mapping[str, str | float] = field(default_factory=dict)
    condition: Callable[[int], dict] | None = None
    notices: Sequence[str] = ()

    def sample(self, count: int, *, seed: int, raw: bool = False,
               condition: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """`count` samples of the averaged generator (the trained one with `raw`), of its usual conditions or others."""
        if condition is None and self.condition is not None:
            condition = self.condition(count)
        return self.gan.generate(condition, count, seed=seed, raw=raw)

    @property
    def steps(self) -> int:
        """Discriminator updates in all phases."""
        return sum(phase.steps for phase in self.phases)


def run_experiment(experiment: Experiment, folder: RunFolder, config: RunConfig, *, progress: Progress | None = None):
    """Train from the first step.

    Raises:
        DivergedError: a loss or weight stopped being finite; the last checkpoint is good.
        Interrupted: a signal asked to stop; a checkpoint of the last step is written.
        ConfigError: the GAN is not compiled, or settings and parts of the experiment contradict each other.
    """
    return TrainingProcess(experiment, folder, config, progress).execute(resume=False)


def resume_experiment(experiment: Experiment, folder: RunFolder, config: RunConfig, *,
                      progress: Progress | None = None, may_change: Sequence[str] = ("steps",),
                      accepted: Callable[[], None] = lambda: None):
    """Continue exactly where the newest good checkpoint stands.

    Args:
        experiment: built from `config`.
        folder: of the run.
        config: what the run was started with.
        progress: where to report; a line on stderr by default.
        may_change: config fields that may differ from those the run was started with.
        accepted: called once, before the next step, when nothing about the run can be refused any more.

    Raises:
        ConfigError: another field differs, or a phase begins at another step; the message lists old and new values.
        CheckpointError: no checkpoint can be used.
    """
    return TrainingProcess(experiment, folder, config, progress).execute(resume=True, may_change=may_change,
                                                                     accepted=accepted)


def restore_newest(experiment: Experiment, folder: RunFolder, attempts: int = 3) -> tuple[Saved, list[str]]:
    """`restore_for_reading` of the newest good checkpoint, which a run at work may replace meanwhile.

    Returns:
        The checkpoint, and one message per damaged one passed over.
    """
    while True:
        saved, complaints = Checkpoints(folder.checkpoints).newest()
        try:
            restore_for_reading(experiment, saved, folder)
        except CheckpointError:
            attempts -= 1
            if attempts and not saved.path.exists():  # pruned since it was verified: there is a newer one
                continue
            raise
        return saved, complaints


def restore_for_reading(experiment: Experiment, saved: Saved, folder: RunFolder) -> None:
    """Give an experiment the values of a checkpoint, for sampling and evaluation; takes no lock and writes nothing."""
    for phase in experiment.phases[: saved.manifest["phase"] + 1]:
        if phase.start is not None:
            phase.start(experiment.gan)
    Checkpoints(folder.checkpoints).restore(saved, state_of(experiment.gan))
