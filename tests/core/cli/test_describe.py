"""What `describe` and `--dry-run` print."""

import yaml

from gan_core.cli.describe import as_yaml, preset_line


def test_printed_settings_can_be_saved_as_a_config():
    values = {"recipe": "linear", "name": "é: #", "section": {"target": 2e-4}, "width": None}
    assert yaml.safe_load(as_yaml(values)) == values
    assert list(yaml.safe_load(as_yaml(values))) == list(values)


def test_a_preset_is_one_line():
    assert preset_line("small", {"filters": 128, "rate": 3e-4}) == "--preset small: filters=128, rate=0.0003"
