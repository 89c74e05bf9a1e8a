"""Runs: resumed ones equal uninterrupted ones, sick ones stop, and nothing on disk is lost or mixed."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment
from gan_core.data.loader import ArraySource, FetchedSource, Loader
from gan_core.errors import CheckpointError, ConfigError, DataError, DivergedError, RunError
from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating, Wasserstein
from gan_core.progress import Progress
from gan_core.regularizers import GradientPenalty
from gan_core.run.checkpoint import Checkpoints, Saved, verify
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, restore_for_reading, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines
from gan_core.run.signals import Interrupted
from gan_core.run.state import state_of

STEPS = 10
CONFIG = RunConfig(steps=STEPS, batch_size=16, log_every=2, sample_every=4, checkpoint_every=1000)

UNSAID = RunConfig(batch_size=16, log_every=2, sample_every=4)  # without the number of steps


class At(keras.callbacks.Callback):
    """Does something after the given steps of the run, counted from where this process began."""

    def __init__(self, actions):
        super().__init__()
        self.actions = actions

    def on_train_begin(self, logs=None):
        self.begin = int(self.model.discriminator_steps)

    def on_train_batch_end(self, batch, logs=None):
        self.actions.get(int(self.model.discriminator_steps) - self.begin, lambda: None)()


def stop():
    os.kill(os.getpid(), signal.SIGTERM)


def crash():
    raise ZeroDivisionError


def sheets(gan, step, folder, record):
    """A preview whose pictures are arrays."""
    folder.samples.mkdir(exist_ok=True)
    np.save(folder.samples / f"step-{step:04d}.npy", gan.generate(count=4, seed=3))


def scores(gan):
    return {"mean": float(np.mean(gan.generate(count=4, seed=3)) ** 2)}


def experiment_of(gan, data, actions=None, **options):
    loader = Loader(ArraySource({"real": data}), 16, seed=5)
    return Experiment(gan, [Phase(loader, STEPS, callbacks=[At(actions or {})])], previews=[sheets], **options)


def folder_in(path):
    return RunFolder.create(path, "toy")


def outcome(gan, folder):
    """Everything that a run leaves behind, beside speeds."""
    lines = [{name: value for name, value in line.items() if name != "examples_per_second"}
             for line in read_lines(folder.metrics)]
    samples = {path.name: np.load(path) for path in sorted(folder.samples.iterdir())}
    manifest = Checkpoints(folder.checkpoints).newest()[0].manifest
    return [np.asarray(variable.value) for variable in state_of(gan)], lines, samples, {
        name: manifest[name] for name in ("step", "examples_seen", "generator_steps", "phase", "best")}


def assert_same(ours, theirs):
    for mine, other in zip(ours[0], theirs[0], strict=True):
        np.testing.assert_array_equal(mine, other)
    assert ours[1] == theirs[1]
    assert ours[2].keys() == theirs[2].keys()
    for name in ours[2]:
        np.testing.assert_array_equal(ours[2][name], theirs[2][name])
    assert ours[3] == theirs[3]


def pictures():
    return np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")


def test_a_leaking_augmentation_is_told_of_once(make_gan, make_generator, make_discriminator, tmp_path, capfd):
    gan = make_gan(generator=make_generator((8, 8, 1)), discriminators=make_discriminator((8, 8, 1)),
                   augment=AdaptiveAugment("paper", initial=0.9))
    gan.augment.updates_above.assign(1000)
    run_experiment(experiment_of(gan, pictures()), folder_in(tmp_path / "run"), RunConfig(log_every=2))
    assert capfd.readouterr().err.count("augmentation leak") == 1


def two_phases(make_gan, points, first=None, second=None):
    """Six steps, then four with fresh optimizers on a fresh stream."""
    gan = make_gan(ema=0.9)
    loader = Loader(ArraySource({"real": points}), 16, seed=5)

    def start(gan):
        gan.compile(keras.optimizers.Adam(0.02, 0.5), keras.optimizers.RMSprop(0.02))

    return Experiment(gan, [Phase(loader, 6, callbacks=[At(first or {})]),
                            Phase(loader, 4, start=start, callbacks=[At(second or {})])], previews=[sheets])


def build(actions=None, *, seed=0, decay=0.9):
    """A toy experiment with everything that has a state: averages, batch norm, dropout, Adam, scores."""
    keras.utils.set_random_seed(1)  # of the weights and of dropout, as the command line does
    latent, sample = keras.Input((3,), name="latent"), keras.Input((2,), name="sample")
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(8, use_bias=False)(latent))
    generator = keras.Model(latent, keras.layers.Dense(2)(keras.layers.Dropout(0.2)(hidden)))
    hidden = keras.layers.Dropout(0.2)(keras.layers.Dense(8, "relu")(sample))
    gan = GAN(generator, keras.Model(sample, keras.layers.Dense(1)(hidden)), Objective(NonSaturating()), Normal(3),
              ema=decay, seed=seed)
    gan.compile(keras.optimizers.Adam(0.01, 0.5), keras.optimizers.Adam(0.01, 0.5))
    data = np.random.default_rng(0).normal(1.0, 0.5, (64, 2)).astype("float32")
    return experiment_of(gan, data, actions, validation=scores, best="mean")


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """(folder, outcome) of a run that nothing disturbed. The folder is only read."""
    folder = folder_in(tmp_path_factory.mktemp("straight") / "run")
    return folder, outcome(run_experiment(build(), folder, CONFIG, progress=Progress(quiet=True)), folder)


@pytest.mark.slow
class TestResume:
    """N steps straight = k steps, a new process's worth of objects, N - k steps."""

    def test_a_run_stopped_four_times_and_damaged_once_ends_the_same(self, straight, tmp_path, capfd):
        """Stopped after the first step, inside an epoch (of 4 steps) and at its end; killed at step 7; step 6 damaged."""
        folder = folder_in(tmp_path / "run")
        config = CONFIG.model_copy(update={"checkpoint_every": 3})
        with pytest.raises(Interrupted) as caught:
            run_experiment(build({1: stop}), folder, config)
        assert caught.value.code == 143
        for more in (2, 1):
            with pytest.raises(Interrupted):
                resume_experiment(build({more: stop}), folder, config)
        assert "stopped at step 4; a checkpoint is written. Continue with: resume" in capfd.readouterr().err
        with pytest.raises(ZeroDivisionError):
            resume_experiment(build({3: crash}), folder, config)
        assert Checkpoints(folder.checkpoints).steps() == [4, 6]
        path = folder.checkpoints / "step-000000006" / "state.data-00000-of-00001"
        path.write_bytes(path.read_bytes()[:-5])
        capfd.readouterr()
        gan = resume_experiment(build(), folder, config)
        said = capfd.readouterr().err
        assert ("checkpoint step-000000006 is damaged (state.data-00000-of-00001: checksum): "
                "continuing from step-000000004") in said
        assert "resumed at step 4 (64 examples seen, 4 generator updates)" in said
        assert_same(outcome(gan, folder), straight[1])

    def test_a_run_killed_before_its_first_checkpoint_starts_over(self, straight, tmp_path, capfd):
        folder = folder_in(tmp_path / "run")
        with pytest.raises(ZeroDivisionError):
            run_experiment(build({3: crash}), folder, CONFIG)
        gan = resume_experiment(build(), folder, CONFIG)
        assert "no checkpoint had been written yet: starting at step 0" in capfd.readouterr().err
        assert_same(outcome(gan, folder), straight[1])

    def test_a_critic_in_the_middle_of_its_streak_continues_it(self, make_gan, points, tmp_path):
        def build(actions=None):
            return experiment_of(make_gan(Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), n_critic=3),
                                 points, actions)
        folder = folder_in(tmp_path / "straight")
        straight = outcome(run_experiment(build(), folder, CONFIG, progress=Progress(quiet=True)), folder)
        folder = folder_in(tmp_path / "stopped")
        with pytest.raises(Interrupted):
            run_experiment(build({4: stop}), folder, CONFIG, progress=Progress(quiet=True))
        assert_same(outcome(resume_experiment(build(), folder, CONFIG, progress=Progress(quiet=True)), folder), straight)
        assert straight[3]["generator_steps"] == 3

    def test_the_controller_of_adaptive_augmentation_continues(self, make_gan, make_generator, make_discriminator, tmp_path):
        def build(actions=None):
            keras.utils.set_random_seed(1)
            gan = make_gan(generator=make_generator((8, 8, 1)), discriminators=make_discriminator((8, 8, 1)),
                           augment=AdaptiveAugment("keras_example", target=0.2, steps=20, value_range=(-1, 1)))
            return experiment_of(gan, pictures(), actions)
        folder = folder_in(tmp_path / "straight")
        straight = outcome(run_experiment(build(), folder, CONFIG, progress=Progress(quiet=True)), folder)
        assert straight[1][-1].get("aug_p", straight[1][-2].get("aug_p")) > 0  # there is something to lose
        folder = folder_in(tmp_path / "stopped")
        with pytest.raises(Interrupted):
            run_experiment(build({5: stop}), folder, CONFIG, progress=Progress(quiet=True))
        assert_same(outcome(resume_experiment(build(), folder, CONFIG, progress=Progress(quiet=True)), folder), straight)

    def test_stopped_before_at_and_after_a_change_of_phase_it_ends_the_same(self, make_gan, points, tmp_path):
        folder = folder_in(tmp_path / "straight")
        experiment = two_phases(make_gan, points)
        straight = outcome(run_experiment(experiment, folder, CONFIG, progress=Progress(quiet=True)), folder)
        folder = folder_in(tmp_path / "stopped")
        with pytest.raises(Interrupted):
            run_experiment(two_phases(make_gan, points, {5: stop}), folder, CONFIG, progress=Progress(quiet=True))
        for first, second in (({1: stop}, {}), ({}, {2: stop})):
            with pytest.raises(Interrupted):
                resume_experiment(two_phases(make_gan, points, first, second), folder, CONFIG, progress=Progress(quiet=True))
        experiment = two_phases(make_gan, points)
        resume_experiment(experiment, folder, CONFIG, progress=Progress(quiet=True))
        assert_same(outcome(experiment.gan, folder), straight)

    def test_reading_gives_the_values_of_the_checkpoint_and_touches_nothing(self, straight):
        folder, (values, *_) = straight
        experiment = build()
        before = sorted((str(path), path.stat().st_mtime_ns) for path in folder.path.rglob("*"))
        with RunFolder(folder.path).lock():  # another process may be training
            locked = sorted((str(path), path.stat().st_mtime_ns) for path in folder.path.rglob("*"))
            restore_for_reading(experiment, Checkpoints(folder.checkpoints).newest()[0], folder)
            assert sorted((str(path), path.stat().st_mtime_ns) for path in folder.path.rglob("*")) == locked
        assert len(before) == len(locked)
        for mine, other in zip(state_of(experiment.gan), values, strict=True):
            np.testing.assert_array_equal(np.asarray(mine.value), other)


