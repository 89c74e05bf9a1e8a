"""A recipe's fields, its settings from four places, and a package's table of recipes."""

from __future__ import annotations

import dataclasses

import pydantic
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.run.config import RunConfig
from gan_core.run.folder import RunFolder
from gan_core.run.recipe import Recipe, merge
from gan_core.run.recipe_table import RecipeTable


class Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")
    target: float = 0.5
    speed: float = 1.0


class Config(RunConfig):
    """Settings."""

    width: int = pydantic.Field(8, ge=1)
    section: Section = Section()


def nothing(*arguments):
    return None, None


PARTS = {"name": "linear", "description": "\nA straight line (Nobody 2020).\n\nMore.\n", "config": Config, "load": nothing,
         "placeholder": nothing, "build": nothing, "presets": {"wide": {"width": 64, "section": {"target": 0.9}}}}


@pytest.fixture
def recipe():
    return Recipe(**PARTS)


@pytest.fixture
def table(recipe):
    return RecipeTable(recipe, dataclasses.replace(recipe, name="square", presets={}))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wanted.yaml"
    path.write_text("recipe: linear\nwidth: 3\nsteps: 7\nsection: {target: 0.1, speed: 2}\n")
    return path


class TestFields:
    def test_the_title_is_the_first_line_of_the_description(self, recipe):
        assert recipe.title == "A straight line (Nobody 2020)."

    def test_a_recipe_cannot_be_changed(self, recipe):
        with pytest.raises(dataclasses.FrozenInstanceError):
            recipe.name = "other"

    @pytest.mark.parametrize(("part", "value", "message"), [
        ("name", "", "`name` of a recipe must be a word. Received: name=''"),
        ("name", 3, "`name` of a recipe must be a word. Received: name=3"),
        ("description", None, "`description` of a recipe must be a text whose first line is the title. Received: description=None"),
        ("config", Config(), "`config` of a recipe must be a subclass of RunConfig"),
        ("config", dict, "`config` of a recipe must be a subclass of RunConfig. Received: config=<class 'dict'>"),
        ("load", None, "`load` of a recipe must be a function. Received: load=None for the recipe 'linear'"),
        ("placeholder", "blank", "`placeholder` of a recipe must be a function"),
        ("build", 3, "`build` of a recipe must be a function. Received: build=3"),
        ("complete", 3, "`complete` of a recipe must be a function or None. Received: complete=3"),
        ("check_data", 3, "`check_data` of a recipe must be a function or None"),
        ("check_config", 3, "`check_config` of a recipe must be a function or None"),
        ("presets", ["wide"], "`presets` of a recipe must be a mapping of names to settings"),
        ("presets", {"wide": 3}, "`presets` of a recipe must be a mapping of names to settings"),
        ("presets", {"wide": {"widht": 3}}, "preset 'wide' of linear: unknown key `widht`. Did you mean 'width'?"),
        ("presets", {"wide": {"width": 0}}, "preset 'wide' of linear: `width`: Input should be greater than or equal to 1"),
        ("run_class", dict, "`run_class` of a recipe must be a subclass of TrainedRun"),
        ("quick_to_build", "no", "`quick_to_build` of a recipe must be True or False"),
    ])
    def test_a_field_of_another_kind_is_refused_by_name(self, part, value, message):
        with pytest.raises(ConfigError) as caught:
            Recipe(**{**PARTS, part: value})
        assert message in str(caught.value)


