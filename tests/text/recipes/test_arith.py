

import keras
import pytest

from gan_core.progress import Progress
from gan_core.run import RunFolder, run_experiment
from gan_core.run.config import write_yaml
from gan_text.recipes import arith


@pytest.mark.slow
def test_after_250_generator_updates_two_fifths_of_the_strings_are_accepted_and_unique(tmp_path):
    config = arith.Config(steps=1250, n_critic=5, sample_every=1250, checkpoint_every=1250)
    keras.utils.set_random_seed(config.seed)

    train, held_out = arith.RECIPE.load(config)
    experiment = arith.RECIPE.build(config, train, held_out)
    folder = RunFolder.create(tmp_path / "run", "arith")
    write_yaml(folder.config, "arith", config)
    start = experiment.validation(experiment.gan)
    run_experiment(experiment, folder, config, progress=Progress(quiet=True))
    end = experiment.validation(experiment.gan)
    assert int(experiment.gan.generator_steps) == 250
    assert start["acceptance"] < 0.05
    assert end["acceptance"] >= 0.40
    assert end["unique"] >= 0.40
    assert end["max_probability"] > start["max_probability"]

