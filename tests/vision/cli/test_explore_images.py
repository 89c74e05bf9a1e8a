"""nearest, scores, invert and style-transfer from the command line, on a tiny run of every kind."""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

import gan_vision
from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY

TINY = {"data": "digits", "size": 16, "batch_size": 8, "limit": 64, "steps": 2, "sample_every": 2, "checkpoint_every": 2,
        "validation": 0.1, "quiet": True}
RECIPES = {
    "dcgan": {"width": 16, "latent": 4},
    "conditional": {"width": 16, "latent": 4},
    "wgan": {"width": 16, "latent": 4, "network": "cifar10", "n_critic": 1},
    "sngan": {"width": 4, "discriminator_width": 4, "n_critic": 1, "conditional": True},
    "progan": {"start_size": 8, "fmap_base": 32, "fmap_max": 8, "stable_kimg": 0.008, "fade_kimg": 0.008, "steps": 6,
               "conditional": True},
    "r3gan": {"widths": (8,), "blocks": 1, "latent": 4, "schedule_kimg": 0.02},
    "relativistic": {"width": 16, "network": "cifar10", "latent": 4},
    "text_to_image": {"data": "shapes:64", "load_size": 16, "width": 4, "discriminator_width": 4, "latent": 4,
                      "encoder_steps": 2},
}


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


@pytest.fixture(scope="module", autouse=True)
def in_this_process():
    """The process has TensorFlow already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")
        yield


@pytest.fixture(scope="module")
def runs(tmp_path_factory, in_this_process):
    """(recipe) -> the folder of its run, trained when it is first asked for."""
    made = {}

    def folder(recipe):
        if recipe not in made:
            made[recipe] = tmp_path_factory.mktemp("runs") / recipe
            gan_vision.train(recipe, out=made[recipe], **{**TINY, **RECIPES[recipe]})
        return made[recipe]

    return folder


@pytest.fixture
def pictures(tmp_path):
    """Two pictures of other sizes and modes than any run's data."""
    (tmp_path / "in").mkdir()
    draw = np.random.default_rng(0)
    Image.fromarray(draw.integers(0, 256, (40, 30, 3), np.uint8)).save(tmp_path / "in" / "a.png")
    Image.fromarray(draw.integers(0, 256, (9, 20), np.uint8)).convert("P").save(tmp_path / "in" / "b.png")
    return tmp_path / "in"


def told(path):
    return json.loads(path.with_suffix(".json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
class TestEveryRecipe:
    def test_the_nearest_training_pictures_are_shown(self, runs, recipe, tmp_path):
        out = tmp_path / "a.png"
        assert call("nearest", runs(recipe), "-n", 3, "--k", 2, "--seed", 1, "--out", out, "--quiet") == 0
        found = told(out)
        assert [len(picture["neighbours"]) for picture in found["pictures"]] == [2, 2, 2]
        train, _ = gan_vision.open_run(runs(recipe), data=True).data
        nearest = found["pictures"][1]["neighbours"][0]
        assert nearest["place"] == train.place(nearest["row"])
        with Image.open(out) as picture:
            assert picture.width == 3 * 66 + 2

    def test_scores_are_in_order(self, runs, recipe, tmp_path):
        out = tmp_path / "a.png"
        assert call("scores", runs(recipe), "-n", 6, "--out", out, "--quiet") == 0
        found = told(out)
        logits = [picture["logits"][0] for picture in found["pictures"]]
        assert logits == sorted(logits, reverse=True)
        assert sorted(picture["sample"] for picture in found["pictures"]) == list(range(6))
        assert found["boundary"] == (None if recipe in ("wgan", "progan", "relativistic", "r3gan") else 0)

    def test_pictures_are_inverted(self, runs, recipe, pictures, tmp_path):
        out, words = tmp_path / "out" / "a.png", ["--text", "a red circle"] if recipe == "text_to_image" else []
        assert call("invert", runs(recipe), pictures, "--steps", 3, "--restarts", 2, *words, "--out", out, "--quiet") == 0
        found, latents = told(out), np.load(out.with_suffix(".npy"))
        run = gan_vision.open_run(runs(recipe))
        assert latents.shape == (2, *run.gan.latent.shape)
        assert [len(picture["losses"]) for picture in found["pictures"]] == [4, 4]
        tried = run.labels.names if run.labels is not None else (None,)
        assert all(picture["found_label"] in tried for picture in found["pictures"])

    def test_a_style_is_transferred_where_there_is_something_to_transfer_it_to(self, runs, recipe, pictures, tmp_path, capsys):
        out, folder = tmp_path / "a.png", runs(recipe)
        words = {"text_to_image": ["--text", "a red circle", "--text", "a blue square"],
                 "conditional": ["--label", "3", "--label", "7"]}.get(recipe, [])
        code = call("style-transfer", folder, pictures, *words, "--encoder-steps", 2, "--out", out)
        if recipe not in ("conditional", "sngan", "progan", "text_to_image"):
            assert code == 2
            assert "whose generator reads neither" in " ".join(capsys.readouterr().err.split())
            assert not (folder / "style-encoder.keras").exists()
            return
        assert code == 0
        assert "training" not in told(out)
        with Image.open(out) as picture:
            assert picture.width == 2 * 66 + 2
        rows = told(out)["captions"] or told(out)["labels"]
        assert rows == {"text_to_image": words[1::2], "conditional": ["3", "7"]}.get(recipe, list("0123456789"))
        assert json.loads((folder / "style-encoder.json").read_text())["steps"] == 2


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "words"), [
    ("dcgan", ["nearest", "-n", "2", "--distance", "l1", "--raw"]),
    ("dcgan", ["nearest", "-n", "2", "--extractor", "random:3"]),
    ("conditional", ["nearest", "-n", "2", "--label", "3"]),
    ("conditional", ["scores", "-n", "3", "--label", "3"]),
    ("text_to_image", ["scores", "-n", "3", "--text", "a red circle"]),
    ("dcgan", ["invert", "IN", "--steps", "2", "--features", "0.5", "--restarts", "1"]),
    ("dcgan", ["invert", "IN", "--steps", "0", "--encoder"]),
    ("conditional", ["invert", "IN", "--steps", "2", "--label", "3", "--batch-size", "3"]),
    ("conditional", ["style-transfer", "IN", "--label", "3", "--encoder-steps", "2"])])
