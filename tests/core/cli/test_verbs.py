"""Settings on their way from the command line to a recipe, and what is refused before TensorFlow starts."""

from __future__ import annotations

import pytest

from gan_core.cli import verbs
from gan_core.errors import ConfigError, DataError, RunError
from gan_core.run.folder import RunFolder


@pytest.fixture
def started(monkeypatch):
    """Fails the test if TensorFlow would be started."""

    def refuse(**options):
        raise AssertionError("TensorFlow was started")

    monkeypatch.setattr("gan_core.run.device.start_tensorflow", refuse)


@pytest.fixture
def not_started(monkeypatch):
    """TensorFlow is said to be started, and is not."""
    monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "the CPU")


def test_only_what_was_typed_counts(modality):
    config = modality.recipes["linear"].config
    assert verbs.typed(config(width=8, section={"target": 0.9})) == {"width": 8, "section": {"target": 0.9}}
    assert verbs.typed(None) == {}


@pytest.mark.usefixtures("started")
class TestBeforeTensorFlowStarts:
    def test_a_used_folder_is_refused(self, modality, config, tmp_path):
        with pytest.raises(RunError, match="must be new"):
            verbs.train(modality, "linear", out=tmp_path, config=config)

    def test_an_unknown_preset_is_refused(self, modality):
        with pytest.raises(ConfigError, match="Did you mean 'wide'"):
            verbs.train(modality, "square", preset="wied")

    @pytest.mark.parametrize(("options", "expected"), [
        ({"steps": 0}, "--steps: `steps`: Input should be greater than or equal to 1"),
        ({"allow_change": ("widht",)}, "unknown setting in --allow-change. Received: 'widht'. Did you mean 'width'?")])
    def test_a_wrong_option_of_resume_is_refused(self, modality, tmp_path, options, expected):
        (tmp_path / "config.yaml").write_text("recipe: linear\n")
        with pytest.raises(ConfigError) as caught:
            verbs.resume(modality, tmp_path, **options)
        assert expected in str(caught.value)

    def test_a_run_in_use_is_refused(self, modality, tmp_path):
        (tmp_path / "config.yaml").write_text("recipe: linear\n")
        with RunFolder(tmp_path).lock(), pytest.raises(RunError, match="in use by process"):
            verbs.resume(modality, tmp_path)

    def test_a_count_below_one_is_refused(self, modality, tmp_path):
        with pytest.raises(ConfigError, match=r"`--count` must be at least 1. Received: count=0\."):
            verbs.sample(modality.recipes, tmp_path, count=0, out=None, seed=0, raw=False)


@pytest.mark.usefixtures("not_started")
class TestSettingsThatNeedNoData:
    @pytest.fixture
    def parts(self):
        """Of a recipe that refuses a width of 3, and whose data cannot be read."""

        def build(config, train, validation):
            if config.width == 3:
                raise ConfigError("`width` must not be 3")
            raise DataError("the placeholder has no labels")

        def load(config):
            raise DataError("data were read")

        return {"build": build, "load": load, "placeholder": lambda config: ("blank", None)}

    @pytest.fixture
    def narrow(self, modality):
        """A width of 3, as options."""
        return modality.recipes["linear"].config(width=3)

    def test_they_are_refused_before_data_are_read(self, make_modality, parts, narrow, tmp_path):
        with pytest.raises(ConfigError, match="`width` must not be 3"):
            verbs.train(make_modality(**parts), "linear", options=narrow, out=tmp_path / "run")

    def test_the_placeholder_is_not_judged_as_data(self, make_modality, parts, tmp_path):
        with pytest.raises(DataError, match="data were read"):
            verbs.train(make_modality(**parts), "linear", out=tmp_path / "run")

    def test_a_recipe_that_takes_long_to_build_does_without(self, make_modality, parts, narrow, tmp_path):
        with pytest.raises(DataError, match="data were read"):
            verbs.train(make_modality(**parts, quick_to_build=False), "linear", options=narrow, out=tmp_path / "run")
