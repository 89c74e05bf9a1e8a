"""What a program knows about its recipes."""

from __future__ import annotations

import pytest
import yaml

from gan_core.cli.modality import as_yaml, summary_of
from gan_core.errors import ConfigError


def test_a_recipe_is_found_by_name(modality):
    assert modality.recipe("square").Config().width == 8


def test_an_unknown_recipe_names_the_closest(modality):
    with pytest.raises(ConfigError, match=r"unknown recipe. Received: 'sqare'\. Did you mean 'square'\? Known: linear, square"):
        modality.recipe("sqare")


def test_a_run_knows_its_recipe_and_settings(modality, tmp_path):
    (tmp_path / "config.yaml").write_text("recipe: linear\nwidth: 3\n")
    name, module, values = modality.recipe_of(tmp_path / "config.yaml")
    assert (name, module.__name__, values) == ("linear", "toy_linear", {"width": 3})


@pytest.mark.parametrize(("content", "expected"), [
    ("width: 3\n", "the key `recipe` is missing. Expected: one of linear, square"),
    ("recipe: segan\n", "unknown recipe. Received: 'segan'"),
    ("recipe: os.system\n", "unknown recipe. Received: 'os.system'"),
    ("recipe: [1]\n", "unknown recipe. Received: "), ("recipe:\n", "unknown recipe. Received: None"),
])
def test_a_config_that_names_no_recipe_is_refused(modality, tmp_path, content, expected):
    (tmp_path / "config.yaml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        modality.recipe_of(tmp_path / "config.yaml")
    assert expected in str(caught.value)


def test_the_summary_is_the_first_line(modality):
    assert summary_of(modality.recipe("linear")) == "A toy recipe: linear."


def test_printed_settings_can_be_saved_as_a_config():
    values = {"recipe": "linear", "name": "é: #", "section": {"target": 2e-4}, "width": None}
    assert yaml.safe_load(as_yaml(values)) == values
    assert list(yaml.safe_load(as_yaml(values))) == list(values)