def test_the_command_in_the_json_makes_the_same_bytes(runs, recipe, words, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr("gan_vision.explore.style.STEPS", 2)
    out = tmp_path / "with space" / "a.png"
    verb, *options = [str(pictures) if word == "IN" else word for word in words]
    assert call(verb, runs(recipe), *options, "--out", out, "--quiet") == 0
    files = sorted(out.parent.iterdir())
    before = [file.read_bytes() for file in files]
    for file in files[1:]:
        file.unlink()
    program, *repeat = shlex.split(told(out)["repeat"])
    assert program == "gan-vision"
    assert call(*repeat) == 0
    assert [file.read_bytes() for file in files] == before


@pytest.mark.slow
def test_copies_of_training_pictures_have_distance_0(runs, tmp_path):
    train, _ = gan_vision.open_run(runs("dcgan"), data=True).data
    (tmp_path / "in").mkdir()
    for row in (5, 2):
        Image.fromarray(train.images[row][..., 0]).save(tmp_path / "in" / f"{row}.png")
    out = tmp_path / "a.png"
    assert call("nearest", runs("dcgan"), "--images", tmp_path / "in", "--k", 2, "--out", out, "--quiet") == 0
    nearest = [picture["neighbours"] for picture in told(out)["pictures"]]
    assert [(found[0]["row"], found[0]["distance"]) for found in nearest] == [(2, 0), (5, 0)]
    assert all(found[1]["distance"] > 0 for found in nearest)


@pytest.mark.slow
def test_the_scores_are_what_the_discriminator_says(runs, tmp_path, capsys):
    out = tmp_path / "a.png"
    assert call("scores", runs("conditional"), "-n", 5, "--label", "3", "--seed", 2, "--out", out) == 0
    gan = gan_vision.open_run(runs("conditional")).gan
    label = np.full(5, 3, np.int32)
    images = gan.generate({"label": label}, 5, seed=2)
    expected = np.asarray(gan.discriminators[0]({"sample": images, "label": label}, training=False))[:, 0]
    found = {picture["sample"]: picture["logits"][0] for picture in told(out)["pictures"]}
    np.testing.assert_allclose([found[index] for index in range(5)], expected, rtol=1e-4, atol=1e-5)
    printed = capsys.readouterr().out
    assert f"{(expected > 0).sum()} of 5 are taken for real" in printed
    assert "logits: above 0 the discriminator takes a picture for real" in printed


@pytest.mark.slow
def test_what_scores_mean_depends_on_the_game(runs, tmp_path, capsys):
    for recipe, said in (("wgan", "scores of a critic without a boundary"), ("r3gan", "logits of a relativistic game"),
                         ("progan", "how much the pictures of a batch differ")):
        assert call("scores", runs(recipe), "-n", 2, "--out", tmp_path / "a.png") == 0
        assert said in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "words", "code", "message"), [
    ("conditional", ["scores", "--images", "IN"], 2, "judges pictures together with their label. Received: none. Give --label"),
    ("text_to_image", ["scores", "--images", "IN"], 2, "with their text. Received: none. Give --text"),
    ("text_to_image", ["invert", "IN"], 2, "Give the picture's caption by `--text`"),
    ("text_to_image", ["style-transfer", "IN"], 2, "`style-transfer` needs the captions to show"),
    ("dcgan", ["invert", "IN", "--label", "3"], 2, "`--label` is for conditional runs"),
    ("dcgan", ["nearest", "--text", "a cat"], 2, "`--text` is for runs that read captions"),
    ("dcgan", ["nearest", "--k", "1000"], 3, "at least k=1000 pictures to compare with"),
    ("dcgan", ["nearest", "--images", "IN", "--label", "3"], 2, "`--label` and `--text` are for samples"),
    ("wgan", ["invert", "BAD", "--steps", "1"], 3, "bad.png"),
    ("r3gan", ["invert", "IN", "--steps", "1", "--features", "1"], 2, "needs a discriminator that shows its features")])
