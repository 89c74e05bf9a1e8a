"""Settings on their way from file and command line to a recipe, and what is refused before TensorFlow starts."""

from __future__ import annotations

import pytest

from gan_core.cli import verbs
from gan_core.errors import ConfigError, RunError


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
        from gan_core.run.folder import RunFolder

        (tmp_path / "config.yaml").write_text("recipe: linear\n")
        with RunFolder(tmp_path).lock(), pytest.raises(RunError, match="in use by process"):
            verbs.resume(modality, tmp_path)

    def test_a_count_below_one_is_refused(self, modality, tmp_path, started):
        with pytest.raises(ConfigError, match=r"`--count` must be at least 1. Received: count=0\."):
            verbs.sample(modality, tmp_path, count=0, out=None, seed=0, raw=False)
