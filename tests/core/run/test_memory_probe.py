"""The memory of training, measured in processes of their own: two with TensorFlow for all tests, and one that fails."""

import importlib
import os
import signal
from pathlib import Path

import numpy as np
import pydantic
import pytest

from gan_core.run import memory_probe
from gan_core.run.config import RunConfig
from gan_core.run.memory_probe import Memory, measure_memory, peak_memory, probe, train_first_steps
from gan_core.run.recipe import Recipe

MIB = 2**20
HELD = 2048 * MIB


class Config(RunConfig):
    """Settings of `rows`: what they ask for goes wrong, or takes memory."""

    size: int = 8
    width: int = pydantic.Field(8, ge=1)
    examples: int | None = None
    batch_size: int = pydantic.Field(16, ge=1, le=10_000)
    killed: bool = False
    n_critic: int = 1

    @pydantic.model_validator(mode="after")
    def end_the_process(self):
        if self.killed and self.batch_size != 16:
            os.kill(os.getpid(), signal.SIGKILL)
        return self


def load(config):
    raise AssertionError("a probe reads no data")


def placeholder(config):
    return np.zeros((config.examples or config.batch_size, config.size), "float32"), None


def build(config, train, validation):
    import keras

    from gan_core.data.loader import ArraySource, Loader
    from gan_core.game.gan import GAN
    from gan_core.game.latent import Normal
    from gan_core.game.objective import Objective
    from gan_core.losses import NonSaturating
    from gan_core.run.experiment import Experiment, Phase

    def network(name, inputs, outputs):
        entry = keras.Input((inputs,), name=name)
        return keras.Model(entry, keras.layers.Dense(outputs, use_bias=False)(keras.layers.Dense(config.width, "relu")(entry)))

    def start(gan):  # a GAN that its first phase compiles
        gan.compile("adam", "adam")

    gan = GAN(network("latent", 3, config.size), network("sample", config.size, 1), Objective(NonSaturating()), Normal(3),
              n_critic=config.n_critic)
    return Experiment(gan, [Phase(Loader(ArraySource({"real": train}), config.batch_size), config.steps, start=start)])


RECIPE = Recipe(name="rows", description="Rows of numbers.", config=Config, load=load, placeholder=placeholder, build=build,
                presets={"same": {}, "wide": {"width": 64, "batch_size": 32}})


@pytest.fixture(scope="module")
def found_by_name():
    """This module where another process finds it: pytest gives modules names of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)
        yield importlib.import_module(Path(__file__).stem)


@pytest.fixture(scope="module")
def measure(found_by_name):
    """(batch size, settings) -> what the probe finds."""

    def measure(batch_size=16, **settings):
        return probe(found_by_name.RECIPE, found_by_name.Config(**settings), setting="tried", batch_size=batch_size)

    return measure


@pytest.fixture(scope="module")
def small(measure):
    """Measured from a process that holds more than the probe will."""
    held = np.ones(HELD, "uint8")
    found = measure(n_critic=5)
    del held
    return found


@pytest.fixture(scope="module")
def large(measure):
    """A hidden layer makes 2048 x 16384 numbers, 128 MiB, in each network."""
    return measure(2048, width=16_384)


@pytest.mark.slow
class TestTraining:
    def test_it_is_named(self, small):
        assert (small.setting, small.size, small.batch_size, small.failure) == ("tried", 8, 16, None)

    def test_tensorflow_takes_memory_before_the_first_step(self, small):
        assert small.peak_bytes >= small.before_first_step_bytes > 100 * MIB

    def test_activations_take_memory_in_the_steps(self, small, large):
        assert large.failure is None
        assert large.peak_bytes - large.before_first_step_bytes > 128 * MIB
        assert large.peak_bytes > small.peak_bytes + 128 * MIB

    def test_what_this_process_holds_does_not_count(self, small):
        assert small.peak_bytes < HELD < peak_memory()

    def test_data_below_one_batch_are_a_failure_in_words(self, measure):
        found = measure(examples=3)
        assert "3 examples but the batch size is 16" in found.failure
        assert found.peak_bytes is None


class TestFailuresBeforeTensorFlowStarts:
    def test_refused_settings_are_told_in_words(self, measure):
        assert "batch size 20000: `batch_size`: Input should be less than or equal" in measure(20_000).failure

    @pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signals")
    def test_a_killed_process_is_told_in_words(self, measure):
        assert measure(32, killed=True).failure == "the process was ended by SIGKILL, most likely not enough memory"

    def test_a_recipe_that_no_other_process_can_find_is_told_in_words(self):
        recipe = Recipe(name="rows", description="Rows.", config=Config, load=load, placeholder=placeholder,
                        build=lambda *arguments: None)
        assert "Define its functions at the top of a module" in probe(recipe, Config(), setting="own", batch_size=1).failure


def test_the_generator_learns_in_the_measured_steps_although_its_turn_comes_later():
    experiment = build(Config(n_critic=5), *placeholder(Config()))
    experiment.phases[0].start(experiment.gan)
    train_first_steps(experiment.gan, experiment.phases[0])
    assert (int(experiment.gan.discriminator_steps), int(experiment.gan.generator_steps)) == (3, 1)


def test_the_chosen_settings_are_tried_at_three_batch_sizes_then_the_other_presets(monkeypatch, capsys):
    def fails(recipe, settings, *, setting, batch_size):
        return Memory(setting, settings.width, batch_size, failure="not enough memory")

    monkeypatch.setattr(memory_probe, "probe", fails)
    rows = measure_memory(RECIPE, Config())  # to which `same` adds nothing
    assert [(row.setting, row.size, row.batch_size) for row in rows] == [
        ("default", 8, 16), ("default", 8, 32), ("default", 8, 64), ("wide", 64, 32)]
    assert capsys.readouterr().err.splitlines()[-1].startswith("measuring rows, wide, batch size 32: ")
