import json
import subprocess
import sys

import pytest

from gan_text.recipes import RECIPES

COUNTS = {
    "char": (15_275_617, 13_178_881),
    "word": (11_033_600, 8_934_913),
    "word-short": (9_448_448, 8_922_625),
    "char-book": (10_032_224, 7_935_489),
    "arith": (111_881, 83_265),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_parameters_of_a_recipe_are_the_published_numbers(name, gan_text):
    code, out, _ = gan_text("describe", name, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["generator"]["trainable"], found["discriminators"][0]["trainable"]) == COUNTS[name]
    assert found["generator"]["non_trainable"] == found["discriminators"][0]["non_trainable"] == 0
    assert (found["loss"], found["regularizers"]) == ("wasserstein", ["gradient_penalty"])


@pytest.mark.parametrize(("size", "counts"), [(128, (15_291_520, 13_194_753)), (2048, (16_276_480, 14_177_793))])
def test_the_closed_forms_hold_for_other_vocabularies(size, counts, gan_text, tmp_path):
    (tmp_path / "config.yaml").write_text(f"max_size: {size}\n")
    _, out, _ = gan_text("describe", "char", "--json", "--config", tmp_path / "config.yaml")
    found = json.loads(out)
    assert (found["generator"]["trainable"], found["discriminators"][0]["trainable"]) == counts
    assert counts == (15_225_856 + 513 * size, 13_129_217 + 512 * size)


@pytest.mark.parametrize(("name", "sizes"), [
    ("char", (32, 5, 512, 5, 128)), ("word", (32, 3, 512, 5, 128)), ("word-short", (8, 3, 512, 5, 128)),
    ("char-book", (32, 3, 512, 5, 128)), ("arith", (7, 5, 64, 2, 64))])
def test_the_sizes_are_the_published_ones(name, sizes):
    config = RECIPES[name].config()
    assert (config.length, config.kernel_size, config.filters, config.blocks, config.latent) == sizes


@pytest.mark.parametrize(("name", "options"), [
    ("char", {"filters": 128, "n_critic": 5, "learning_rate": 3e-4, "held_out": 0.05, "steps": 4500}),
    ("word-short", {"max_size": 1024, "filters": 128, "initialization": "original", "n_critic": 3, "learning_rate": 5e-4,
                    "held_out": 0.05, "steps": 6000})])
def test_the_small_presets_are_what_was_measured(name, options):
    assert RECIPES[name].settings(preset="small") == RECIPES[name].config(**options)


def test_recipes_are_imported_without_tensorflow():
    code = "import sys\nimport gan_text.cli.app\nfrom gan_core.cli import make_app\nmake_app(gan_text.cli.app.MODALITY)\n" \
           "print(sorted({'tensorflow', 'keras', 'scipy', 'matplotlib', 'gan_vision', 'gan_audio'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