@pytest.mark.slow
class TestWhatARunWrites:
    def test_previews_scores_and_lines_come_at_their_steps(self, straight):
        folder, _ = straight
        lines = read_lines(folder.metrics)
        assert [path.name for path in sorted(folder.samples.iterdir())] == [
            f"step-{step:04d}.npy" for step in (0, 4, 8, 10)]
        assert [line["step"] for line in lines if "mean" in line] == [0, 4, 8, 10]
        assert [line["step"] for line in lines if "d_loss" in line] == [2, 4, 6, 8, 10]
        assert [line["examples"] for line in lines if "d_loss" in line] == [32, 64, 96, 128, 160]

    def test_the_last_step_is_a_checkpoint_and_the_report_is_written(self, straight):
        folder, _ = straight
        assert Checkpoints(folder.checkpoints).steps() == [10]
        assert folder.report.is_file()

    def test_the_best_generator_is_the_one_with_the_smallest_score(self, tmp_path):
        wanted = iter([0.0, 3.0, 1.0, 2.0])  # the untrained one does not count
        kept = []

        def validation(gan):
            kept.append(gan.sampler.get_weights())
            return {"score": next(wanted)}

        folder = folder_in(tmp_path / "run")
        experiment = dataclasses.replace(build(), validation=validation, best="score")
        run_experiment(experiment, folder, CONFIG, progress=Progress(quiet=True))
        best = keras.models.load_model(folder.path / "generator-best.keras")
        for mine, other in zip(best.get_weights(), kept[2], strict=True):
            np.testing.assert_array_equal(mine, other)
        assert Checkpoints(folder.checkpoints).newest()[0].manifest["best"] == {"step": 8, "name": "score", "value": 1.0}
        assert not list(folder.path.glob(".generator*"))

    def test_another_seed_gives_other_samples(self, straight, tmp_path):
        folder = folder_in(tmp_path / "run")
        run_experiment(build(seed=1), folder, CONFIG, progress=Progress(quiet=True))
        mine, other = (np.load(where.samples / "step-0010.npy") for where in (folder, straight[0]))
        assert not np.array_equal(mine, other)


