"""Translation from the command line: train, translate, evaluate, the control, pairs to look at."""

import json

import numpy as np
import pytest
from PIL import Image

from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY

TINY = ["--size", "32", "--width", "4", "--discriminator-width", "4", "--halvings", "1", "--batch-size", "4", "--steps", "6",
        "--checkpoint-every", "3", "--sample-every", "3", "--quiet"]


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    draw = np.random.default_rng(0)
    for number in range(20):
        Image.fromarray(np.kron(draw.integers(0, 256, (4, 4, 3)), np.ones((10, 12, 1))).astype(np.uint8)).save(
            root / f"{number:02}.png")
    return root


@pytest.fixture(scope="module")
def trained(photos, tmp_path_factory):
    """A run on edges of photos, with its control."""
    out = tmp_path_factory.mktemp("runs") / "edges"
    assert call("train", "pix2pix", "--data", f"edges:{photos}", "--out", out, "--control", *TINY) == 0
    return out


@pytest.fixture(scope="module")
def on_maps(tmp_path_factory):
    """A pix2pixHD of one phase on scenes, with an encoder of features."""
    out = tmp_path_factory.mktemp("runs") / "maps"
    assert call("train", "pix2pix_hd", "--data", "scenes:30", "--size", "32", "--enhancers", "0", "--halvings", "2", "--blocks",
                "1", "--width", "4", "--discriminators", "1", "--discriminator-width", "4", "--features", "2", "--steps", "4",
                "--sample-every", "2", "--out", out, "--quiet") == 0
    return out


@pytest.mark.slow
def test_the_control_has_no_adversary_and_the_difference_an_interval(trained):
    assert "adversary: none" in (trained / "control" / "config.yaml").read_text()
    found = json.loads((trained / "control.json").read_text())
    assert set(found["scores"]) == {"this run", "without the adversary", "the input itself", "nearest training pair"}
    difference = found["l1_difference"]
    assert difference["low"] <= difference["mean"] <= difference["high"]


@pytest.mark.slow
def test_a_folder_is_translated_and_a_broken_file_decides_the_exit_code(trained, photos, tmp_path, capsys):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    Image.open(photos / "00.png").save(tmp_path / "in" / "deep" / "a.jpg")
    (tmp_path / "in" / "bad.png").write_bytes(b"\x89PNG nothing")
    assert call("translate", trained, tmp_path / "in", tmp_path / "out") == 3
    captured = capsys.readouterr()
    assert "1 pictures of step 6" in captured.out
    assert "1 of 2 files could not be translated" in captured.err
    assert Image.open(tmp_path / "out" / "deep" / "a.png").size == (48, 40)
    assert (tmp_path / "out-strip.png").is_file()
    assert call("translate", trained, tmp_path / "in", tmp_path / "out", "--overwrite", "--on-bad", "skip") == 0
    assert call("translate", trained, tmp_path / "in", tmp_path / "in" / "out") == 2
    assert "never writes into its input" in capsys.readouterr().err


@pytest.mark.slow
def test_noise_draws_unless_it_is_switched_off(trained, photos, tmp_path):
    def made(name, *options):
        assert call("translate", trained, photos / "00.png", tmp_path / name, "--quiet", *options) == 0
        return np.asarray(Image.open(tmp_path / name))

    assert not np.array_equal(made("a.png"), made("b.png", "--seed", "1"))
    np.testing.assert_array_equal(made("c.png", "--noise", "off"), made("d.png", "--noise", "off", "--seed", "1"))


@pytest.mark.slow
def test_plain_pictures_become_their_own_targets(trained, photos, tmp_path, capsys):
    assert call("translate", trained, photos, tmp_path / "out", "--make-source", "--json", "--quiet") == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["written"]) == 20
    assert 0 < found["l1"] < 1


