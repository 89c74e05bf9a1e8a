"""An opened run: what it knows, what it samples, and what it refuses."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from gan_core.errors import CheckpointError, ConfigError, DataError, RunError


@pytest.fixture
def path(recipes, tmp_path):
    """The folder of a run of four steps with a checkpoint at each."""
    recipes.train("points", out=tmp_path / "run", steps=4, checkpoint_every=1, keep=3, quiet=True)
    return tmp_path / "run"


def test_a_run_knows_its_folder_recipe_settings_and_step(recipes, path):
    run = recipes.open_run(path)
    assert (run.folder.path, run.recipe.name, run.config.width, run.step, run.complaints) == (path, "points", 4, 4, [])
    assert repr(run) == f"TrainedRun({str(path)!r}, recipe='points', step=4)"


def test_samples_depend_on_the_seed_alone(recipes, path):
    run = recipes.open_run(path)
    np.testing.assert_array_equal(run.samples(5, seed=1), run.samples(5, seed=1))
    assert not np.array_equal(run.samples(5, seed=1), run.samples(5, seed=2))


def test_raw_samples_are_those_of_the_trained_generator(recipes, path):
    run = recipes.open_run(path)
    np.testing.assert_array_equal(run.samples(5, raw=True), run.gan.generate(count=5, seed=0, raw=True))
    assert not np.array_equal(run.samples(5, raw=True), run.samples(5))


def test_no_samples_are_refused(recipes, path):
    with pytest.raises(ConfigError, match=r"`--count` must be at least 1. Received: count=0\."):
        recipes.open_run(path).samples(0)


def test_networks_are_built_only_when_they_are_asked_for(make_points, path):
    def build(*arguments):
        raise AssertionError("built")

    run = make_points(build=build).open_run(path)
    assert run.step == 4
    with pytest.raises(AssertionError, match="built"):
        run.gan  # noqa: B018


def test_the_data_are_not_read_unless_asked_for(make_points, path):
    def load(config):
        raise DataError("the data are gone")

    table = make_points(load=load)
    assert len(table.open_run(path).samples(2)) == 2
    with pytest.raises(DataError, match="the data are gone"):
        table.open_run(path, data=True).data  # noqa: B018


def test_a_run_opened_with_its_data_holds_them(recipes, path):
    train, validation = recipes.open_run(path, data=True).data
    assert (train.shape, validation) == ((64, 2), None)


def test_a_run_opened_without_its_data_says_so(recipes, path):
    with pytest.raises(ConfigError, match=r"was opened without its data. Open it with `data=True`"):
        recipes.open_run(path).data  # noqa: B018


def test_other_data_than_those_of_the_training_are_refused(make_points, path):
    table = make_points(load=lambda config: (np.zeros((64, 2), "float32"), None))
    with pytest.raises(DataError, match="was trained on other data"):
        table.open_run(path, data=True).experiment  # noqa: B018


def test_a_damaged_checkpoint_is_passed_over_and_named(recipes, path):
    (path / "checkpoints/step-000000004/state.index").unlink()
    run = recipes.open_run(path)
    assert run.step == 3
    assert run.complaints == ["checkpoint step-000000004 is damaged (state.index: missing)"]
    assert len(run.samples(2)) == 2


def test_a_folder_that_is_no_run_is_refused(recipes, tmp_path):
    with pytest.raises(RunError, match="is not a run folder"):
        recipes.open_run(tmp_path)


def test_a_run_without_a_checkpoint_is_refused(recipes, tmp_path):
    (tmp_path / "config.yaml").write_text("recipe: points\n")
    with pytest.raises(CheckpointError, match="holds no checkpoint yet"):
        recipes.open_run(tmp_path)


class TestOneNetwork:
    def generator(self, width=4):
        z = keras.Input((3,), name="latent")
        return keras.Model(z, keras.layers.Dense(2)(keras.layers.Dense(width, "relu")(z)), name="generator")

    @pytest.mark.parametrize("name", ["generator", "averaged_generator"])
    def test_it_gets_the_values_of_the_checkpoint(self, recipes, path, name):
        run, network = recipes.open_run(path), self.generator()
        run.read_network(name, network)
        expected = getattr(run.gan, name)
        assert all(np.array_equal(one, other) for one, other in zip(network.get_weights(), expected.get_weights(), strict=True))

    def test_another_step_has_other_values(self, recipes, path):
        run, newest, former = recipes.open_run(path), self.generator(), self.generator()
        run.read_network("generator", newest)
        assert run.read_network("generator", former, step=3).step == 3
        assert not np.array_equal(newest.get_weights()[0], former.get_weights()[0])

    @pytest.mark.parametrize(("name", "width", "step", "message"), [
        ("generator", 5, None, "does not hold the generator of its config.yaml"),
        ("encoder", 4, None, "does not hold the encoder of its config.yaml"),
        ("generator", 4, 1, "has no checkpoint of step 1. Kept: 2, 3, 4")])
    def test_what_is_not_there_is_refused(self, recipes, path, name, width, step, message):
        with pytest.raises(CheckpointError, match=message):
            recipes.open_run(path).read_network(name, self.generator(width), step=step)


class TestSave:
    def test_samples_are_written_as_an_array(self, recipes, path, tmp_path):
        run = recipes.open_run(path)
        written = run.save(tmp_path / "deep/points.npy", run.samples(3))
        np.testing.assert_array_equal(np.load(written), run.samples(3))

    def test_another_ending_is_refused(self, recipes, path):
        with pytest.raises(ConfigError, match=r"`path` must end in .npy. Received: path='points.txt'"):
            recipes.open_run(path).save("points.txt", np.zeros((3, 2)))
