"""The contract of a recipe, on toys that keep it and toys that break it."""

import dataclasses

import numpy as np
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase
from gan_core.testing import check_recipe

CONFIG = RunConfig(steps=4, batch_size=8, log_every=1, sample_every=2, checkpoint_every=2)


def sheet(gan, step, folder, record):
    """A preview whose picture is an array."""
    folder.samples.mkdir(exist_ok=True)
    np.save(folder.samples / f"step-{step}.npy", gan.generate(count=2))


@pytest.fixture
def build(make_gan, points):
    """(config, seed of the order of the data) -> a toy experiment."""

    def build(config, order=0):
        loader = Loader(ArraySource({"real": points}), config.batch_size, seed=order)
        return Experiment(make_gan(), [Phase(loader, config.steps)], previews=[sheet])

    return build


def test_a_recipe_that_keeps_the_contract_gives_its_experiment_back(build, tmp_path):
    assert int(check_recipe(build, CONFIG, tmp_path, stop_at=2).gan.discriminator_steps) == 4


def test_a_run_that_goes_on_with_other_batches_is_found(build, tmp_path):
    built = []

    def another_order_each_time(config):
        built.append(config)
        return build(config, order=len(built))

    with pytest.raises(AssertionError, match="stopping at step 2 and resuming changed"):
        check_recipe(another_order_each_time, CONFIG, tmp_path, stop_at=2)


def test_a_recipe_without_samples_is_found(build, tmp_path):
    with pytest.raises(AssertionError, match=r"the run folder lacks \['samples'\]"):
        check_recipe(lambda config: dataclasses.replace(build(config), previews=[]), CONFIG, tmp_path, stop_at=2)
