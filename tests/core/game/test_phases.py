"""What phases may do: narrow what learns, replace networks, fade new layers in; and resume in the middle of it."""

import gc
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.data.loader import ArraySource, Loader
from gan_core.errors import ConfigError
from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating
from gan_core.progress import Progress
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.state import state_of

L = keras.layers
ADAM = keras.optimizers.Adam(0.01, 0.5)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1)).astype("float32")


def run(experiment, folder, steps, *, resume=False, **settings):
    config = RunConfig(steps=experiment.steps, batch_size=4, log_every=1, checkpoint_every=1, keep=20, **settings)
    if resume:
        resume_experiment(experiment, RunFolder.open(folder), config, progress=Progress(quiet=True))
        return
    made = RunFolder.create(folder, "toy")
    made.config.write_text("recipe: toy\n")
    run_experiment(experiment, made, config, progress=Progress(quiet=True))


def moved(before, variables):
    return {variable.path for variable, old in zip(variables, before, strict=True)
            if not np.array_equal(old, variable.numpy())}


# ---------------------------------------------------------------------- what learns


def body_and_head():
    latent = keras.Input((3,), name="latent")
    x = L.Dense(8, activation="relu", name="body")(latent)
    return keras.Model(latent, L.Dense(2, name="head")(x), name="generator")


def three_phases(discriminator, points):
    """The body alone, then the head alone, then all: as a coarse-to-fine system is trained."""
    keras.utils.set_random_seed(1)
    gan = GAN(body_and_head(), discriminator(), Objective(NonSaturating()), Normal(3), ema=0.5)

    def learns(layer, last=False):
        return lambda gan: gan.compile(
            ADAM, ADAM, run_eagerly=True,
            generator_learns=None if layer is None else lambda network: network.get_layer(layer).trainable_variables,
            discriminators_learn=(lambda networks: networks[0].layers[-1].trainable_variables) if last else None)

    data = Loader(ArraySource({"real": points}), 4)
    return Experiment(gan, [Phase(data, 2, learns("body")), Phase(data, 2, learns("head", last=True)),
                            Phase(data, 2, learns(None))])


def test_each_phase_moves_what_it_names_and_nothing_else(make_discriminator, points):
    experiment = three_phases(make_discriminator, points)
    gan, seen = experiment.gan, []
    for phase in experiment.phases:
        phase.start(gan)
        learned = [*gan.generator.weights, *gan.discriminators[0].weights]
        before = [variable.numpy() for variable in learned]
        gan.fit(phase.data.dataset(0, 2), verbose=0)
        seen.append({path.split("/")[0] for path in moved(before, learned)})
        assert len(gan.generator_optimizer.variables) == 2 + 2 * len(gan.generator_variables)
    last = gan.discriminators[0].layers[-1].name
    discriminator = {weight.path.split("/")[0] for weight in gan.discriminators[0].weights}
    assert seen == [{"body", *discriminator}, {"head", last}, {"body", "head", *discriminator}]


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [1, 2, 3, 4, 5])
def test_a_run_of_three_phases_resumes_exactly_at_every_step(make_discriminator, points, tmp_path, stop_at):
    straight, stopped, resumed = (three_phases(make_discriminator, points) for _ in range(3))
    run(straight, tmp_path / "straight", 6)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = int(self.model.discriminator_steps) == stop_at

    for phase in stopped.phases:
        object.__setattr__(phase, "callbacks", [Stop()])
    run(stopped, tmp_path / "run", 6)
    for phase in resumed.phases:
        object.__setattr__(phase, "callbacks", [Stop()])
    run(resumed, tmp_path / "run", 6, resume=True)
    assert [ours.path for ours, theirs in zip(state_of(straight.gan), state_of(resumed.gan), strict=True)
            if not np.array_equal(ours.numpy(), theirs.numpy())] == []


@pytest.mark.parametrize(("options", "message"), [
    ({"generator_learns": lambda network: []}, r"`generator_learns` must return.*Received: none"),
    ({"generator_learns": lambda network: [keras.Variable(1.0, name="stray")]}, r"Received: stray, which is none"),
    ({"discriminators_learn": lambda networks: networks[0].trainable_variables[:1] * 2}, r"one of them twice"),
])
def test_what_learns_must_be_the_players_own(make_gan, options, message):
    with pytest.raises(ConfigError, match=message):
        make_gan(compile=options)


# ---------------------------------------------------------------------- other networks


