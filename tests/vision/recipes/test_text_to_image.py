"""text_to_image on synthetic captions: every mode trains, resumes exactly, and a run answers words alone."""

import numpy as np
import pytest

from gan_core.cli import make_app, run
from gan_core.errors import ConfigError, DataError
from gan_core.run.config import validate
from gan_core.run.metrics_file import read_lines
from gan_core.testing import check_recipe, count_parameters
from gan_vision.cli.app import MODALITY
from gan_vision.data import Columns, Examples
from gan_vision.data.fields import Captions, Photo, TextVectors
from gan_vision.recipes import RECIPES

RECIPE = RECIPES["text_to_image"]
TINY = {"data": "shapes:40", "size": 16, "load_size": 18, "width": 4, "discriminator_width": 4, "projected": 4, "latent": 4,
        "batch_size": 4, "encoder_steps": 3, "steps": 7, "log_every": 2, "sample_every": 4, "checkpoint_every": 3,
        "ema": 0.9, "seed": 3}


def config(**options):
    return validate(RECIPE.config, {**TINY, **options}, "test")


def vectors(count=12, size=5):
    """Pictures with two captions each, whose vectors came with them."""
    draw = np.random.default_rng(0)
    columns = {"real": draw.integers(0, 256, (count, 16, 16, 3), dtype=np.uint8),
               "captions": [(f"picture {row}", f"number {row}") for row in range(count)],
               "text": draw.normal(size=(count, 2, size)).astype(np.float32)}
    examples = Examples(Columns(columns), {"real": Photo(3), "captions": Captions(), "text": TextVectors(size, 2)})
    return examples.split(0.3)


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    {"mode": "gan"}, {"mode": "gan-cls"}, {"mode": "gan-int", "share": None}, {"mode": "gan-int-cls"},
    {"mode": "gan-int-cls", "loss": "wasserstein", "n_critic": 2}, {"mode": "gan-int-cls", "loss": "rsgan"}])
def test_every_mode_trains_and_resumes_exactly(options, tmp_path):
    settings = config(**options)
    made = check_recipe(lambda given: RECIPE.build(given, *RECIPE.load(given)), settings, tmp_path, stop_at=4)
    assert (tmp_path / "straight/samples/step-000000007.png").exists()
    assert (tmp_path / "straight/captions.json").exists()
    line = next(line for line in read_lines(tmp_path / "straight/metrics.jsonl") if "d_loss" in line)
    assert ("wrong_score" in line) == ("cls" in settings.mode)
    assert ("g_interpolated" in line) == ("int" in settings.mode)
    assert ("d_gradient_penalty" in line) == (settings.loss == "wasserstein")
    encoder = made.gan.prepare.caption_encoder
    assert any(encoder is layer for layer in made.gan.prepare._layers)  # so that checkpoints hold it


@pytest.mark.slow
def test_vectors_of_the_data_train_and_resume_exactly(tmp_path):
    settings = config(load_size=16, captions_per_image=1, data="hdf5:somewhere")
    made = check_recipe(lambda given: RECIPE.build(given, *vectors()), settings, tmp_path, stop_at=4)
    assert dict(zip(["latent", "text"], [tuple(tensor.shape) for tensor in made.gan.generator.inputs], strict=True)) == {
        "latent": (None, 4), "text": (None, 5)}
    assert (tmp_path / "straight/captions.npy").exists()


def test_the_published_networks_read_vectors_of_1024_numbers():
    settings = RECIPE.config(data="hdf5:birds", vector_size=1024)
    gan = RECIPE.build(settings, *RECIPE.placeholder(settings)).gan
    assert count_parameters(gan.generator) == (18_905_472, 8_448)
    assert count_parameters(gan.discriminators[0]) == (4_030_080, 4_608)


def test_rates_are_halved_every_so_many_epochs():
    settings = config(data="shapes:40", batch_size=4, halve_every=2, learning_rate=1.0)
    rate = RECIPE.build(settings, *RECIPE.load(settings)).gan.generator_optimizer._learning_rate
    assert [float(rate(step)) for step in (0, 19, 20, 40)] == [1.0, 1.0, 0.5, 0.25]  # an epoch is ten steps


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"load_size": 12}, ConfigError, "`load_size` must be at least `size`.*load_size=12"),
    ({"vector_size": 7}, DataError, "vector_size=7. Found: no vectors"),
    ({"mode": "gan_cls"}, ConfigError, "mode"), ({"loss": "bce"}, ConfigError, "unknown loss")])