@pytest.mark.slow
class TestDivergence:
    def test_a_nan_in_a_real_batch_stops_the_run_before_the_next_checkpoint(self, make_gan, points, tmp_path):
        broken = points.copy()
        order = Loader(ArraySource({"real": points}), 16, seed=5)
        index = int(order.indices(3)[0][0])  # the first example of the fourth batch
        broken[index] = np.nan
        folder = folder_in(tmp_path / "run")
        config = CONFIG.model_copy(update={"checkpoint_every": 1})
        experiment = experiment_of(make_gan(Objective(Wasserstein(), regularizers=(GradientPenalty(10),))), broken)
        with pytest.raises(DivergedError) as caught:
            run_experiment(experiment, folder, config, progress=Progress(quiet=True))
        assert str(caught.value).startswith(
            "d_loss is no longer finite at step 4, first in d_adversarial; last good checkpoint: step 3. Try a lower")
        assert caught.value.exit_code == 4
        checkpoints = Checkpoints(folder.checkpoints)
        assert checkpoints.steps() == [2, 3]
        fresh = make_gan(Objective(Wasserstein(), regularizers=(GradientPenalty(10),)))
        checkpoints.restore(checkpoints.newest()[0], state_of(fresh))
        assert all(np.all(np.isfinite(np.asarray(variable.value, "float64"))) for variable in state_of(fresh))
        assert folder.report.is_file()
        assert read_lines(folder.metrics)[-1]["d_loss"] is None

    def test_data_that_cannot_be_read_any_more_say_why(self, make_gan, points, tmp_path, capfd):
        def fetch(rows):
            if 17 in rows:
                raise DataError("p17.png: cut short. Copy it again.")
            return {"real": points[rows]}

        loader = Loader(FetchedSource(fetch, 64, {"real": ((2,), np.float32)}), 8, shuffle=False)
        with pytest.raises(DataError, match=r"^p17.png: cut short. Copy it again.$"):
            run_experiment(Experiment(make_gan(), [Phase(loader, STEPS)]), folder_in(tmp_path / "run"),
                           RunConfig(batch_size=8, checkpoint_every=1))
        assert "after step 2; last good checkpoint: step 2" in capfd.readouterr().err

    def test_a_term_that_breaks_alone_is_named(self, make_gan, points, tmp_path):
        class Broken(GradientPenalty):
            def __call__(self, *arguments, **keywords):
                return super().__call__(*arguments, **keywords) * float("nan")

        experiment = experiment_of(make_gan(Objective(Wasserstein(), regularizers=(Broken(10),))), points)
        with pytest.raises(DivergedError, match="at step 1, first in d_gradient_penalty; no checkpoint had been written"):
            run_experiment(experiment, folder_in(tmp_path / "run"), CONFIG, progress=Progress(quiet=True))

    def test_weights_that_break_in_the_last_step_are_not_committed(self, make_gan, points, tmp_path):
        gan = make_gan()
        experiment = experiment_of(gan, points, {10: lambda: gan.generator.weights[0].assign(
            gan.generator.weights[0] * np.nan)})
        folder = folder_in(tmp_path / "run")
        with pytest.raises(DivergedError, match="is no longer finite at step 10"):
            run_experiment(dataclasses.replace(experiment, previews=()), folder, CONFIG, progress=Progress(quiet=True))
        assert Checkpoints(folder.checkpoints).steps() == []

    def test_an_overflow_under_a_loss_scale_does_not_stop_the_run(self, make_gan, points, tmp_path):
        scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01, 0.5))
        gan = make_gan(optimizer=scaled)
        broken = points.copy()
        broken[int(Loader(ArraySource({"real": points}), 16, seed=5).indices(3)[0][0])] = np.inf
        experiment = experiment_of(gan, broken)
        run_experiment(experiment, folder_in(tmp_path / "run"), CONFIG, progress=Progress(quiet=True))
        assert int(gan.discriminator_steps) == STEPS
        assert all(np.all(np.isfinite(weight)) for weight in gan.get_weights())