def test_replaced_networks_leave_nothing_behind(make_gan, make_generator, make_discriminator, points):
    gan = make_gan(ema=0.9, compile={"run_eagerly": False})
    gan.fit(points, batch_size=16, verbose=0)
    gan.generate(count=2)
    before = len(state_of(gan))
    gone = [weakref.ref(network) for network in (gan.generator, gan.averaged_generator, gan.discriminators[0])]
    gan.replace(generator=make_generator(width=16), discriminators=make_discriminator(width=16))
    gan.compile(ADAM, ADAM)
    gc.collect()
    assert [reference() for reference in gone] == [None] * 3
    assert len(state_of(gan)) == before
    assert {weight.shape[-1] for weight in gan.averaged_generator.weights} == {16, 2}
    np.testing.assert_array_equal(gan.averaged_generator.get_weights()[0], gan.generator.get_weights()[0])
    assert (int(gan.discriminator_steps), int(gan.examples_seen)) == (4, 64)  # the run goes on
    gan.fit(points, batch_size=16, verbose=0)
    assert gan.generate(count=2).shape == (2, 2)


def test_one_player_can_be_replaced_alone(make_gan, make_discriminator):
    gan = make_gan(ema=0.9)
    generator, average = gan.generator, gan.averaged_generator
    gan.replace(discriminators=[make_discriminator(), make_discriminator(name="second")])
    gan.compile(ADAM, ADAM)
    assert (gan.generator is generator, gan.averaged_generator is average, len(gan.discriminators)) == (True, True, 2)
    assert len(gan.layers) == 4


def test_compiling_again_keeps_one_set_of_means(make_gan):
    gan = make_gan()
    before = [variable.path for variable in state_of(gan)]
    gan.compile(ADAM, ADAM)
    assert len(state_of(gan)) == len(before)


def test_training_on_without_compiling_is_refused(make_gan, make_generator, points):
    gan = make_gan()
    gan.replace(generator=make_generator())
    with pytest.raises(ValueError, match="compile"):
        gan.fit(points, batch_size=16, verbose=0)


def test_networks_that_do_not_fit_leave_the_old_ones(make_gan):
    gan = make_gan()
    old = gan.generator
    frozen = keras.Sequential([keras.Input((3,), name="latent"), L.Dense(2)])
    frozen.trainable = False
    with pytest.raises(ConfigError, match="nothing to learn"):
        gan.replace(generator=frozen)
    assert gan.generator is old


# ---------------------------------------------------------------------- fading in


@keras.saving.register_keras_serializable("gan_core_tests")
class Fade(L.Layer):
    """(old, new) -> old + alpha (new - old): alpha is 1 once the new layers are in."""

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.alpha = self.add_weight((), "zeros", trainable=False, name="alpha")

    def call(self, old, new):
        return old + self.alpha * (new - old)


class FadedReals(L.Layer):
    """`prepare`: reals as sharp as the generator can be by now. A layer, so that its alpha is saved with the run."""

    def __init__(self):
        super().__init__()
        self.alpha = self.add_weight((), "zeros", trainable=False, name="alpha")
        self.built = True

    def __call__(self, batch, stream):
        real = batch["real"]
        coarse = tf.repeat(tf.repeat(tf.nn.avg_pool2d(real, 2, 2, "VALID"), 2, 1), 2, 2)
        return {"real": coarse + self.alpha.value * (real - coarse)}


class FadeIn(keras.callbacks.Callback):
    """alpha rises with the step, a function of the counter alone."""

    def __init__(self, gan, first, steps):
        super().__init__()
        self.gan, self.first, self.steps = gan, first, steps

    def on_train_batch_begin(self, batch, logs=None):
        alpha = min((int(self.gan.discriminator_steps) - self.first) / self.steps, 1.0)
        for part in (self.gan.generator.get_layer("fade"), self.gan.discriminators[0].get_layer("fade"), self.gan.prepare):
            part.alpha.assign(alpha)


def small():
    latent = keras.Input((4,), name="latent")
    x = L.Reshape((4, 4, 4), name="map")(L.Dense(64, name="first")(latent))
    image = L.UpSampling2D()(L.Conv2D(1, 1, name="coarse")(x))
    sample = keras.Input((8, 8, 1), name="sample")
    y = L.Conv2D(4, 1, name="coarse")(L.AveragePooling2D(2)(sample))
    return (keras.Model(latent, image, name="generator"),
            keras.Model(sample, L.Dense(1, name="last")(L.Flatten()(y)), name="discriminator"))


