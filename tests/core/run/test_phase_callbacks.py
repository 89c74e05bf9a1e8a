"""Keras callbacks in a run: epochs as in `fit`, and what they remember survives a resume."""

import keras
import numpy as np
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.errors import ConfigError
from gan_core.progress import Progress
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.phase_callbacks import is_plain, plain_attributes, restore, state_of

STEPS_PER_EPOCH = 4  # 64 points in batches of 16


class Diary(keras.callbacks.Callback):
    """Writes down every call."""

    def __init__(self):
        super().__init__()
        self.pages = []

    def on_train_begin(self, logs=None):
        self.pages.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.pages.append(f"epoch {epoch}")

    def on_train_batch_begin(self, batch, logs=None):
        self.pages.append(f"batch {batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.pages.append(f"end of {epoch}")

    def on_train_end(self, logs=None):
        self.pages.append("end")


def experiment(make_gan, points, callbacks, steps=10, **options):
    return Experiment(make_gan(), [Phase(Loader(ArraySource({"real": points}), 16), steps, callbacks=callbacks)], **options)


def run(made, folder, *, resume=False, **settings):
    config = RunConfig(steps=made.steps, batch_size=16, **{"log_every": 3, "checkpoint_every": 1, "keep": 20, **settings})
    if resume:
        resume_experiment(made, RunFolder.open(folder), config, progress=Progress(quiet=True))
        return
    place = RunFolder.create(folder, "toy")
    place.config.write_text("recipe: toy\n")
    run_experiment(made, place, config, progress=Progress(quiet=True))


PASSES = ["begin", "epoch 0", *(f"batch {n}" for n in range(4)), "end of 0", "epoch 1", *(f"batch {n}" for n in range(4)),
          "end of 1", "epoch 2", "batch 0", "batch 1", "end"]


def test_an_epoch_is_one_pass_over_the_data(make_gan, points, tmp_path):
    diary = Diary()
    run(experiment(make_gan, points, [diary]), tmp_path / "run")
    assert diary.pages == PASSES  # the third pass is not over: its end is not announced
    assert diary.params["steps"] == STEPS_PER_EPOCH


@pytest.mark.parametrize("stop_at", [3, 4, 6])
def test_a_resumed_run_calls_on_where_it_stopped(make_gan, points, tmp_path, stop_at):
    first, second = Diary(), Diary()
    run(experiment(make_gan, points, [first], stop_at), tmp_path / "run")
    run(experiment(make_gan, points, [second]), tmp_path / "run", resume=True)
    done = first.pages[:-1]  # without its "end"
    assert second.pages == done + PASSES[len(done):]


def test_the_end_of_an_epoch_brings_the_means_of_that_epoch_as_fit_does(make_gan, points, tmp_path):
    """Records in between do not reset them."""
    found = {}

    class Note(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            found[self.model, epoch] = dict(logs)

    for name, log_every in (("often", 1), ("seldom", 50)):
        made = experiment(make_gan, points, [Note()], 8)
        run(made, tmp_path / name, log_every=log_every)
    often, seldom = ([logs for (gan, _), logs in found.items() if gan is each] for each in dict.fromkeys(
        gan for gan, _ in found))
    assert often == seldom
    assert len(often) == 2

    plain = make_gan()
    data = Loader(ArraySource({"real": points}), 16).dataset()
    history = plain.fit(data, steps_per_epoch=4, epochs=2, verbose=0, shuffle=False).history
    for name, values in history.items():
        np.testing.assert_allclose(values, [logs[name] for logs in often], rtol=1e-6, err_msg=name)


def test_the_scores_of_validation_come_with_it(make_gan, points, tmp_path):
    seen = []

    class Note(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(logs["val_kid"])

    made = experiment(make_gan, points, [Note()], 8, validation=lambda gan: {"kid": float(gan.discriminator_steps)})
    run(made, tmp_path / "run", sample_every=3)
    assert seen == [3.0, 6.0]  # the latest there were after the steps 4 and 8 were made


def test_early_stopping_counts_on_after_a_resume(make_gan, points, tmp_path):
    """Patience 2 over a score that never improves: epochs 0 to 2, wherever the run was stopped."""
    def made(steps=40):
        patient = keras.callbacks.EarlyStopping(monitor="val_kid", mode="min", patience=2)
        return experiment(make_gan, points, [patient], steps, validation=lambda gan: {"kid": 1.0})

    straight, stopped, resumed = made(), made(6), made()
    run(straight, tmp_path / "straight")
    run(stopped, tmp_path / "run")
    run(resumed, tmp_path / "run", resume=True)
    assert int(straight.gan.discriminator_steps) == int(resumed.gan.discriminator_steps) == 3 * STEPS_PER_EPOCH
    assert resumed.phases[0].callbacks[0].stopped_epoch == 2


def test_a_callback_may_say_itself_what_it_remembers(make_gan, points, tmp_path):
    class Own(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = np.zeros(2)

        def on_train_batch_end(self, batch, logs=None):
            self.seen += 1

        def get_state(self):
            return {"seen": self.seen.tolist()}

        def set_state(self, state):
            self.seen = np.array(state["seen"])

    first, second = Own(), Own()
    run(experiment(make_gan, points, [first], 3), tmp_path / "run")
    run(experiment(make_gan, points, [second], 5), tmp_path / "run", resume=True)
    np.testing.assert_array_equal(second.seen, [5, 5])


def test_what_a_callback_is_made_of_stays_its_own():
    class Mixed(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.count, self.rates, self.pair, self.path, self.loss = 1, [0.1, 0.2], (1, 2), "a", np.float32(0.5)
            self.function, self.array = print, np.zeros(3)

    callback, again = Mixed(), Mixed()
    begun = plain_attributes(callback)
    assert set(begun) == {"count", "rates", "pair", "path", "loss"}
    callback.rates.append(0.3)
    callback.count, callback.pair = 7, (3, 4)
    state = state_of(callback, begun)
    assert state == {"count": 7, "rates": [0.1, 0.2, 0.3], "pair": [3, 4]}  # what it was given stays as it is given now
    restore(again, state)
    assert (again.count, again.rates, again.pair, again.function) == (7, [0.1, 0.2, 0.3], (3, 4), print)


@pytest.mark.parametrize(("value", "expected"), [
    (None, True), (True, True), (2.5, True), ("text", True), ([1, [2, "a"]], True), ({"a": (1, 2)}, True), (np.int64(3), True),
    ({1: 2}, False), (np.zeros(2), False), (print, False), ([object()], False)])
def test_plain_values_are_those_that_survive_a_file(value, expected):
    assert is_plain(value) is expected


@pytest.mark.parametrize(("callback", "message"), [
    (lambda path: keras.callbacks.EarlyStopping("val_kid", mode="min", restore_best_weights=True),
     r"restore_best_weights=True\)` holds weights in memory.*Experiment\(best=\)"),
    (lambda path: keras.callbacks.BackupAndRestore(path), r"`BackupAndRestore` is not for runs.*checkpoints of its own"),
    (lambda path: keras.callbacks.ModelCheckpoint(path / "a.keras"), r"`ModelCheckpoint` is not for runs"),
    (lambda path: print, r"`callbacks` must be Keras callbacks"),
])
def test_what_a_run_would_lose_is_refused_before_the_first_step(make_gan, points, tmp_path, callback, message):
    with pytest.raises(ConfigError, match=message):
        run(experiment(make_gan, points, [callback(tmp_path)]), tmp_path / "run")


def test_states_are_given_back_by_class_and_order(make_gan, points, tmp_path):
    class Count(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.count = 0

        def on_train_batch_end(self, batch, logs=None):
            self.count += 1

    run(experiment(make_gan, points, [Diary(), Count(), Count()], 3), tmp_path / "run")
    new = [Count(), Count(), Count()]
    run(experiment(make_gan, points, new, 5), tmp_path / "run", resume=True)
    assert [callback.count for callback in new] == [5, 5, 2]


def test_several_steps_per_execution_are_refused_in_a_run(make_gan, points, tmp_path):
    data = Loader(ArraySource({"real": points}), 16)
    gan = make_gan(compile={"run_eagerly": False, "steps_per_execution": 2})
    with pytest.raises(ConfigError, match=r"`steps_per_execution` must be 1.*Received: steps_per_execution=2"):
        run(Experiment(gan, [Phase(data, 4)]), tmp_path / "run")


def test_rates_and_progress_follow_the_batch_of_each_phase(make_gan, points, tmp_path):
    seen = []

    class Watched(Progress):
        def advance(self, step):
            super().advance(step)
            seen.append(self.batch_size)

    source = ArraySource({"real": points})
    made = Experiment(make_gan(), [Phase(Loader(source, 16), 2), Phase(Loader(source, 4), 2)])
    place = RunFolder.create(tmp_path / "run", "toy")
    place.config.write_text("recipe: toy\n")
    run_experiment(made, place, RunConfig(batch_size=64), progress=Watched(quiet=True))  # no `steps`: the phases say it
    assert seen == [16, 16, 4, 4]
    assert int(made.gan.examples_seen) == 2 * 16 + 2 * 4


class TestReading:
    """The numbers of a step are read from the device, which waits for it, only for callbacks that look at them."""

    @pytest.fixture
    def reads(self, monkeypatch):
        from gan_core.game.running_means import EPOCH, RunningMeans

        seen, original = [], RunningMeans.reported
        monkeypatch.setattr(RunningMeans, "reported", lambda means, row=0: (
            seen.append(int(means.count.numpy().max())) if row == EPOCH else None) or original(means, row))
        return seen

    def test_a_callback_that_does_something_before_steps_costs_no_reading(self, make_gan, points, tmp_path, reads):
        class Before(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                pass

        run(experiment(make_gan, points, [Before()], steps=6), tmp_path / "run")
        assert len(reads) == 1  # at the end of the epoch of four steps

    @pytest.mark.parametrize("callback", [
        lambda: type("After", (keras.callbacks.Callback,), {"on_train_batch_end": lambda self, batch, logs=None: None})(),
        lambda: keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    def test_one_that_looks_at_steps_gets_their_numbers(self, make_gan, points, tmp_path, reads, callback):
        run(experiment(make_gan, points, [callback()], steps=6), tmp_path / "run")
        assert len(reads) == 6
