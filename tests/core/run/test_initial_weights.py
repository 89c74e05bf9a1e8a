"""`init_from`: a new run with the weights of another one's networks, and nothing of its history."""

from __future__ import annotations

import shutil

import keras
import numpy as np
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.errors import CheckpointError, ConfigError, RunError
from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.initial_weights import load_initial_weights
from gan_core.run.state import network_places, networks_of, state_of

CONFIG = RunConfig(steps=4, batch_size=8, checkpoint_every=100)


def build(*, seed, steps=4, ema=0.5, units=6, representation=None):
    keras.utils.set_random_seed(seed)
    latent, sample = keras.Input((3,), name="latent"), keras.Input((2,), name="sample")
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(units)(latent))
    gan = GAN(keras.Model(latent, keras.layers.Dense(2)(hidden)),
              keras.Model(sample, keras.layers.Dense(1)(keras.layers.Dense(units, "relu")(sample))),
              Objective(NonSaturating()), Normal(3), ema=ema, seed=seed)
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
    data = np.random.default_rng(0).normal(1, 1, (32, 2)).astype("float32")
    loader = Loader(ArraySource({"real": data}), 8)
    return Experiment(gan, [Phase(loader, steps)], representation=representation or {})


def run(experiment, path, config=CONFIG, **options):
    folder = RunFolder.create(path, "toy")
    folder.config.write_text("recipe: toy\n")
    run_experiment(experiment, folder, config, progress=options.get("progress") or Progress(quiet=True))
    return folder


@pytest.fixture(scope="module")
def donor(tmp_path_factory):
    experiment = build(seed=1, representation={"sample_rate": 16_000})
    return run(experiment, tmp_path_factory.mktemp("donor") / "run"), experiment.gan


def from_donor(donor, **changes):
    return CONFIG.model_copy(update={"init_from": str(donor[0].path), **changes})


class Starting(Exception):
    """Raised before the first step, so that the initial state can be seen."""


def initial(experiment, path, config):
    def stop(gan, step, folder, record):
        raise Starting

    experiment = Experiment(experiment.gan, experiment.phases, previews=[stop],
                            representation=experiment.representation)
    with pytest.raises(Starting):
        run(experiment, path, config)
    return experiment.gan


def weights(network):
    return [np.asarray(value) for value in network.get_weights()]


def test_all_networks_have_the_other_runs_weights_and_everything_else_is_new(donor, tmp_path):
    gan = initial(build(seed=2, representation={"sample_rate": 16_000}), tmp_path / "run", from_donor(donor))
    theirs, ours = networks_of(donor[1]), networks_of(gan)
    assert list(ours) == ["generator", "averaged_generator", "discriminator_0"]
    for name in ours:
        for mine, other in zip(weights(ours[name]), weights(theirs[name]), strict=True):
            np.testing.assert_array_equal(mine, other)
    assert not np.array_equal(weights(ours["generator"])[0], weights(ours["averaged_generator"])[0])
    assert [int(gan.discriminator_steps.numpy()), int(gan.examples_seen.numpy())] == [0, 0]
    assert all(not np.any(np.asarray(variable)) for variable in gan.generator_optimizer.variables
               if variable.shape == (3, 6))


def test_a_run_without_an_average_lends_its_generator_to_ours(tmp_path):
    plain = build(seed=1, ema=None)
    folder = run(plain, tmp_path / "plain")
    gan = initial(build(seed=2), tmp_path / "run", CONFIG.model_copy(update={"init_from": str(folder.path)}))
    for mine, other in zip(weights(gan.averaged_generator), weights(plain.gan.generator), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_it_says_where_the_weights_are_from_and_that_the_run_is_new(donor, tmp_path):
    said = []

    class Told(Progress):
        def say(self, text):
            said.append(text)

    run(build(seed=2), tmp_path / "run", from_donor(donor), progress=Told())
    assert any(str(donor[0].path) in line and "step 4" in line and "starts at step 0" in line for line in said)


def test_resuming_such_a_run_does_not_need_the_other_one(donor, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(donor[0].path, copy)
    config = CONFIG.model_copy(update={"init_from": str(copy)})
    straight = build(seed=2, steps=8)
    run(straight, tmp_path / "straight", config.model_copy(update={"steps": 8}))
    stopped = run(build(seed=2), tmp_path / "stopped", config)
    shutil.rmtree(copy)
    resumed = build(seed=2, steps=8)
    resume_experiment(resumed, stopped, config.model_copy(update={"steps": 8}), progress=Progress(quiet=True))
    for mine, other in zip(state_of(straight.gan), state_of(resumed.gan), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))


def test_a_run_killed_before_its_first_checkpoint_takes_the_weights_again(donor, tmp_path):
    gan = initial(build(seed=2), tmp_path / "run", from_donor(donor))
    assert not Checkpoints(tmp_path / "run" / "checkpoints").steps()
    again = build(seed=2)
    resume_experiment(again, RunFolder.open(tmp_path / "run"), from_donor(donor), progress=Progress(quiet=True))
    straight = build(seed=2)
    run(straight, tmp_path / "straight", from_donor(donor))
    for mine, other in zip(state_of(straight.gan), state_of(again.gan), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))
    assert int(gan.discriminator_steps.numpy()) == 0


