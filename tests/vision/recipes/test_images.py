"""gan_vision.recipes.images: pictures with opacity, from a folder of files to samples, scores and a continued run."""

import json

import numpy as np
import pytest
from PIL import Image

import gan_vision
from gan_core.cli import make_app, run
from gan_core.errors import ConfigError
from gan_core.images.background import GRAYS
from gan_core.metrics import read_scores
from gan_core.run.config import validate
from gan_core.run.fixed_samples import FixedSamples
from gan_core.run.variety import variety
from gan_vision.cli.app import MODALITY
from gan_vision.cli.evaluate import evaluate
from gan_vision.cli.forensics import forensics
from gan_vision.explore.neighbours import nearest_pictures
from gan_vision.recipes import RECIPES

SIZE, COUNT = 16, 40
SETTINGS = {"channels": 4, "size": SIZE, "width": 4, "latent": 4, "steps": 2, "batch-size": 8, "validation": 0.5, "sample-every": 2,
            "checkpoint-every": 2}


@pytest.fixture(scope="module", autouse=True)
def in_this_process():
    """The process has TensorFlow already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Discs of random colours on nothing, over black that nobody sees."""
    folder, draw = tmp_path_factory.mktemp("discs"), np.random.default_rng(0)
    y, x = np.mgrid[0:SIZE, 0:SIZE] - (SIZE - 1) / 2
    for number in range(COUNT):
        picture = np.zeros((SIZE, SIZE, 4), np.uint8)
        picture[x**2 + y**2 < draw.uniform(9, 49)] = (*draw.integers(0, 256, 3), 255)
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def trained(pictures, tmp_path_factory, in_this_process):
    """The folder of a run of two steps, made on the command line."""
    out = tmp_path_factory.mktemp("runs") / "discs"
    words = [word for name, value in SETTINGS.items() for word in (f"--{name}", str(value))]
    run(make_app(MODALITY), ["train", "dcgan", "--data", f"folder:{pictures}", *words, "--out", str(out), "--quiet"])
    return out