class TestSettings:
    def test_without_anything_the_defaults_stand(self, recipe):
        assert recipe.settings() == Config()

    def test_a_preset_wins_over_defaults(self, recipe):
        found = recipe.settings(preset="wide")
        assert (found.width, found.section.target, found.section.speed, found.steps) == (64, 0.9, 1.0, 1000)

    def test_the_file_wins_over_the_preset(self, recipe, file):
        found = recipe.settings(preset="wide", file=file)
        assert (found.width, found.steps, found.section.target) == (3, 7, 0.1)

    def test_what_is_given_wins_over_the_file_and_the_preset(self, recipe, file):
        found = recipe.settings(preset="wide", file=file, given={"width": 5, "section": {"target": 0.3}})
        assert (found.width, found.steps, found.section.target, found.section.speed) == (5, 7, 0.3, 2.0)

    def test_what_is_given_may_be_the_default(self, recipe, file):
        assert recipe.settings(preset="wide", file=file, given={"width": 8}).width == 8

    def test_a_file_without_a_recipe_fits_any(self, table, tmp_path):
        (tmp_path / "any.yaml").write_text("width: 5\n")
        assert table["square"].settings(file=tmp_path / "any.yaml").width == 5

    @pytest.mark.parametrize(("options", "message"), [
        ({"preset": "wied"}, "unknown preset of linear. Received: 'wied'. Did you mean 'wide'? Known: wide."),
        ({"given": {"widht": 3}}, "options: unknown key `widht`. Did you mean 'width'?"),
        ({"given": {"width": 0}}, "options: `width`: Input should be greater than or equal to 1. Received: width=0."),
    ])
    def test_a_mistake_is_named(self, recipe, options, message):
        with pytest.raises(ConfigError) as caught:
            recipe.settings(**options)
        assert message in str(caught.value)

    def test_a_recipe_without_presets_says_so(self, table):
        with pytest.raises(ConfigError, match=r"the recipe square has no presets. Received: preset='wide'. Leave `preset` out"):
            table["square"].settings(preset="wide")

    def test_a_file_for_another_recipe_is_refused(self, table, file):
        with pytest.raises(ConfigError, match=r"is for the recipe 'linear'\. Received: 'square'\. Run `train linear`"):
            table["square"].settings(file=file)

    @pytest.mark.parametrize(("line", "expected"), [
        ("widht: 3", "unknown key `widht`. Did you mean 'width'?"),
        ("section: {targt: 1}", "unknown key `section.targt`."),
        ("section: {target: x}", "`section.target`: Input should be a valid number"),
        ("section: 3", "`section`: Input should be a valid dictionary"),
    ])
    def test_a_mistake_in_the_file_is_named_even_if_an_option_would_hide_it(self, recipe, tmp_path, line, expected):
        path = tmp_path / "bad.yaml"
        path.write_text(line + "\n")
        with pytest.raises(ConfigError) as caught:
            recipe.settings(file=path, given={"section": {"target": 1.0}})
        assert f"{path}: {expected}" in str(caught.value)


def test_merging_keeps_what_is_not_overridden():
    base = {"a": 1, "b": {"c": 2, "d": 3}, "e": {"f": 4}}
    assert merge(base, {"b": {"c": 5}, "e": 6}) == {"a": 1, "b": {"c": 5, "d": 3}, "e": 6}
    assert base["b"]["c"] == 2


class TestTable:
    def test_recipes_keep_their_order(self, table):
        assert list(table) == ["linear", "square"]

    def test_an_unknown_recipe_names_the_closest(self, table):
        with pytest.raises(ConfigError, match=r"unknown recipe. Received: 'sqare'\. Did you mean 'square'\? Known: linear, square"):
            table["sqare"]

    def test_two_recipes_of_one_name_are_refused(self, recipe):
        with pytest.raises(ConfigError, match=r"need names of their own. Received: linear, linear"):
            RecipeTable(recipe, recipe)

    def test_a_run_knows_its_recipe_and_settings(self, table, tmp_path):
        (tmp_path / "config.yaml").write_text("recipe: linear\nwidth: 3\n")
        recipe, config = table.of_run(RunFolder(tmp_path))
        assert (recipe.name, config) == ("linear", Config(width=3))

    @pytest.mark.parametrize(("content", "expected"), [
        ("width: 3\n", "the key `recipe` is missing. Expected: one of linear, square"),
        ("recipe: segan\n", "unknown recipe. Received: 'segan'"),
        ("recipe: os.system\n", "unknown recipe. Received: 'os.system'"),
        ("recipe: [1]\n", "unknown recipe. Received: "), ("recipe:\n", "unknown recipe. Received: None"),
        ("recipe: linear\nwidht: 3\n", "unknown key `widht`. Did you mean 'width'?"),
    ])
    def test_a_config_that_is_no_recipes_is_refused(self, table, tmp_path, content, expected):
        (tmp_path / "config.yaml").write_text(content)
        with pytest.raises(ConfigError) as caught:
            table.of_run(RunFolder(tmp_path))
        assert expected in str(caught.value)


@pytest.mark.parametrize("kind", [ConfigError, DataError])
def test_data_that_are_not_found_name_the_directory_in_which_paths_began(recipe, tmp_path, kind):
    def load(config):
        raise kind("unknown data source. Received: 'Q/data'.")

    (tmp_path / "environment.json").write_text('{"directory": "/where/it/was"}')
    with pytest.raises(kind, match=r"'Q/data'\.\nRelative paths begin in the current directory; the run was started in "
                                   r"/where/it/was\.$"):
        dataclasses.replace(recipe, load=load).data_of(Config(), RunFolder(tmp_path))


def test_a_recipe_without_complete_leaves_the_config_as_it_is(recipe):
    config = Config(width=3)
    assert recipe.completed(config, None) is config