def large():
    latent = keras.Input((4,), name="latent")
    x = L.Reshape((4, 4, 4), name="map")(L.Dense(64, name="first")(latent))
    old = L.UpSampling2D()(L.Conv2D(1, 1, name="coarse")(x))
    new = L.Conv2D(1, 3, padding="same", name="fine")(L.UpSampling2D()(x))
    sample = keras.Input((8, 8, 1), name="sample")
    y = Fade(name="fade")(L.Conv2D(4, 1, name="coarse")(L.AveragePooling2D(2)(sample)),
                          L.AveragePooling2D(2)(L.Conv2D(4, 3, padding="same", name="fine")(sample)))
    return (keras.Model(latent, Fade(name="fade")(old, new), name="generator"),
            keras.Model(sample, L.Dense(1, name="last")(L.Flatten()(y)), name="discriminator"))


def growing():
    """Two phases: a coarse game, then networks twice as fine that take the coarse ones' weights and fade in."""
    keras.utils.set_random_seed(1)
    gan = GAN(*small(), Objective(NonSaturating()), Normal(4), ema=0.9, prepare=FadedReals())
    gan.compile(ADAM, ADAM)
    data = Loader(ArraySource({"real": IMAGES}), 4)

    def grow(gan):
        keras.utils.set_random_seed(2)
        networks = large()
        for new, old in zip(networks, (gan.generator, gan.discriminators[0]), strict=True):
            for layer in old.layers:
                if layer.weights:
                    new.get_layer(layer.name).set_weights(layer.get_weights())
        gan.replace(generator=networks[0], discriminators=networks[1])
        gan.compile(ADAM, ADAM)

    return Experiment(gan, [Phase(data, 3), Phase(data, 5, grow, callbacks=[FadeIn(gan, 3, 4)])])


@pytest.mark.slow
def test_a_fade_begins_where_the_coarse_network_ended_and_ends_in_the_average_too(tmp_path):
    experiment = growing()
    gan, before = experiment.gan, {}

    def watch(gan, step, folder, record):
        before[step] = gan.generate(count=3, raw=True)

    experiment = Experiment(gan, experiment.phases, previews=[watch])
    run(experiment, tmp_path / "run", 8, sample_every=3)
    keras.utils.set_random_seed(1)
    fresh = growing()
    run(Experiment(fresh.gan, fresh.phases[:1]), tmp_path / "coarse", 3)
    fresh.phases[1].start(fresh.gan)
    np.testing.assert_allclose(fresh.gan.generate(count=3, raw=True), before[3], atol=1e-6)  # alpha is still 0
    assert float(gan.generator.get_layer("fade").alpha) == 1.0
    assert float(gan.averaged_generator.get_layer("fade").alpha) == 1.0
    assert float(gan.prepare.alpha) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [2, 3, 5])
def test_a_growing_run_resumes_exactly_before_at_and_after_the_border(tmp_path, stop_at):
    straight, stopped, resumed = growing(), growing(), growing()
    run(straight, tmp_path / "straight", 8)
    first, second = stopped.phases
    part = [Phase(first.data, min(stop_at, 3)), *([Phase(second.data, stop_at - 3, second.start, second.callbacks)]
                                                  if stop_at > 3 else [])]
    run(Experiment(stopped.gan, part), tmp_path / "run", stop_at)
    run(resumed, tmp_path / "run", 8, resume=True)
    assert [ours.path for ours, theirs in zip(state_of(straight.gan), state_of(resumed.gan), strict=True)
            if not np.array_equal(ours.numpy(), theirs.numpy())] == []


def test_the_record_says_what_a_phase_reports(make_gan, points, tmp_path):
    from gan_core.run.metrics_file import read_lines

    loader = Loader(ArraySource({"real": points}), 4)
    seen = []
    phases = [Phase(loader, 2), Phase(loader, 3, name="second", report=lambda: {"resolution": 16})]
    run(Experiment(make_gan(), phases, previews=[lambda gan, step, folder, record: seen.append(step)]), tmp_path / "run", 5)
    lines = {line["step"]: line for line in read_lines(tmp_path / "run/metrics.jsonl") if "d_loss" in line}
    assert ["resolution" in lines[step] for step in range(1, 6)] == [False, False, True, True, True]
    assert seen == [0, 2, 5]  # sheets at the end of every phase