@pytest.fixture
def opened(trained, tmp_path, monkeypatch):
    """The run; the user's cache stays as it is."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return gan_vision.open_run(trained)


def test_the_generator_makes_pictures_with_opacity(opened):
    assert opened.generate(5, seed=1).shape == (5, SIZE, SIZE, 4)


@pytest.mark.parametrize("name", ["real.png", "step-000000002.png"])
def test_sheets_of_a_run_lie_over_a_checkerboard(trained, name):
    with Image.open(trained / "samples" / name) as sheet:
        assert sheet.mode == "RGB"
        pixels = np.asarray(sheet)
    if name == "real.png":  # the corner of the first picture, each pixel of which is four
        assert pixels[2:18:8, 2:18:8].tolist() == [[[GRAYS[0]] * 3, [GRAYS[1]] * 3], [[GRAYS[1]] * 3, [GRAYS[0]] * 3]]


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_samples_keep_their_opacity_and_gaps_are_transparent(opened, tmp_path, suffix):
    with Image.open(opened.save(tmp_path / f"a{suffix}", opened.generate(4))) as sheet:
        assert sheet.mode == "RGBA"
        assert sheet.getpixel((0, 0))[3] == 0


def test_samples_in_a_png_are_those_of_generate(opened, tmp_path):
    made = opened.generate(1, seed=3)
    with Image.open(opened.save(tmp_path / "a.png", made)) as sheet:
        np.testing.assert_array_equal(np.asarray(sheet)[2:-2:4, 2:-2:4], made[0])


@pytest.mark.parametrize("suffix", [".jpg", ".bmp", ".gif"])
def test_formats_without_opacity_are_over_white(opened, tmp_path, suffix):
    made = opened.generate(4) * np.uint8([1, 1, 1, 0])
    with Image.open(opened.save(tmp_path / f"a{suffix}", made)) as sheet:
        assert (np.asarray(sheet.convert("RGB")) >= 253).all()


def test_an_array_of_samples_is_data_again(opened, tmp_path):
    made = opened.generate(4, seed=3)
    path = opened.save(tmp_path / "a.npy", made)
    np.testing.assert_array_equal(np.load(path), made)
    assert gan_vision.data.load_images(f"npy:{path}", size=SIZE, channels=None).channels == 4


def test_a_run_continues_and_keeps_its_channels(trained, tmp_path, pictures):
    whole, half = tmp_path / "whole", tmp_path / "half"
    words = [word for name, value in {**SETTINGS, "steps": 3}.items() for word in (f"--{name}", str(value))]
    app = make_app(MODALITY)
    run(app, ["train", "dcgan", "--data", f"folder:{pictures}", *words, "--out", str(whole), "--quiet"])
    words[words.index("--steps") + 1] = "2"
    run(app, ["train", "dcgan", "--data", f"folder:{pictures}", *words, "--out", str(half), "--quiet"])
    run(app, ["resume", str(half), "--steps", "3", "--quiet"])
    first, second = (gan_vision.open_run(path).generate(4, raw=True) for path in (whole, half))
    np.testing.assert_array_equal(first, second)


def test_every_score_says_that_it_is_over_white(opened, capsys):
    evaluate(opened.folder.path, extractor="random", metrics="fid,kid,prdc,memorisation", quiet=True)
    capsys.readouterr()
    scores = read_scores(opened.folder.path / "scores.json")
    assert len(scores) > 8
    assert all("images with opacity were laid over white" in score.warnings for score in scores)


def test_the_encoder_is_trained_on_what_is_seen(opened, capsys):
    evaluate(opened.folder.path, metrics="kid", quiet=True)
    capsys.readouterr()
    assert read_scores(opened.folder.path / "scores.json")[0].extractor.startswith("encoder(rotations)")


def test_another_source_is_scored_against_with_its_opacity(opened, pictures, capsys):
    evaluate(opened.folder.path, data=f"folder:{pictures}", extractor="random", metrics="kid", json=True, quiet=True)
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["real_count"] == COUNT


def test_kid_while_training_is_that_of_pictures_over_white(opened):
    lines = [json.loads(line) for line in (opened.folder.path / "metrics.jsonl").read_text().splitlines()]
    assert any(np.isfinite(line["kid"]) for line in lines if "kid" in line)


def test_nearest_pictures_are_found_over_white(opened, pictures):
    bank = gan_vision.data.load_images(f"folder:{pictures}", size=SIZE, channels=4).images
    assert nearest_pictures(bank[3:4], bank, 1).indices.tolist() == [[3]]


def test_forensics_refuses_opacity_in_one_sentence(opened):
    with pytest.raises(ConfigError, match=r"`forensics` is for pictures without opacity. Received: .*`channels`=4.*--channels 3"):
        forensics(opened.folder.path, quiet=True)


def test_the_doctor_measures_how_much_samples_differ(trained):
    opened = gan_vision.open_run(trained, data=True)
    fakes, reals = FixedSamples(opened.experiment.phases[0].data).draw(opened.gan)
    assert fakes.shape[1:] == reals.shape[1:] == (SIZE, SIZE, 4)
    assert variety(fakes, reals)["sample_diversity"] > 0


# ---------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize("name", sorted(set(RECIPES) - {"pix2pix", "pix2pix_hd", "resnet_translation"}))
def test_every_recipe_of_plain_pictures_can_be_described_with_four_channels(name):
    recipe = RECIPES[name]
    config = validate(recipe.config, {"channels": 4, "size": 64 if name in ("bricks", "text_to_image") else 32, "batch_size": 2}, name)
    train, _ = recipe.placeholder(config)
    assert train.channels == 4
    assert recipe.complete(config, train).channels == 4


@pytest.mark.parametrize("name", ["dcgan", "ada", "sngan", "progan"])
def test_networks_have_a_fourth_channel(name):
    recipe = RECIPES[name]
    config = validate(recipe.config, {"channels": 4, "size": 16, "batch_size": 4, "data": "digits"}, name)
    gan = recipe.build(recipe.complete(config, recipe.placeholder(config)[0]), *recipe.placeholder(config)).gan
    assert gan.generator.output_shape[-1] == 4


@pytest.mark.parametrize("background", ["pink", "#12"])
def test_an_unknown_background_is_refused_before_anything_is_read(background, capsys):
    with pytest.raises(SystemExit, match="2"):
        run(make_app(MODALITY), ["train", "dcgan", "--data", "folder:nowhere", "--background", background])
    assert "must be white, black, checker or a colour #rrggbb such as #204060" in capsys.readouterr().err


def test_the_background_reaches_the_pictures(pictures):
    recipe = RECIPES["dcgan"]
    for background, corner in (("white", 255), ("black", 0), ("#070707", 7)):
        config = validate(recipe.config, {"data": f"folder:{pictures}", "size": SIZE, "background": background}, "dcgan")
        train, _ = recipe.load(config)
        assert train.channels == 3
        assert (np.asarray(train.images)[:, 0, 0] == corner).all()


def test_translations_have_no_opacity():
    with pytest.raises(ConfigError, match=r"`channels`: Input should be 1 or 3. Received: channels=4"):
        validate(RECIPES["pix2pix"].config, {"channels": 4}, "pix2pix")
