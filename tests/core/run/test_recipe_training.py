"""Training as one call from Python: what comes back, what is refused, and what is left of the process."""

from __future__ import annotations

import dataclasses
import os
import signal

import keras
import numpy as np
import pytest
import yaml

from gan_core.errors import ConfigError, DataError, RunError
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.folder import RunFolder
from gan_core.run.recipe_training import resume_run, try_settings


def weights(run):
    return [weight.numpy() for weight in run.gan.generator.weights]


class TestTrain:
    def test_what_comes_back_is_an_opened_run_at_its_last_step(self, recipes, tmp_path):
        run = recipes.train("points", out=tmp_path / "run", quiet=True)
        assert (run.step, run.recipe, run.folder.path) == (6, recipes["points"], tmp_path / "run")
        assert run.samples(5).shape == (5, 2)

    def test_the_folder_opens_with_the_same_samples(self, recipes, tmp_path):
        trained = recipes.train("points", out=tmp_path / "run", quiet=True)
        np.testing.assert_array_equal(recipes.open_run(tmp_path / "run").samples(5, seed=3), trained.samples(5, seed=3))

    def test_training_twice_in_one_process_gives_the_same_weights(self, recipes, tmp_path):
        first, second = (weights(recipes.train("points", out=tmp_path / name, quiet=True)) for name in "ab")
        assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))

    def test_an_argument_wins_over_the_file_and_the_file_over_the_preset(self, recipes, tmp_path):
        (tmp_path / "settings.yaml").write_text("width: 6\nlearning_rate: 0.5\n")
        run = recipes.train("points", out=tmp_path / "run", preset="short", config=tmp_path / "settings.yaml", quiet=True,
                            learning_rate=0.25)
        assert (run.step, run.config.width, run.config.learning_rate) == (2, 6, 0.25)

    def test_the_config_in_the_folder_holds_the_values_of_the_preset_and_repeats_the_run(self, recipes, tmp_path):
        first = recipes.train("points", out=tmp_path / "a", preset="short", quiet=True)
        kept = yaml.safe_load((tmp_path / "a/config.yaml").read_text())
        assert (kept["steps"], kept["width"], "preset" in kept) == (2, 5, False)
        second = recipes.train("points", out=tmp_path / "b", config=tmp_path / "a/config.yaml", quiet=True)
        assert all(np.array_equal(one, other) for one, other in zip(weights(first), weights(second), strict=True))

    def test_without_a_folder_the_next_number_under_runs_is_taken(self, recipes, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        found = [recipes.train("points", steps=1, quiet=True).folder.path.name for _ in range(2)]
        assert found == ["00000-points-1", "00001-points-1"]

    def test_settings_that_cannot_be_met_are_refused_before_data_are_read(self, make_points, tmp_path):
        def refuse(config):
            raise DataError(f"the file of width {config.width} is gone")

        table = make_points(check_config=refuse, load=lambda config: pytest.fail("read"))
        with pytest.raises(DataError, match="the file of width 6 is gone"):
            table.train("points", out=tmp_path / "run", width=6, quiet=True)
        assert not (tmp_path / "run").exists()

    def test_settings_are_not_asked_about_where_a_run_is_only_used(self, make_points, recipes, tmp_path):
        recipes.train("points", out=tmp_path / "run", steps=1, quiet=True)
        table = make_points(check_config=lambda config: pytest.fail("asked"))
        assert table.open_run(tmp_path / "run", data=True).samples(2).shape == (2, 2)

    def test_what_only_the_data_know_is_kept_in_the_folder(self, make_points, tmp_path):
        table = make_points(complete=lambda config, train: config.model_copy(update={"width": len(train) // 16}))
        run = table.train("points", out=tmp_path / "run", steps=1, quiet=True)
        assert run.config.width == 4
        assert yaml.safe_load((tmp_path / "run/config.yaml").read_text())["width"] == 4

    def test_a_quiet_call_says_nothing(self, recipes, tmp_path, capfd):
        recipes.train("points", out=tmp_path / "run", steps=1, quiet=True)
        assert capfd.readouterr() == ("", "")

    def test_the_device_and_the_folder_are_said(self, recipes, tmp_path, capfd):
        recipes.train("points", out=tmp_path / "run", steps=1)
        said = capfd.readouterr().err
        assert "running on the CPU (" in said
        assert f"run folder: {tmp_path / 'run'}" in said

    @pytest.mark.parametrize(("recipe", "options", "error", "message"), [
        ("point", {}, ConfigError, "unknown recipe. Received: 'point'. Did you mean 'points'?"),
        ("points", {"widht": 3}, ConfigError, "train: unknown key `widht`. Did you mean 'width'?"),
        ("points", {"width": 0}, ConfigError, "train: `width`: Input should be greater than or equal to 1. Received: width=0."),
        ("points", {"preset": "shrt"}, ConfigError, "unknown preset of points. Received: 'shrt'. Did you mean 'short'?"),
        ("points", {"config": "none.yaml"}, ConfigError, "cannot read the config none.yaml"),
        ("points", {"out": "used"}, RunError, "the run folder must be new. Received: out='used'"),
        ("points", {"batch_size": 65}, DataError, "has 64 examples but the batch size is 65"),
    ])
    def test_a_mistake_is_the_error_of_the_command_line(self, recipes, tmp_path, monkeypatch, recipe, options, error, message):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "used").mkdir()
        (tmp_path / "used/thesis.tex").touch()
        with pytest.raises(error) as caught:
            recipes.train(recipe, quiet=True, **options)
        assert message in str(caught.value)
        assert not (tmp_path / "runs").exists()


class TestTheProcessAfterwards:
    def test_the_precision_is_as_it_was(self, recipes, tmp_path):
        before = keras.config.dtype_policy().name
        run = recipes.train("points", out=tmp_path / "run", steps=1, precision="bfloat16", quiet=True)
        assert keras.config.dtype_policy().name == before
        assert run.gan.generator.layers[1].compute_dtype == "bfloat16"

    def test_networks_opened_later_have_the_precision_of_the_run(self, recipes, tmp_path):
        recipes.train("points", out=tmp_path / "run", steps=1, precision="bfloat16", quiet=True)
        run, before = recipes.open_run(tmp_path / "run"), keras.config.dtype_policy().name
        assert run.gan.generator.layers[1].compute_dtype == "bfloat16"
        assert keras.config.dtype_policy().name == before

    @pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
    def test_a_signal_leaves_a_checkpoint_that_the_run_goes_on_from(self, make_points, recipes, tmp_path, number, error):
        class Stop(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                if batch + 1 == 3:
                    os.kill(os.getpid(), number)

        def interrupted(config, *data):
            experiment = recipes["points"].build(config, *data)
            return dataclasses.replace(experiment, phases=[dataclasses.replace(experiment.phases[0], callbacks=[Stop()])])

        with pytest.raises(error):
            make_points(build=interrupted).train("points", out=tmp_path / "run", quiet=True)
        stopped = recipes.open_run(tmp_path / "run")
        assert stopped.step == 3
        resume_run(stopped.recipe, stopped.config, stopped.folder, progress=Progress(quiet=True))
        straight = recipes.train("points", out=tmp_path / "straight", quiet=True)
        assert all(np.array_equal(one, other)
                   for one, other in zip(weights(recipes.open_run(tmp_path / "run")), weights(straight), strict=True))


class TestTryingSettings:
    def test_trying_them_leaves_no_trace_in_what_is_trained(self, make_points, tmp_path):
        tried, untried = (weights(make_points(quick_to_build=quick).train("points", out=tmp_path / str(quick), quiet=True))
                          for quick in (True, False))
        assert all(np.array_equal(one, other) for one, other in zip(tried, untried, strict=True))

    def test_layers_are_numbered_anew_where_the_process_has_no_other_networks(self, recipes):
        policy = keras.config.dtype_policy()
        try:
            recipe = recipes["points"]
            try_settings(recipe, recipe.config(), forget_names=True)
            assert keras.layers.Dense(1).name == "dense"
        finally:
            keras.config.set_dtype_policy(policy)


class TestResume:
    @pytest.fixture
    def run(self, recipes, tmp_path):
        """A finished run of three steps."""
        return recipes.train("points", out=tmp_path / "run", steps=3, checkpoint_every=1, quiet=True)

    def resume(self, run, recipe=None, **changes):
        resume_run(recipe or run.recipe, run.config.model_copy(update=changes), run.folder, progress=Progress(quiet=True))

    def test_a_run_goes_on_to_more_steps_and_remembers_them(self, recipes, run):
        self.resume(run, steps=5)
        assert recipes.open_run(run.folder.path).step == 5
        assert yaml.safe_load(run.folder.config.read_text())["steps"] == 5

    def test_data_that_do_not_fit_the_networks_are_refused_by_the_recipe(self, make_points, run):
        def refuse(folder, config, train):
            raise DataError(f"{len(train)} points do not fit {folder.path.name}")

        with pytest.raises(DataError, match="64 points do not fit run"):
            self.resume(run, make_points(check_data=refuse)["points"], steps=5)
        assert Checkpoints(RunFolder(run.folder.path).checkpoints).newest()[0].step == 3

    def test_settings_that_cannot_be_met_are_refused_before_data_are_read(self, make_points, run, monkeypatch):
        def refuse(config):
            raise DataError("the file of width 4 is gone")

        recipe = make_points(check_config=refuse, load=lambda config: pytest.fail("read"))["points"]
        with pytest.raises(DataError, match="the file of width 4 is gone"):
            self.resume(run, recipe, steps=5)

    def test_a_refused_run_keeps_its_config(self, run):
        before = run.folder.config.read_bytes()
        with pytest.raises(ConfigError, match="width: 4 -> 5"):
            self.resume(run, steps=5, width=5)
        assert run.folder.config.read_bytes() == before

    def test_what_complete_may_fill_in_need_not_be_said_again(self, make_points, tmp_path):
        table = make_points(complete=lambda config, train: config.model_copy(update={"ema": 0.5}))
        run = table.train("points", out=tmp_path / "run", steps=2, quiet=True, ema=None)
        self.resume(run, steps=3, ema=None)
        assert table.open_run(tmp_path / "run").step == 3