@pytest.mark.slow
def test_scores_stand_beside_those_of_copies_and_neighbours(trained, capsys):
    assert call("evaluate", trained, "--extractor", "random", "--metrics", "l1,ssim", "--json", "--quiet") == 0
    found = json.loads(capsys.readouterr().out)
    assert [score["metric"] for score in found["scores"]] == ["l1", "ssim"]
    assert found["scores"][0]["interval_kind"] == "95% bootstrap over pairs"
    assert set(found["others"]) == {"the input itself", "nearest training pair"}
    assert call("evaluate", trained, "--metrics", "fid") == 2
    assert "unknown metric of a translation" in capsys.readouterr().err


@pytest.mark.slow
def test_other_pairs_can_be_evaluated_on(trained, photos, capsys):
    assert call("evaluate", trained, "--data", f"edges:{photos}", "--extractor", "random", "--metrics", "l1", "--quiet") == 0
    assert "pairs of edges:" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("options", "message"), [
    (["--recalibrate"], "`--recalibrate` is for generators that make pictures of noise"),
    (["--segmenter", "x.keras"], "`--segmenter` is for runs on label maps")])
def test_what_means_nothing_for_a_run_is_refused(trained, options, message, capsys):
    assert call("evaluate", trained, "--extractor", "random", "--quiet", *options) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_with_an_encoder_gives_samples_of_its_held_out_pairs(on_maps, tmp_path):
    assert call("sample", on_maps, "-n", "2", "--out", tmp_path / "s.png") == 0


@pytest.mark.slow
def test_a_control_without_held_out_pairs_is_refused_before_it_is_trained(photos, tmp_path, capsys):
    out = tmp_path / "run"
    assert call("train", "pix2pix", "--data", f"edges:{photos}", "--validation", "0", "--out", out, *TINY) == 0
    assert call("control", out, "--quiet") == 3
    assert "holds no pairs out to compare on" in capsys.readouterr().err
    assert not (out / "control").exists()


@pytest.mark.slow
def test_a_finished_translation_suggests_to_translate(trained, capsys):
    assert call("resume", trained, "--steps", "7") == 0
    assert f"next: gan-vision translate {trained} IN OUT" in capsys.readouterr().err


@pytest.mark.slow
def test_samples_of_a_translation_are_of_its_held_out_pairs(trained, tmp_path):
    assert call("sample", trained, "-n", "4", "--out", tmp_path / "s.png") == 0
    assert (tmp_path / "s.png").is_file()


@pytest.mark.slow
def test_styles_are_found_and_chosen(on_maps, tmp_path, capsys):
    from gan_vision.data import make_scenes

    scene = make_scenes(1, size=48, seed=5).gather([0])
    for name in ("labels", "instances"):
        (tmp_path / name).mkdir()
        Image.fromarray(scene[name][0]).save(tmp_path / name / "x.png")
    translate = ["translate", on_maps, tmp_path / "labels", tmp_path / "out", "--instances", tmp_path / "instances"]
    assert call(*translate) == 2
    assert "gan-vision styles RUN" in capsys.readouterr().err
    assert call("styles", on_maps, "--clusters", "3", "--quiet") == 0
    assert call(*translate, "--quiet") == 0
    first = np.asarray(Image.open(tmp_path / "out" / "x.png"))
    assert first.shape == (48, 48, 3)
    assert call(*translate, "--style", "1=0", "--overwrite", "--quiet") == 0
    assert call(*translate, "--style", "house", "--overwrite") == 2
    assert "must be CLASS=NUMBER" in capsys.readouterr().err


@pytest.mark.slow
def test_a_classifier_of_pixels_says_how_far_maps_are_found_again(on_maps, tmp_path, capsys):
    import keras

    picture = keras.Input((32, 32, 3))
    keras.Model(picture, keras.layers.Conv2D(5, 1)(picture)).save(tmp_path / "pixels.keras")
    assert call("evaluate", on_maps, "--extractor", "random", "--metrics", "l1", "--segmenter", tmp_path / "pixels.keras",
                "--json", "--quiet") == 0
    found = json.loads(capsys.readouterr().out)
    assert [score["metric"] for score in found["scores"]] == ["l1", "pixel accuracy", "mean IoU"]


