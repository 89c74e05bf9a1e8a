"""Settings on their way from file and command line to a recipe, and what is refused before TensorFlow starts."""

from __future__ import annotations

import dataclasses

import pytest

from gan_core.cli import verbs
from gan_core.errors import ConfigError, DataError, RunError
from gan_core.run.folder import RunFolder


@pytest.fixture
def started(monkeypatch):
    """Fails the test if TensorFlow would be started."""

    def refuse(**options):
        raise AssertionError("TensorFlow was started")

    monkeypatch.setattr(verbs, "start_tensorflow", refuse)


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "wanted.yaml"
    path.write_text("recipe: linear\nwidth: 3\nsteps: 7\nsection: {target: 0.1, speed: 2}\n")
    return path


class TestResolve:
    def test_options_win_over_the_file_and_the_file_over_defaults(self, modality, config):
        module = modality.recipe("linear")
        options = module.Config(steps=9, section={"target": 0.9})
        found = verbs.resolve(modality, "linear", options, config)
        assert (found.steps, found.width, found.batch_size) == (9, 3, 64)
        assert (found.section.target, found.section.speed) == (0.9, 2)

    def test_an_option_may_say_the_default_against_the_file(self, modality, config):
        options = modality.recipe("linear").Config(width=8)
        assert verbs.resolve(modality, "linear", options, config).width == 8

    def test_without_anything_the_defaults_stand(self, modality):
        assert verbs.resolve(modality, "linear", None, None) == modality.recipe("linear").Config()

    def test_a_file_for_another_recipe_is_refused(self, modality, config):
        with pytest.raises(ConfigError, match=r"is for the recipe 'linear'\. Received: 'square'\. Run `train linear`"):
            verbs.resolve(modality, "square", None, config)

    def test_a_file_without_a_recipe_fits_any(self, modality, tmp_path):
        (tmp_path / "any.yaml").write_text("width: 5\n")
        assert verbs.resolve(modality, "square", None, tmp_path / "any.yaml").width == 5

    @pytest.mark.parametrize(("line", "expected"), [
        ("widht: 3", "unknown key `widht`. Did you mean 'width'?"),
        ("section: {targt: 1}", "unknown key `section.targt`."),
        ("section: {target: x}", "`section.target`: Input should be a valid number"),
        ("section: 3", "`section`: Input should be a valid dictionary"),
    ])
    def test_a_mistake_in_the_file_is_named_even_if_an_option_would_hide_it(self, modality, tmp_path, line, expected):
        path = tmp_path / "bad.yaml"
        path.write_text(line + "\n")
        options = modality.recipe("linear").Config(section={"target": 1.0})
        with pytest.raises(ConfigError) as caught:
            verbs.resolve(modality, "linear", options, path)
        assert f"{path}: {expected}" in str(caught.value)


def test_merging_keeps_what_is_not_overridden():
    base = {"a": 1, "b": {"c": 2, "d": 3}, "e": {"f": 4}}
    assert verbs.merge(base, {"b": {"c": 5}, "e": 6}) == {"a": 1, "b": {"c": 5, "d": 3}, "e": 6}
    assert base["b"]["c"] == 2


class TestBeforeTensorFlowStarts:
    def test_a_used_folder_is_refused(self, modality, config, tmp_path, started):
        with pytest.raises(RunError, match="must be new"):
            verbs.train(modality, "linear", out=tmp_path, config=config)

    @pytest.mark.parametrize(("options", "expected"), [
        ({"steps": 0}, "--steps: `steps`: Input should be greater than or equal to 1"),
        ({"allow_change": ("widht",)}, "unknown setting in --allow-change. Received: 'widht'. Did you mean 'width'?")])
    def test_a_wrong_option_of_resume_is_refused(self, modality, tmp_path, started, options, expected):
        (tmp_path / "config.yaml").write_text("recipe: linear\n")
        with pytest.raises(ConfigError) as caught:
            verbs.resume(modality, tmp_path, **options)
        assert expected in str(caught.value)

    def test_a_run_in_use_is_refused(self, modality, tmp_path, started):
        (tmp_path / "config.yaml").write_text("recipe: linear\n")
        with RunFolder(tmp_path).lock(), pytest.raises(RunError, match="in use by process"):
            verbs.resume(modality, tmp_path)

    def test_a_count_below_one_is_refused(self, modality, tmp_path, started):
        with pytest.raises(ConfigError, match=r"`--count` must be at least 1. Received: count=0\."):
            verbs.sample(modality, tmp_path, count=0, out=None, seed=0, raw=False)