def test_settings_that_do_not_go_together_are_refused(options, error, message):
    def build():
        settings = config(**options)
        RECIPE.build(settings, *RECIPE.load(settings))

    with pytest.raises(error, match=message):
        build()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "run"
    trained = RECIPES.train("text_to_image", out=path, quiet=True, **TINY)
    assert trained.step == 7
    return path


def test_a_run_answers_words_without_its_data(folder, tmp_path):
    opened = RECIPES.open_run(folder)
    made = opened.generate(3, text="a red circle with a green border", seed=1)
    assert made.shape == (3, 16, 16, 3)
    assert np.array_equal(made, opened.generate(3, text=["a red circle with a green border"] * 3, seed=1))
    assert not np.array_equal(made, opened.generate(3, text="a blue square", seed=1))


def test_the_encoder_of_a_run_is_that_of_its_checkpoint(folder):
    """Building anew would give the weights before they were taught."""
    settings = config()
    untaught = RECIPE.build(settings, *RECIPE.placeholder(settings)).gan.prepare.caption_encoder
    taught = RECIPES.open_run(folder).gan.prepare.caption_encoder
    assert any(not np.array_equal(old, new) for old, new in zip(untaught.get_weights(), taught.get_weights(), strict=True))


def test_the_order_of_words_changes_what_is_encoded(folder):
    found = RECIPES.open_run(folder).encode(["red circle, green border", "green circle, red border"])
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_words_that_were_never_seen_are_named(folder, caplog):
    RECIPES.open_run(folder).encode(["a turquoise circle"])
    assert "never seen in training: turquoise" in caplog.text


@pytest.mark.parametrize(("options", "message"), [
    ({"text": ""}, "at least one word"), ({"text": ["a", "b"]}, "one for each of the 3 samples. Received: 2"),
    ({"label": "cat"}, "captions, not of classes")])
def test_a_run_refuses_what_it_cannot_show(folder, options, message):
    with pytest.raises(ConfigError, match=message):
        RECIPES.open_run(folder).generate(3, **options)


def test_samples_of_several_texts_stand_in_rows(folder, tmp_path, capsys):
    from PIL import Image

    out = tmp_path / "made.png"
    run(make_app(MODALITY), ["sample", str(folder), "--text", "a red circle", "--text", "a blue cross", "-n", "3", "--out", str(out)])
    assert "6 pictures of 2 captions at step 7" in capsys.readouterr().out
    with Image.open(out) as picture:
        assert picture.width > picture.height  # two rows of three


@pytest.mark.slow
def test_a_prompt_for_vectors_of_the_data_needs_their_encoder(tmp_path, caplog):
    settings = config(load_size=16, data="hdf5:somewhere", vector_size=5, steps=2)
    check_recipe(lambda given: RECIPE.build(given, *vectors()), settings, tmp_path, stop_at=1)
    folder = tmp_path / "straight"
    text = (folder / "config.yaml").read_text().replace("recipe: check", "recipe: text_to_image")
    (folder / "config.yaml").write_text(text)
    opened = RECIPES.open_run(folder)
    known = opened.captions.captions[0]
    assert np.array_equal(opened.encode([known])[0], opened.captions.vectors[0])
    with pytest.raises(ConfigError, match=r"does not have the encoder.*'my own words'.*--encoder.*--nearest-caption"):
        opened.encode(["my own words"])
    opened.nearest_caption = True
    assert np.array_equal(opened.encode([f"the {known}"])[0], opened.captions.vectors[0])
    assert f"taking the caption '{known}'" in caplog.text
    opened.encoder = lambda texts: np.full((len(texts), 5), 2.0)
    assert opened.encode(["my own words"]).tolist() == [[2.0] * 5]
    opened.encoder = lambda texts: np.zeros((len(texts), 4))
    with pytest.raises(DataError, match="must return numbers"):
        opened.encode(["my own words"])