def test_pairs_are_written_to_look_at_and_to_train_on(photos, tmp_path, capsys):
    assert call("make-pairs", f"small:{photos}", tmp_path / "pairs", "--size", "32x64", "--factor", "2", "--quiet") == 0
    assert "20 pairs" in capsys.readouterr().out
    assert Image.open(tmp_path / "pairs" / "A" / "000000.png").size == (64, 32)
    assert (tmp_path / "pairs" / "pairs.png").is_file()
    assert call("check", "--data", f"split:{tmp_path / 'pairs'}", "--quiet") == 0
    assert call("make-pairs", f"small:{photos}", tmp_path / "pairs") == 2


def test_colours_of_label_maps_are_printed_and_a_table_is_proposed(tmp_path, capsys):
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(tmp_path / "images" / "x.png")
    mask = np.zeros((32, 32, 3), np.uint8)
    mask[:8] = (255, 0, 0)
    Image.fromarray(mask).save(tmp_path / "labels" / "x.png")
    assert call("make-pairs", f"labels:{tmp_path}", tmp_path / "out", "--size", "32", "--quiet") == 2
    captured = capsys.readouterr()
    assert "0, 0, 0" in captured.out
    assert "75.00%" in captured.out
    table = tmp_path / "out" / "colors.csv"
    assert table.read_text().splitlines() == ["id,name,red,green,blue", "0,class_0,0,0,0", "1,class_1,255,0,0"]
    assert call("make-pairs", f"labels:{tmp_path}", tmp_path / "again", "--size", "32", "--colors", table, "--quiet") == 0
    assert np.asarray(Image.open(tmp_path / "again" / "labels" / "000000.png"))[0, 0] == 1


def test_a_check_lists_every_pair_that_cannot_be_used(tmp_path, capsys):
    for side in "AB":
        (tmp_path / side).mkdir()
        for number in range(3):
            Image.fromarray(np.zeros((8, 8 + (number == 1 and side == "B"), 3), np.uint8)).save(tmp_path / side / f"{number}.png")
    (tmp_path / "A" / "2.png").write_bytes(b"none")
    assert call("check", "--data", f"split:{tmp_path}", "--quiet") == 3
    captured = capsys.readouterr()
    assert "1 of 3 images can be used" in captured.out
    assert "2 of 3 images cannot be used" in captured.err


@pytest.mark.parametrize(("words", "message"), [
    (["--data", "edgs:x"], "Did you mean 'edges'"), (["--data", "edges:"], "must have the form edges:DIR"),
    (["--size", "a"], "must be pixels such as 256, or height x width"), (["--data", "scenes", "--size", "100"], "power of two"),
    (["--data", "scenes", "--size", "64", "--load-size", "32"], "`load_size` must be at least `size`: 32 is less than 64"),
    (["--adversary", "some"], "--adversary")])
def test_settings_that_cannot_be_are_refused(words, message, capsys, tmp_path):
    assert call("train", "pix2pix", *words, "--out", tmp_path / "run", "--quiet") == 2
    assert message in capsys.readouterr().err


def test_a_size_the_phases_cannot_have_is_refused_with_the_nearest(capsys, tmp_path):
    assert call("train", "pix2pix_hd", "--data", "scenes", "--size", "100x200", "--out", tmp_path / "run", "--quiet") == 2
    assert "multiple of 32" in capsys.readouterr().err


def test_steps_must_leave_some_for_the_last_phase(capsys, tmp_path):
    assert call("train", "pix2pix_hd", "--data", "scenes", "--size", "64", "--steps", "100", "--out", tmp_path / "run") == 2
    assert "must leave some for everything together" in capsys.readouterr().err


def test_the_flag_control_is_for_translations_alone(capsys, tmp_path):
    assert call("train", "dcgan", "--control", "--out", tmp_path / "run") == 2