def test_what_does_not_fit_the_run_is_refused(runs, recipe, words, code, message, pictures, tmp_path, capsys):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad.png").write_bytes(b"\x89PNG no picture")
    verb, *options = [{"IN": pictures, "BAD": tmp_path / "bad"}.get(word, word) for word in words]
    assert call(verb, runs(recipe), *options, "--out", tmp_path / "a.png") == code
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "a.png").exists()


@pytest.mark.slow
def test_pictures_that_cannot_be_halved_so_often_have_no_style_encoder(tmp_path, pictures, capsys):
    gan_vision.train("conditional", out=tmp_path / "run", **{**TINY, **RECIPES["conditional"], "size": 8})
    assert call("style-transfer", tmp_path / "run", pictures, "--out", tmp_path / "a.png") == 2
    assert "sides are multiples of 16 pixels. Received: 8x8." in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
@pytest.mark.parametrize("words", [["nearest"], ["scores"], ["invert", "IN"], ["style-transfer", "IN"]])
def test_translations_are_refused(words, tmp_path, pictures, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").write_text("recipe: pix2pix\n")
    verb, *options = [pictures if word == "IN" else word for word in words]
    assert call(verb, tmp_path / "run", *options, "--out", tmp_path / "a.png") == 2
    assert f"`{verb}` is for runs that make pictures of noise" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("words", "code", "message"), [
    (["nearest", "-n", "0"], 2, "`--count` must be at least 1"),
    (["nearest", "--k", "0"], 2, "`--k` must be at least 1"),
    (["nearest", "--extractor", "encodr"], 2, "unknown extractor"),
    (["nearest", "--extractor", "encoder", "--distance", "l1"], 2, "`--extractor` is for --distance features"),
    (["nearest", "--images", "nowhere"], 3, "nowhere: no such file or folder"),
    (["nearest", "--out", "a.gif"], 2, "`nearest` writes no animation"),
    (["scores", "-n", "0"], 2, "`--count` must be at least 1"),
    (["scores", "--out", "a.npy"], 2, "`--out` must end in one of"),
    (["invert", "nowhere"], 3, "nowhere: no such file or folder"),
    (["invert", "nowhere", "--steps", "0"], 2, "`--steps` must be at least 1"),
    (["invert", "nowhere", "--features", "-1"], 2, "`--features` must be at least 0"),
    (["invert", "nowhere", "--restarts", "0"], 2, "`--restarts` must be at least 1"),
    (["style-transfer", "nowhere"], 3, "nowhere: no such file or folder"),
    (["style-transfer", "nowhere", "--encoder-steps", "0"], 2, "`--encoder-steps` must be at least 1")])
def test_mistakes_are_refused_before_the_run_is_read(words, code, message, tmp_path, capsys):
    verb, *options = words
    assert call(verb, tmp_path / "no run", *options) == code
    assert message in " ".join(capsys.readouterr().err.split())
