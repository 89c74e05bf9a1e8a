"""What a recipe returns, and the only caller of `fit`: an experiment run in a folder, resumable at every step."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from gan_core.data.loader import Loader
from gan_core.errors import CheckpointError, ConfigError, DataError, DivergedError, did_you_mean
from gan_core.files import whole_path
from gan_core.game.gan import GAN
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints, Saved
from gan_core.run.compatibility import refuse_fewer_steps, refuse_other_config, refuse_other_data, refuse_other_phases
from gan_core.run.config import RunConfig, differences
from gan_core.run.doctor import Doctor
from gan_core.run.fixed_samples import FixedSamples
from gan_core.run.folder import RunFolder, installed_versions
from gan_core.run.history import WINDOW
from gan_core.run.initial_weights import load_initial_weights
from gan_core.run.record import Record
from gan_core.run.run_report import write_report
from gan_core.run.signals import Interrupted, StopRequest
from gan_core.run.state import network_places, state_of
from gan_core.run.variety import variety

FLOAT16_PATIENCE = 50  # overflows in a row that a loss scale may need to settle


@dataclass(frozen=True)
class Phase:
    """A stretch of training on one stream of batches.

    Args:
        data: where the batches come from.
        steps: discriminator updates in this phase.
        start: called with the GAN before the phase's first step (and again when resuming into or past the phase):
            it may grow networks or compile anew.
        callbacks: Keras callbacks of this phase. One that sets `stop_training` ends the run early: the step is saved,
            later phases are not begun, and `resume` continues there.
    """

    data: Loader
    steps: int
    start: Callable[[GAN], None] | None = None
    callbacks: Sequence[keras.callbacks.Callback] = ()


@dataclass(frozen=True)
class Experiment:
    """A compiled GAN and what to do with it.

    Args:
        gan: compiled.
        phases: in order.
        previews: (gan, step, folder, record) -> None, called at step 0, every `sample_every` steps and at the end.
        validation: (gan) -> name -> number, called with the previews from step 0 on; or None. It may have a
            `content_hash`, a str that changes with its data.
        best: the name in `validation`'s answer whose smallest value marks the best generator, kept as
            `generator-best.keras`.
        scores: the names in `validation`'s answer that the live line shows.
        unit: what one example is called there.
        representation: what the numbers of a sample mean ({"sample_rate": 16000}): other runs' weights are taken over
            only where it is equal.
        condition: (count) -> name -> array (count, ...), for `sample` on conditional generators.
        write_samples: (samples, path or None) -> the file written, for the verb `sample`.
    """

    gan: GAN
    phases: Sequence[Phase]
    previews: Sequence[Callable] = ()
    validation: Callable[[GAN], dict[str, float]] | None = None
    best: str | None = None
    scores: Sequence[str] = ()
    unit: str = "examples"
    representation: Mapping[str, str | float] = field(default_factory=dict)
    condition: Callable[[int], dict] | None = None
    write_samples: Callable[[np.ndarray, Path | None], Path] | None = None

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
    return _Run(experiment, folder, config, progress).execute(resume=False)


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
    return _Run(experiment, folder, config, progress).execute(resume=True, may_change=may_change, accepted=accepted)


def data_hashes(experiment: Experiment) -> dict[str, str | None]:
    """What identifies the data of "phase 0", "phase 1", ... and "validation"; None where a part does not say."""
    return {**{f"phase {number}": phase.data.content_hash for number, phase in enumerate(experiment.phases)},
            "validation": getattr(experiment.validation, "content_hash", None)}


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


class _Run:
    """One process's work on a run."""

    def __init__(self, experiment: Experiment, folder: RunFolder, config: RunConfig, progress: Progress | None):
        if not experiment.phases or any(phase.steps < 1 for phase in experiment.phases):
            raise DataError("an experiment needs phases of at least one step each. "
                            f"Received: steps={[phase.steps for phase in experiment.phases]}.")
        if "steps" in config.model_fields_set and config.steps != experiment.steps:
            raise ConfigError("`steps` must be what the phases of the experiment sum up to, if it is given. Received: "
                              f"steps={config.steps}, phases of {[phase.steps for phase in experiment.phases]} steps.")
        self.experiment, self.gan, self.folder, self.config = experiment, experiment.gan, folder, config
        self.checkpoints = Checkpoints(folder.checkpoints, config.keep)
        self.progress = progress or Progress()
        self.stop = StopRequest()
        self.doctor = Doctor(self.gan)
        self.data_hashes = data_hashes(experiment)
        self.best: dict = {}
        self.phase_index = 0
        self.warned = False

    def execute(self, resume: bool, may_change: Sequence[str] = (), accepted: Callable[[], None] = lambda: None):
        with self.folder.lock(), self.stop.listening():
            self.checkpoints.sweep()
            saved = self._open_checkpoint(may_change) if resume else None
            done = saved.step if saved else 0
            refuse_fewer_steps(done, self.experiment.steps)
            if saved is not None:
                refuse_other_phases(saved, [phase.steps for phase in self.experiment.phases])
            self.record = Record(self.folder.path, resume_at=(done if saved else -1) if resume else None)
            if self.record.complaint:
                self.progress.say(self.record.complaint)
            try:
                with self.progress.running(self.experiment.steps, done, self.config.batch_size,
                                           unit=self.experiment.unit, scores=self.experiment.scores):
                    self._run_phases(done, saved, accepted)
            finally:
                self.record.close()
                write_report(self.folder, self.doctor.findings)
        return self.gan

    def _open_checkpoint(self, may_change):
        if not self.checkpoints.steps():
            self.progress.say("no checkpoint had been written yet: starting at step 0")
            return None
        saved, complaints = self.checkpoints.newest()
        for complaint in complaints:
            self.progress.say(f"{complaint}: continuing from {saved.path.name}")
        refuse_other_config(saved, self.folder, self.config, may_change)
        if complaint := refuse_other_data(saved, self.folder, self.config, self.data_hashes, may_change):
            self.progress.say(complaint)
        for change in differences(saved.manifest["versions"], installed_versions()):
            self.progress.say(f"another version than the run was started with: {change}; "
                              "the numbers may differ from those of an uninterrupted run")
        self.best = saved.manifest.get("best", {})
        return saved

    def _run_phases(self, done: int, saved, accepted: Callable[[], None]) -> None:
        start = 0
        for index, phase in enumerate(self.experiment.phases):
            self.phase_index = index
            self.fixed_samples = FixedSamples(phase.data)
            if phase.start is not None:
                phase.start(self.gan)
            if not self.gan.compiled:
                raise ConfigError("a run needs a compiled GAN. Received: one without optimizers. Call "
                                  "`gan.compile(generator_optimizer, discriminator_optimizer)` first.")
            if saved is not None and saved.manifest["phase"] == self.phase_index:
                self.checkpoints.restore(saved, state_of(self.gan))
                self.doctor.restore(saved.manifest.get("doctor"))
                self.progress.say(f"resumed at step {done:,} ({int(self.gan.examples_seen.numpy()):,} images seen, "
                                  f"{int(self.gan.generator_steps.numpy()):,} generator updates)")
                saved = None
                accepted()
            elif saved is None and done == 0 and start == 0:
                if self.config.init_from is not None:
                    self.progress.say(load_initial_weights(
                        self.gan, Path(self.config.init_from), self.experiment.representation))
                accepted()
                self.tick(0, first=True)
            end = start + phase.steps
            if saved is None and done < end:
                done = self._fit(phase, start, done)
                if done < end or (self.gan.stop_training and done < self.experiment.steps):
                    return self.end_early(done)
            start = end

    def _fit(self, phase: Phase, start: int, done: int) -> int:
        """Train to the end of the phase, or until a callback sets `stop_training`; the steps done."""
        remaining = start + phase.steps - done
        every_step = _EveryStep(self, done, done + remaining)
        self.gan.fit(
            phase.data.dataset(start=done - start, steps=remaining), epochs=1, steps_per_epoch=remaining, verbose=0,
            shuffle=False, callbacks=[*phase.callbacks, every_step])
        return every_step.step

    # ------------------------------------------------------------------ after a step

    def after_step(self, step: int, last_of_phase: bool) -> None:
        config, end = self.config, step == self.experiment.steps
        self.refuse_divergence(step)
        self.progress.advance(step)
        if step % config.log_every == 0 or last_of_phase:
            values = self.gan.running_means.reported()
            self.gan.running_means.reset_state()
            self.log(step, values)
        if step % config.sample_every == 0 or end:
            self.tick(step)
        stopping = bool(self.stop) and not end
        if step % config.checkpoint_every == 0 or end or stopping:
            self.save(step)
        if stopping:
            self.progress.say(f"stopped at step {step:,}; a checkpoint is written. "
                              f"Continue with: resume {self.folder.path}")
            raise Interrupted(self.stop.exit_code)

    def end_early(self, step: int) -> None:
        """Leave the run as it is left at its end, but where it can be continued."""
        if step % self.config.sample_every:
            self.tick(step)
        self.save(step)
        reason = "a callback set `stop_training`" if self.gan.stop_training else "there were no more batches"
        self.progress.say(f"ended early at step {step:,} of {self.experiment.steps:,}: {reason}; a checkpoint is "
                          f"written. Continue with: resume {self.folder.path}")

    def log(self, step: int, values: dict[str, float]) -> None:
        """One line of the record."""
        optimizers = {"d": self.gan.discriminator_optimizer, "g": self.gan.generator_optimizer}
        rates = {f"{player}_learning_rate": float(np.asarray(optimizer.learning_rate))
                 for player, optimizer in optimizers.items()}
        values = {**values, **rates, "examples": int(self.gan.examples_seen.numpy()),
                  "examples_per_second": self.progress.rate}
        if len(self.experiment.phases) > 1:
            values["phase"] = self.phase_index
        self.record.write(step, values)
        self.progress.show(step, values)
        self.consult_doctor(step, values)
        self.warn_of_augmentation()

    def warn_of_augmentation(self) -> None:
        """Say once what the augmentation has to say."""
        if self.gan.augment is None or self.warned:
            return
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # it would warn as well
            message = self.gan.augment.warning()
        if message:
            self.warned = True
            self.progress.say(message)

    def tick(self, step: int, first: bool = False) -> None:
        """Sheets of samples and validation scores."""
        for preview in self.experiment.previews:
            preview(self.gan, step, self.folder, self.record)
        if self.experiment.validation is not None:
            scores = self.scores(self.experiment.validation(self.gan))
            self.record.write(step, scores)
            self.progress.show(step, scores)
            best = self.experiment.best
            if best is not None and not first and scores[best] < self.best.get("value", float("inf")):
                self.best = {"step": step, "name": best, "value": scores[best]}
                self.save_generator("generator-best.keras")
        # before, a generator has learned no variety yet
        if not first and int(self.gan.generator_steps.numpy()) >= WINDOW:
            if measured := variety(*self.fixed_samples.draw(self.gan)):
                self.record.write(step, measured)
                self.consult_doctor(step, measured)

    def scores(self, answer) -> dict[str, float]:
        """A validation's answer as plain numbers: it may hold those of NumPy and TensorFlow."""
        best = self.experiment.best
        try:
            scores = {name: float(value) for name, value in answer.items()}
        except (AttributeError, TypeError, ValueError):
            raise ConfigError("`validation` must return numbers by name, {\"kid\": 0.02}. "
                              f"Received: {answer!r}.") from None
        if best is not None and best not in scores:
            raise ConfigError("`best` must be a name in the answer of `validation`. "
                              f"Received: best={best!r}. {did_you_mean(best, scores)}")
        return scores

    def consult_doctor(self, step: int, values: dict[str, float]) -> None:
        """Say what the doctor finds in the values of a tick."""
        for finding in self.doctor.observe(step, values):
            self.progress.say(str(finding))

    def save_generator(self, name: str) -> None:
        """The averaged generator as a finished file: replaced only once the new one is complete."""
        with whole_path(self.folder.path / name) as temporary:
            self.gan.sampler.save(temporary)

    def save(self, step: int) -> None:
        """Commit a checkpoint."""
        self.checkpoints.save(step, state_of(self.gan), {
            "phase": self.phase_index, "phases": [phase.steps for phase in self.experiment.phases],
            "seed": self.gan.seed, "examples_seen": int(self.gan.examples_seen.numpy()),
            "generator_steps": int(self.gan.generator_steps.numpy()), "config": self.config.model_dump(mode="json"),
            "versions": installed_versions(), "data": self.data_hashes,
            "networks": network_places(self.gan), "representation": dict(self.experiment.representation),
            "best": self.best, "best_step": self.best.get("step"), "doctor": self.doctor.state()})

    def refuse_divergence(self, step: int) -> None:
        """Stop at the first step whose losses are not finite, and name the first term that is not."""
        means = self.gan.running_means
        if np.all(np.isfinite(means.total.numpy())):
            self.overflows = 0
            return
        self.overflows = getattr(self, "overflows", 0) + 1
        if isinstance(self.gan.discriminator_optimizer, keras.optimizers.LossScaleOptimizer) \
                and self.overflows < FLOAT16_PATIENCE:
            means.reset_state()  # the loss scale was too high: the update was skipped, the next scale is smaller
            return
        values = means.reported()
        self.record.write(step, values)
        self.doctor.observe(step, values)  # for the report: the error below says it to the person
        broken = [name for name in values if not np.isfinite(values[name])]
        parts = [name for name in broken if name not in ("d_loss", "g_loss")]
        raise DivergedError(
            f"{broken[0]} is no longer finite at step {step:,}, first in {parts[0] if parts else broken[0]}; "
            f"{self.checkpoints.last()}. "
            "Try a lower learning rate, --precision float32, or another loss.")


class _EveryStep(keras.callbacks.Callback):
    """Hands every finished step to the run."""

    def __init__(self, run: _Run, done: int, end: int):
        super().__init__()
        self.run, self.step, self.end = run, done, end
        means = run.gan.running_means
        self.means = [(variable, variable.numpy()) for variable in means.variables]

    def on_epoch_begin(self, epoch, logs=None):
        for variable, value in self.means:  # `fit` has just reset what a checkpoint restored
            variable.assign(value)

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        self.run.after_step(self.step, last_of_phase=self.step == self.end)