class TestEndingEarly:
    """A callback that sets `stop_training` ends the run where it is, not where its phase would have ended."""

    STEPS = (5, 4, 6)

    def build(self, make_gan, points, phase=None, step=None):
        """Three phases; a callback stops the given one after its `step`-th step."""
        keras.utils.set_random_seed(1)
        gan = make_gan()
        callbacks = [At({step: lambda: setattr(gan, "stop_training", True)})]
        return Experiment(gan, [
            Phase(Loader(ArraySource({"real": points}), 16, seed=number), steps, callbacks=callbacks * (number == phase))
            for number, steps in enumerate(self.STEPS)], previews=[sheets], notices=["one class has a single point"])

    def test_the_true_step_is_saved_and_said(self, make_gan, points, tmp_path, capfd):
        folder = folder_in(tmp_path / "run")
        gan = run_experiment(self.build(make_gan, points, 0, 2), folder, UNSAID)
        assert (int(gan.discriminator_steps), Checkpoints(folder.checkpoints).steps()) == (2, [2])
        said = " ".join(capfd.readouterr().err.split())
        assert ("ended early at step 2 of 15: a callback set `stop_training`; a checkpoint is written. "
                f"Continue with: resume {folder.path}") in said
        assert said.count("one class has a single point") == 1
        assert [path.name for path in sorted(folder.samples.iterdir())] == ["step-0000.npy", "step-0002.npy"]

    @pytest.mark.slow
    def test_ended_in_the_first_phase_at_its_end_and_in_the_last_it_continues_to_the_same_end(
            self, make_gan, points, tmp_path):
        quiet = Progress(quiet=True)
        folder = folder_in(tmp_path / "straight")
        straight = outcome(run_experiment(self.build(make_gan, points), folder, UNSAID, progress=quiet), folder)
        folder, act = folder_in(tmp_path / "ended"), run_experiment
        for phase, step, done in ((0, 2, 2), (0, 3, 5), (2, 3, 12)):
            act(self.build(make_gan, points, phase, step), folder, UNSAID, progress=quiet)
            assert Checkpoints(folder.checkpoints).newest()[0].step == done
            act = resume_experiment
        gan = resume_experiment(self.build(make_gan, points), folder, UNSAID, progress=quiet)
        for mine, other in zip(outcome(gan, folder)[0], straight[0], strict=True):
            np.testing.assert_array_equal(mine, other)
        assert outcome(gan, folder)[3] == straight[3]


