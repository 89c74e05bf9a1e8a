"""One process's work on a run: phases, records, samples, scores, checkpoints, and what ends it early."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError, DataError, DivergedError, did_you_mean
from gan_core.files import whole_path
from gan_core.game.running_means import RECORD
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints, Saved
from gan_core.run.compatibility import (
    data_hashes,
    refuse_fewer_steps,
    refuse_other_config,
    refuse_other_data,
    refuse_other_phases,
)
from gan_core.run.config import RunConfig, differences
from gan_core.run.doctor import Doctor
from gan_core.run.fixed_samples import FixedSamples
from gan_core.run.folder import RunFolder, installed_versions
from gan_core.run.history import WINDOW
from gan_core.run.initial_weights import load_initial_weights
from gan_core.run.phase_callbacks import PhaseCallbacks
from gan_core.run.record import Record
from gan_core.run.run_report import write_report
from gan_core.run.signals import Interrupted, StopRequest
from gan_core.run.state import network_places, state_of
from gan_core.run.variety import variety

if TYPE_CHECKING:
    from gan_core.run.experiment import Experiment, Phase

FLOAT16_PATIENCE = 50  # overflows in a row that a loss scale may need to settle


class TrainingProcess:
    """One process's work on a run.

    Args:
        experiment: what to train.
        folder: where.
        config: settings of the run: intervals, and what its checkpoints must agree with.
        progress: where to report; a line on stderr if None.

    Raises:
        DataError: phases without steps.
        ConfigError: settings and parts of the experiment contradict each other.
    """

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
        self.latest_scores: dict[str, float] = {}
        self.phase_index, self.overflows = 0, 0
        self.callbacks = PhaseCallbacks(experiment.phases[0], self.gan)
        self.warned = False

    def execute(self, resume: bool, may_change: Sequence[str] = (), accepted: Callable[[], None] = lambda: None):
        """Train from the first step, or from the newest good checkpoint; returns the GAN. See `run_experiment`."""
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
            for notice in self.experiment.notices:
                self.progress.say(notice)
            try:
                with self.progress.running(self.experiment.steps, done, self.experiment.phases[0].data.batch_size,
                                           unit=self.experiment.unit, scores=self.experiment.scores):
                    self._run_phases(done, saved, accepted)
            finally:
                self.record.close()
                write_report(self.folder, self.doctor.findings, steps=self.experiment.steps)
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
        self.latest_scores = saved.manifest.get("scores", {})
        return saved

    def _run_phases(self, done: int, saved: Saved | None, accepted: Callable[[], None]) -> None:
        start = 0
        for index, phase in enumerate(self.experiment.phases):
            self.phase_index = index
            self.fixed_samples = FixedSamples(phase.data)
            self.progress.batch_size = phase.data.batch_size
            if phase.start is not None:
                phase.start(self.gan)
            self._refuse_unready()
            self.callbacks = PhaseCallbacks(phase, self.gan)
            callback_states = None
            if saved is not None and saved.manifest["phase"] == self.phase_index:
                self.checkpoints.restore(saved, state_of(self.gan))
                self.doctor.restore(saved.manifest.get("doctor"))
                self.progress.say(f"resumed at step {done:,} ({int(self.gan.examples_seen.numpy()):,} "
                                  f"{self.experiment.unit} seen, {int(self.gan.generator_steps.numpy()):,} generator "
                                  "updates)")
                callback_states, saved = saved.manifest.get("callbacks"), None
                accepted()
            elif saved is None and done == 0 and start == 0:
                if self.config.init_from is not None:
                    self.progress.say(load_initial_weights(
                        self.gan, Path(self.config.init_from), self.experiment.representation))
                accepted()
                if self.experiment.before is not None:
                    self.experiment.before(self.gan)
                self.look(0, first=True)
            end = start + phase.steps
            if saved is None and done < end:
                done = self._train(phase, start, done, callback_states)
                if done < end or (self.gan.stop_training and done < self.experiment.steps):
                    return self.end_early(done)
            start = end

    def _refuse_unready(self) -> None:
        if not self.gan.compiled:
            raise ConfigError("a run needs a compiled GAN. Received: one without optimizers. Call "
                              "`gan.compile(generator_optimizer, discriminator_optimizer)` first.")
        if self.gan.steps_per_execution != 1:
            raise ConfigError("a run looks at every step: `steps_per_execution` must be 1. Received: "
                              f"steps_per_execution={self.gan.steps_per_execution}. Use it with `gan.fit` alone.")

    def _train(self, phase: Phase, start: int, done: int, callback_states) -> int:
        """Train to the end of the phase, or until a callback sets `stop_training`; the steps done."""
        end, gan, callbacks = start + phase.steps, self.gan, self.callbacks
        gan.make_train_function()
        batches = iter(gan.distribute_strategy.experimental_distribute_dataset(
            phase.data.dataset(start=done - start, steps=end - done)))
        gan.stop_training = False
        callbacks.begin(callback_states if done > start else None)
        while done < end and not gan.stop_training:
            callbacks.before_step(done - start)
            try:
                gan.train_function(batches)
            except (StopIteration, tf.errors.OutOfRangeError):  # no more batches
                break
            except tf.errors.OpError as error:
                if phase.data.failure is None:
                    raise
                self.progress.say(f"the data cannot be read any more after step {done:,}; {self.checkpoints.last()}")
                raise phase.data.failure from error
            callbacks.after_step(done - start, self.latest_scores)
            done += 1
            self.after_step(done, last_of_phase=done == end)
        callbacks.end()
        return done

    # ------------------------------------------------------------------ after a step

    def after_step(self, step: int, last_of_phase: bool) -> None:
        """What the intervals of the run ask for after `step` discriminator updates."""
        config, end = self.config, step == self.experiment.steps
        self.refuse_divergence(step)
        self.progress.advance(step)
        if step % config.log_every == 0 or last_of_phase:
            values = self.gan.running_means.reported()
            self.gan.running_means.reset_row(RECORD)
            self.log(step, values)
        if step % config.sample_every == 0 or last_of_phase:
            self.look(step)
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
            self.look(step)
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
        report = self.experiment.phases[self.phase_index].report
        if report is not None:
            values |= report()
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

    def look(self, step: int, first: bool = False) -> None:
        """Sheets of samples and validation scores."""
        for preview in self.experiment.previews:
            preview(self.gan, step, self.folder, self.record)
        if self.experiment.validation is not None:
            scores = self.latest_scores = self.scores(self.experiment.validation(self.gan))
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
        """Say what the doctor finds in recorded values."""
        for finding in self.doctor.observe(step, values):
            self.progress.say(str(finding))

    def save_generator(self, name: str) -> None:
        """The averaged generator as a finished file: replaced only once the new one is complete."""
        with whole_path(self.folder.path / name) as temporary:
            self.gan.standalone_generator().save(temporary)

    def save(self, step: int) -> None:
        """Commit a checkpoint."""
        self.checkpoints.save(step, state_of(self.gan), {
            "phase": self.phase_index, "phases": [phase.steps for phase in self.experiment.phases],
            "seed": self.gan.seed, "examples_seen": int(self.gan.examples_seen.numpy()),
            "generator_steps": int(self.gan.generator_steps.numpy()), "config": self.config.model_dump(mode="json"),
            "versions": installed_versions(), "data": self.data_hashes,
            "networks": network_places(self.gan), "representation": dict(self.experiment.representation),
            "scores": self.latest_scores, "callbacks": self.callbacks.states(),
            "best": self.best, "best_step": self.best.get("step"), "doctor": self.doctor.state()})

    def refuse_divergence(self, step: int) -> None:
        """Stop at the first step whose losses are not finite, and name the first term that is not.

        Under float16, a player whose loss scale was too high skips its update, and the next scale is smaller: that is
        forgiven for a number of steps in a row.
        """
        means = self.gan.running_means
        if np.all(np.isfinite(means.total.numpy()[RECORD])):
            self.overflows = 0
            return
        self.overflows += 1
        values = means.reported()
        broken = [name for name in values if not np.isfinite(values[name])]
        if self.overflows < FLOAT16_PATIENCE and all(map(self._may_overflow, broken)):
            means.reset_state()
            return
        self.record.write(step, values)
        self.doctor.observe(step, values)  # for the report: the error below says it to the person
        parts = [name for name in broken if name not in ("d_loss", "g_loss")]
        raise DivergedError(
            f"{broken[0]} is no longer finite at step {step:,}, first in {parts[0] if parts else broken[0]}; "
            f"{self.checkpoints.last()}. "
            "Try a lower learning rate, --precision float32, or another loss.")

    def _may_overflow(self, name: str) -> bool:
        """Whether a quantity belongs to a player whose loss is scaled; what both share, to either."""
        scaled = [player for player, optimizer in (("g_", self.gan.generator_optimizer),
                                                   ("d_", self.gan.discriminator_optimizer))
                  if isinstance(optimizer, keras.optimizers.LossScaleOptimizer)]
        return bool(scaled) and (name.startswith(tuple(scaled)) or not name.startswith(("g_", "d_")))