@pytest.mark.parametrize(("options", "message"), [
    ({"units": 5}, r"generator differs: dense.*/kernel has shape \[3, 6\] there, \[3, 5\] here"),
    ({"representation": {"sample_rate": 8000}}, r"sample_rate=16000, while this run has sample_rate=8000"),
])
def test_other_networks_or_samples_are_refused_and_nothing_is_assigned(donor, tmp_path, options, message):
    experiment = build(seed=2, **options)
    before = weights(experiment.gan.generator)
    with pytest.raises(ConfigError, match=message):
        run(experiment, tmp_path / "run", from_donor(donor))
    for mine, other in zip(weights(experiment.gan.generator), before, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_folder_that_is_no_run_and_a_run_without_checkpoint_are_named(donor, tmp_path):
    with pytest.raises(RunError, match="is not a run folder"):
        run(build(seed=2), tmp_path / "one", CONFIG.model_copy(update={"init_from": str(tmp_path)}))
    empty = RunFolder.create(tmp_path / "empty", "toy")
    empty.config.write_text("recipe: toy\n")
    with pytest.raises(CheckpointError, match="holds no checkpoint yet"):
        run(build(seed=2), tmp_path / "two", CONFIG.model_copy(update={"init_from": str(empty.path)}))


def test_places_cover_every_weight_once(donor):
    places = network_places(donor[1])
    flat = [place for places in places.values() for place in places]
    assert len(set(flat)) == len(flat) == sum(len(network.weights) for network in networks_of(donor[1]).values())


def test_the_other_run_may_lie_in_a_folder_named_like_a_pattern(donor, tmp_path):
    copy = shutil.copytree(donor[0].path, tmp_path / "br [x]*?")
    gan = build(seed=2, representation={"sample_rate": 16_000}).gan
    load_initial_weights(gan, copy, {"sample_rate": 16_000})
    for mine, other in zip(gan.generator.get_weights(), donor[1].generator.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


class Growing(keras.Model):
    """A network that says it grows: its layers are found by their names."""

    grows, input_names = True, ("latent",)

    def __init__(self, *units):
        super().__init__(name="generator")
        self.parts = [keras.layers.Dense(count, name=f"part_{count}") for count in units]
        for part in self.parts:
            part.build((None, 3))
        self.units = units
        self.built = True

    def call(self, latent, training=None):
        return self.parts[-1](latent)[:, :2]

    def get_config(self):
        return {"units": self.units}

    @classmethod
    def from_config(cls, config):
        return cls(*config["units"])


def growing(*units, seed):
    experiment = build(seed=seed)
    experiment.gan.replace(generator=Growing(*units))
    experiment.gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), generator_learns=lambda network: (
        network.parts[-1].trainable_variables))
    return experiment


def test_a_network_that_has_grown_further_takes_over_what_it_had_before(tmp_path):
    small, large = growing(4, 5, seed=1), growing(4, 5, 6, seed=2)
    folder = run(small, tmp_path / "small")
    fresh = large.gan.generator.parts[2].get_weights()
    load_initial_weights(large.gan, folder.path, {})
    for mine, theirs in ((large.gan.generator, small.gan.generator), (large.gan.averaged_generator, small.gan.averaged_generator)):
        for ours, other in zip(mine.parts, theirs.parts, strict=False):
            for one, two in zip(ours.get_weights(), other.get_weights(), strict=True):
                np.testing.assert_array_equal(one, two)
    for now, before in zip(large.gan.generator.parts[2].get_weights(), fresh, strict=True):
        np.testing.assert_array_equal(now, before)


def test_a_network_does_not_shrink(tmp_path):
    folder = run(growing(4, 5, 6, seed=1), tmp_path / "large")
    with pytest.raises(ConfigError, match=r"whose generator differs: 6 weights there, 4 here"):
        load_initial_weights(growing(4, 5, seed=2).gan, folder.path, {})