class TestValidation:
    @staticmethod
    def run(make_gan, points, path, answer):
        folder = folder_in(path / "run")
        experiment = dataclasses.replace(experiment_of(make_gan(), points), phases=[
            Phase(Loader(ArraySource({"real": points}), 16), 1)], validation=lambda gan: answer, best="kid")
        run_experiment(experiment, folder, UNSAID, progress=Progress(quiet=True))
        return folder

    @pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), tf.constant(0.5)], ids=["scalar", "array", "tensor"])
    def test_a_score_may_be_a_number_of_any_kind(self, make_gan, points, tmp_path, value):
        folder = self.run(make_gan, points, tmp_path, {"kid": value})
        assert [line["kid"] for line in read_lines(folder.metrics) if "kid" in line] == [0.5, 0.5]
        assert Checkpoints(folder.checkpoints).newest()[0].manifest["best"]["value"] == 0.5

    @pytest.mark.parametrize(("answer", "expected"), [
        (None, "`validation` must return numbers by name, {\"kid\": 0.02}. Received: None."),
        ({"kid": None}, "Received: {'kid': None}."), ({"kid": np.zeros(2)}, "Received: {'kid': array([0., 0.])}."),
        ({"kit": 1.0}, "`best` must be a name in the answer of `validation`. Received: best='kid'. Did you mean 'kit'?")])
    def test_an_answer_without_the_numbers_is_refused(self, make_gan, points, tmp_path, answer, expected):
        with pytest.raises(ConfigError) as caught:
            self.run(make_gan, points, tmp_path, answer)
        assert expected in str(caught.value)


