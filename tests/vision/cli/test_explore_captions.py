"""Every verb that takes captions, on a tiny run that learned some."""

import json
import shlex

import numpy as np
import pytest

from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY
from gan_vision.recipes import RECIPES

RED, BLUE = "a red circle with a green border", "a blue square"


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("captions") / "run"
    RECIPES.train("text_to_image", out=path, quiet=True, data="shapes:64", size=16, load_size=16, width=4, steps=2,
                  discriminator_width=4, latent=4, batch_size=8, encoder_steps=2, sample_every=2, checkpoint_every=2)
    return path


@pytest.mark.parametrize("words", [
    ["interpolate", "--text", RED, "--text", BLUE, "--frames", "3"], ["interpolate", "--seeds", "1,2", "--text", RED],
    ["grid", "--seeds", "1,2,3,4", "--text", RED, "--rows", "2", "--columns", "3"],
    ["arithmetic", "--plus-text", RED, "--minus-text", "red", "--plus-text", "blue"],
    ["arithmetic", "--plus", "1,2,3", "--minus", "4,5,6", "--text", BLUE],
    ["vary", "--dimension", "2", "--text", RED, "--frames", "3"],
    ["nearest", "-n", "2", "--text", RED], ["scores", "-n", "3", "--text", BLUE]])
def test_a_verb_takes_captions_and_its_json_repeats_it(words, folder, tmp_path):
    out = tmp_path / "made.png"
    assert call(words[0], folder, *words[1:], "--out", out) == 0
    first = out.read_bytes()
    about = json.loads(out.with_suffix(".json").read_text())
    assert "a " in json.dumps(about)  # the caption is told
    out.unlink()
    assert call(*shlex.split(about["repeat"])[1:]) == 0
    assert out.read_bytes() == first


def test_the_way_between_two_captions_ends_at_their_pictures(folder, tmp_path):
    out = tmp_path / "way.npy"
    assert call("interpolate", folder, "--text", RED, "--text", BLUE, "--seeds", "3", "--frames", "4", "--out", out) == 0
    way, opened = np.load(out), RECIPES.open_run(folder)
    assert np.array_equal(way[0], opened.generate(1, seed=3, text=RED)[0])
    assert np.array_equal(way[-1], opened.generate(1, seed=3, text=BLUE)[0])


def test_a_run_on_captions_is_scored_by_those_of_its_data(folder, capsys):
    assert call("evaluate", folder, "--metrics", "kid", "--extractor", "random", "--count", "6", "--json") == 0
    assert json.loads(capsys.readouterr().out)["step"] == 2


def test_samples_without_a_caption_are_of_captions_of_the_training(folder):
    opened = RECIPES.open_run(folder)
    assert opened.texts(2) == [opened.captions.captions[0], opened.captions.captions[-1]]
    assert np.array_equal(opened.samples(2), opened.gan.generate(
        {"text": opened.encode(opened.texts(2))}, latent=opened.gan.fixed_latent(2, 0)))
