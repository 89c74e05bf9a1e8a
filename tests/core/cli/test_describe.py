"""What `describe` and `--dry-run` print."""

import json

import pytest
import yaml

from gan_core.cli import make_app, verbs
from gan_core.cli.describe import as_yaml, bytes_in_words, preset_line
from gan_core.run.memory_probe import Memory


def test_printed_settings_can_be_saved_as_a_config():
    values = {"recipe": "linear", "name": "é: #", "section": {"target": 2e-4}, "width": None}
    assert yaml.safe_load(as_yaml(values)) == values
    assert list(yaml.safe_load(as_yaml(values))) == list(values)


def test_a_preset_is_one_line():
    assert preset_line("small", {"filters": 128, "rate": 3e-4}) == "--preset small: filters=128, rate=0.0003"


class TestMemory:
    ROWS = [Memory("default", 8, 64, 3 * 2**29, 700 * 2**20), Memory("wide", 8, 128, failure="[not] enough memory")]

    @pytest.fixture
    def probed(self, monkeypatch):
        """What was asked of the probes, which find ROWS; no network is built."""
        asked = []
        monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "the CPU")
        monkeypatch.setattr(verbs, "description", lambda *parts: {"recipe": "linear"})
        monkeypatch.setattr(verbs, "print_description", lambda found: None)
        monkeypatch.setattr(verbs, "measure_memory",
                            lambda recipe, settings, setting: asked.append((settings.width, setting)) or self.ROWS)
        return asked

    @pytest.fixture
    def app(self, make_modality):
        return make_app(make_modality(placeholder=lambda config: (None, None), build=lambda *parts: None))

    def test_json_holds_a_row_per_probe(self, leave, app, probed):
        code, out, _ = leave(app, "describe", "linear", "--memory", "--json")
        first, failed = json.loads(out)["memory"]
        assert code == 0
        assert first == {"setting": "default", "size": 8, "batch_size": 64, "peak_bytes": 3 * 2**29,
                         "before_first_step_bytes": 700 * 2**20, "gpu_peak_bytes": None, "failure": None}
        assert (failed["peak_bytes"], failed["failure"]) == (None, "[not] enough memory")

    def test_people_see_a_table_and_why_a_probe_failed(self, leave, app, probed):
        lines = leave(app, "describe", "linear", "--memory")[1].splitlines()
        assert any(all(cell in line for cell in ("default", "64", "1.50 GiB", "700 MiB")) for line in lines)
        assert "wide, batch 128: [not] enough memory" in lines

    def test_rows_carry_the_name_of_the_file(self, leave, app, probed, config):
        leave(app, "describe", "linear", "--memory", "--config", str(config))
        assert probed == [(3, "wanted.yaml")]

    def test_nothing_is_measured_unless_asked(self, leave, app, probed):
        assert "memory" not in json.loads(leave(app, "describe", "linear", "--json")[1])
        assert probed == []


@pytest.mark.parametrize(("count", "words"), [
    (700 * 2**20, "700 MiB"), (2**30, "1.00 GiB"), (None, "not measured here")])
def test_memory_is_in_words(count, words):
    assert bytes_in_words(count) == words


def test_the_shape_of_logits_is_told_among_other_outputs():
    import keras

    from gan_core.cli.describe import _shape

    x = keras.Input((8, 8, 3), name="sample")
    features = keras.layers.Conv2D(4, 3)(x)
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(features))
    assert _shape(keras.Model(x, {"features": [features], "logits": logits})) == [None, 1]
    assert _shape(keras.Model(x, {"logits": logits, "class_logits": features})) == [None, 1]
    assert _shape(keras.Model(x, logits)) == [None, 1]


def test_phases_are_a_table(capsys):
    from gan_core.cli.describe import print_phases

    phase = {"name": "4 px", "output_shape": [None, 4, 4, 3], "batch_size": 16, "steps": 1000, "examples": 16_000}
    print_phases([{**phase, "operations": [1234, 5678, 1]}, {**phase, "name": "free", "operations": [1234, None]}])
    out = " ".join(capsys.readouterr().out.split())
    assert "4 px" in out
    assert "4 x 4 x 3" in out
    assert "16,000" in out
    assert "1,234" in out
    assert "5,679" in out
    assert "not known" in out