class TestRefusals:
    def test_a_gan_without_optimizers_is_refused(self, make_generator, make_discriminator, points, tmp_path):
        gan = GAN(make_generator(), make_discriminator(), Objective(NonSaturating()), Normal(3))
        with pytest.raises(ConfigError, match=r"a run needs a compiled GAN\. .* Call `gan\.compile"):
            run_experiment(experiment_of(gan, points), folder_in(tmp_path / "run"), CONFIG, progress=Progress(quiet=True))

    def test_a_config_of_another_length_than_the_phases_is_refused(self, make_gan, points, tmp_path):
        with pytest.raises(ConfigError, match=r"`steps` must be what the phases .* steps=99, phases of \[10\] steps"):
            run_experiment(experiment_of(make_gan(), points), folder_in(tmp_path / "run"), RunConfig(steps=99))

    def test_phases_with_other_borders_are_refused_and_nothing_is_trained(self, make_gan, points, tmp_path):
        folder = folder_in(tmp_path / "run")
        with pytest.raises(Interrupted):
            run_experiment(two_phases(make_gan, points, {}, {1: stop}), folder, CONFIG, progress=Progress(quiet=True))
        before = folder.metrics.read_bytes()
        for experiment in (experiment_of(make_gan(ema=0.9), points),  # one phase of ten steps
                           dataclasses.replace(two := two_phases(make_gan, points), phases=[
                               dataclasses.replace(phase, steps=5) for phase in two.phases])):
            with pytest.raises(ConfigError, match=r"Step 7 was made in phase 1 of \[6, 4\] steps\."):
                resume_experiment(experiment, folder, CONFIG, progress=Progress(quiet=True))
            assert int(experiment.gan.discriminator_steps) == 0
        assert folder.metrics.read_bytes() == before

    def test_a_run_in_use_is_not_resumed(self, make_gan, points, tmp_path):
        folder = folder_in(tmp_path / "run")
        with RunFolder(folder.path).lock(), pytest.raises(RunError, match=f"in use by process {os.getpid()}"):
            resume_experiment(experiment_of(make_gan(), points), folder, CONFIG)

    @pytest.mark.parametrize("steps", [[], [3, 0]])
    def test_phases_without_steps_are_refused(self, make_gan, points, tmp_path, steps):
        loader = Loader(ArraySource({"real": points}), 16)
        experiment = Experiment(make_gan(), [Phase(loader, count) for count in steps])
        with pytest.raises(DataError, match="phases of at least one step each"):
            run_experiment(experiment, folder_in(tmp_path / "run"), CONFIG)

    @pytest.fixture
    def finished(self, straight, tmp_path):
        """A copy of a finished run."""
        return RunFolder(shutil.copytree(straight[0].path, tmp_path / "run"))

    @pytest.mark.slow
    @pytest.mark.parametrize(("may_change", "listed"), [
        (("steps",), "batch_size: 16 -> 8\n  seed: 0 -> 3"), (("seed",), "batch_size: 16 -> 8")])
    def test_another_config_is_refused_with_every_field_that_differs(self, finished, may_change, listed):
        other = CONFIG.model_copy(update={"batch_size": 8, "seed": 3})
        with pytest.raises(ConfigError) as caught:
            resume_experiment(build(), finished, other, may_change=may_change)
        assert str(caught.value) == (
            f"run {finished.path} was started with another config:\n  {listed}\nRestore the old value in config.yaml, "
            "let it change with --allow-change FIELD, or start a new run with `train`.")

    @pytest.mark.slow
    def test_fewer_steps_than_the_run_has_done_are_refused(self, finished):
        experiment = build()
        experiment = dataclasses.replace(experiment, phases=[dataclasses.replace(experiment.phases[0], steps=4)])
        with pytest.raises(ConfigError, match=r"`steps` must be at least the 10 .* Received: steps=4\. Give `resume` more"):
            resume_experiment(experiment, finished, CONFIG.model_copy(update={"steps": 4}))

    @pytest.mark.slow
    def test_a_model_with_other_parts_is_refused(self, finished):
        with pytest.raises(CheckpointError, match="does not fit the model: found"):
            resume_experiment(build(decay=None), finished, CONFIG, accepted=lambda: pytest.fail("it was accepted"))

    @pytest.mark.slow
    def test_a_run_is_accepted_once_before_its_next_step(self, finished):
        experiment, seen = build(), []
        experiment = dataclasses.replace(experiment, phases=[dataclasses.replace(experiment.phases[0], steps=12)])
        resume_experiment(experiment, finished, CONFIG.model_copy(update={"steps": 12}), progress=Progress(quiet=True),
                          accepted=lambda: seen.append(int(experiment.gan.discriminator_steps)))
        assert seen == [10]

    @pytest.mark.slow
    def test_resuming_a_finished_run_changes_no_result(self, finished, straight):
        gan = resume_experiment(build(), finished, CONFIG, progress=Progress(quiet=True))
        assert_same(outcome(gan, finished), straight[1])

    @pytest.mark.slow
    def test_a_failing_run_frees_its_folder(self, make_gan, points, tmp_path):
        folder = folder_in(tmp_path / "run")
        with pytest.raises(ZeroDivisionError):
            run_experiment(experiment_of(make_gan(), points, {1: crash}), folder, CONFIG, progress=Progress(quiet=True))
        with RunFolder(folder.path).lock():
            pass


def test_a_checkpoint_that_is_pruned_while_it_is_read_gives_way_to_a_newer_one(tmp_path, monkeypatch):
    import shutil

    from gan_core.run import experiment as module

    folder = folder_in(tmp_path / "run")
    run_experiment(build(), folder, CONFIG.model_copy(update={"checkpoint_every": 5}), progress=Progress(quiet=True))
    checkpoints = Checkpoints(folder.checkpoints)
    real, taken = checkpoints.newest(5)[0], []

    def newest(self, step=None):
        taken.append(1)
        return (real, []) if len(taken) == 1 else (checkpoints_newest(self), [])

    def checkpoints_newest(self):
        return Saved(self.path(10), verify(self.path(10)))

    monkeypatch.setattr(Checkpoints, "newest", newest)
    shutil.rmtree(real.path)
    saved, _ = module.restore_newest(build(), folder)
    assert (saved.step, len(taken)) == (10, 2)