class TestSettingsThatNeedNoData:
    @pytest.fixture
    def toy(self, modality, monkeypatch):
        """A modality whose recipe `linear` refuses a width of 3, and whose data cannot be read."""
        module = modality.recipe("linear")

        def build(config, train, validation):
            if config.width == 3:
                raise ConfigError("`width` must not be 3")
            raise DataError("the placeholder has no labels")

        def load(config):
            raise DataError("data were read")

        for name, value in {"build": build, "load": load, "placeholder": lambda config: ("blank", None)}.items():
            monkeypatch.setattr(module, name, value, raising=False)
        monkeypatch.setattr(verbs, "start_tensorflow", lambda **options: "the CPU")
        return dataclasses.replace(modality, tries_settings=True)

    def test_they_are_refused_before_data_are_read(self, toy, tmp_path):
        with pytest.raises(ConfigError, match="`width` must not be 3"):
            verbs.train(toy, "linear", options=toy.recipe("linear").Config(width=3), out=tmp_path / "run")

    def test_the_placeholder_is_not_judged_as_data(self, toy, tmp_path):
        with pytest.raises(DataError, match="data were read"):
            verbs.train(toy, "linear", out=tmp_path / "run")

    def test_a_modality_may_do_without(self, toy, tmp_path):
        toy = dataclasses.replace(toy, tries_settings=False)
        with pytest.raises(DataError, match="data were read"):
            verbs.train(toy, "linear", options=toy.recipe("linear").Config(width=3), out=tmp_path / "run")

    @pytest.mark.slow
    def test_trying_them_leaves_names_seed_and_precision_as_they_were(self, modality, monkeypatch):
        import keras

        def build(config=None, *data):
            layer = keras.layers.Dense(2)
            layer.build((None, 3))
            return layer.name, layer.kernel.numpy().tolist(), layer.compute_dtype, float(keras.random.uniform(()))

        module, former = modality.recipe("linear"), keras.config.dtype_policy()
        monkeypatch.setattr("tensorflow.config.experimental.enable_op_determinism", lambda: None)  # for other tests' sake
        monkeypatch.setattr(module, "build", build, raising=False)
        monkeypatch.setattr(module, "placeholder", lambda config: (None, None), raising=False)
        try:
            keras.backend.clear_session()
            verbs.start_tensorflow(seed=7, precision="bfloat16")
            straight = build()
            keras.backend.clear_session()
            verbs.start_tensorflow(seed=7, precision="bfloat16")
            verbs.try_settings(module, module.Config(seed=7, precision="bfloat16"))
            assert build() == straight
            assert straight[0] == "dense"
            assert straight[2] == "bfloat16"
        finally:
            keras.config.set_dtype_policy(former)


class TestResume:
    @pytest.fixture
    def run(self, tmp_path):
        (tmp_path / "config.yaml").write_text("recipe: linear\nwidth: 8\n")
        (tmp_path / "environment.json").write_text('{"directory": "/where/it/was"}')
        return tmp_path

    @pytest.mark.parametrize("kind", [ConfigError, DataError])
    def test_data_that_are_not_found_name_the_directory_in_which_paths_began(self, modality, run, monkeypatch, kind):
        def load(config):
            raise kind("unknown data source. Received: 'Q/data'.")

        module = modality.recipe("linear")
        monkeypatch.setattr(module, "load", load, raising=False)
        with pytest.raises(kind, match=r"'Q/data'\.\nRelative paths begin in the current directory; the run was started in "
                                       r"/where/it/was\.$"):
            verbs.data_of(module, module.Config(), RunFolder(run))

    @pytest.mark.slow
    def test_a_refused_run_keeps_its_config(self, modality, run, monkeypatch):
        from gan_core.run import experiment

        def refuse(*arguments, **options):
            raise DataError("other data")

        module = modality.recipe("linear")
        monkeypatch.setattr(module, "load", lambda config: (None, None), raising=False)
        monkeypatch.setattr(module, "build", lambda *arguments: None, raising=False)
        monkeypatch.setattr(verbs, "start_tensorflow", lambda **options: "the CPU")
        monkeypatch.setattr(experiment, "resume_experiment", refuse)
        before = (run / "config.yaml").read_bytes()
        with pytest.raises(DataError, match="other data"):
            verbs.resume(modality, run, steps=5000, quiet=True)
        assert (run / "config.yaml").read_bytes() == before
