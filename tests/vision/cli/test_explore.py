"""interpolate, grid, arithmetic and vary from the command line."""

import json
import shlex
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import gan_vision
from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY
from gan_vision.cli.explore import whole_numbers

TINY = {"data": "digits", "size": 8, "width": 16, "latent": 4, "steps": 2, "batch_size": 8, "limit": 64, "sample_every": 2,
        "checkpoint_every": 2, "learning_rate": 0.05, "ema": 0.5, "quiet": True}


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
def plain(tmp_path_factory, in_this_process):
    """A run of `dcgan`."""
    path = tmp_path_factory.mktemp("runs") / "dcgan"
    gan_vision.train("dcgan", out=path, **TINY)
    return path


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, in_this_process):
    """A run of `conditional`, on ten classes."""
    path = tmp_path_factory.mktemp("runs") / "conditional"
    gan_vision.train("conditional", out=path, **TINY)
    return path


@pytest.fixture(scope="module")
def translating(tmp_path_factory, in_this_process):
    """A run of `pix2pix`."""
    path = tmp_path_factory.mktemp("runs") / "pix2pix"
    gan_vision.train("pix2pix", data="scenes:20", size=32, width=4, discriminator_width=4, halvings=1, batch_size=4, steps=1,
                     sample_every=1, checkpoint_every=1, out=path, quiet=True)
    return path


VERBS = [
    ("walk.png", ["interpolate", "--seeds", "1,2,3", "--frames", "4"]),
    ("walk.gif", ["interpolate", "--seeds", "1,2", "--frames", "5", "--fps", "10"]),
    ("open.gif", ["interpolate", "--seeds", "1,2", "--frames", "3", "--no-closed"]),
    ("walk.npy", ["interpolate", "--seeds", "1,2,3", "--frames", "3", "--closed", "--how", "lerp", "--raw"]),
    ("walk", ["interpolate", "--frames", "2"]),
    ("grid.png", ["grid", "--rows", "3", "--columns", "4"]),
    ("sum.png", ["arithmetic", "--plus", "1,2,3", "--minus", "4,5,6", "--plus", "7,8,9", "--renormalize"]),
    ("vary.png", ["vary", "--seed", "3", "--dimension", "0,2", "--from", "-2", "--to", "2.5", "--frames", "3"])]
LABELLED = [
    ("classes.png", ["interpolate", "--label", "3", "--label", "7", "--seeds", "5"]),
    ("grid.png", ["grid", "--label", "1", "--label", "2", "--label", "3", "--label", "4"]),
    ("sum.png", ["arithmetic", "--plus", "1,2,3", "--minus", "4,5,6", "--label", "7"]),
    ("vary.png", ["vary", "--dimension", "1", "--label", "7"])]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name", "words"), [*(("plain", *case) for case in VERBS),
                                                     *(("labelled", *case) for case in LABELLED)])
def test_the_command_in_the_json_makes_the_same_bytes(request, tmp_path, capsys, kind, name, words):
    path = request.getfixturevalue(kind)
    assert call(words[0], path, *words[1:], "--out", tmp_path / name) == 0
    beside = tmp_path / f"{(tmp_path / name).stem}.json"
    assert str(tmp_path / name) in (printed := capsys.readouterr().out)
    assert str(beside) in printed
    made = [tmp_path / name] if (tmp_path / name).is_file() else sorted((tmp_path / name).iterdir())
    before = [file.read_bytes() for file in (*made, beside)]
    for file in made:
        file.unlink()
    program, *repeat = shlex.split(json.loads(beside.read_text())["repeat"])
    assert program == "gan-vision"
    assert call(*repeat) == 0
    assert [file.read_bytes() for file in (*made, beside)] == before


@pytest.mark.slow
class TestInterpolate:
    def test_the_way_begins_and_ends_with_the_pictures_of_the_seeds(self, plain, tmp_path):
        assert call("interpolate", plain, "--seeds", "5,6", "--frames", "4", "--out", tmp_path / "a.npy", "--quiet") == 0
        opened, made = gan_vision.open_run(plain), np.load(tmp_path / "a.npy")
        assert made.shape == (4, 8, 8, 1)
        for index, seed in ((0, 5), (3, 6)):
            np.testing.assert_allclose(made[index], opened.generate(1, seed=seed)[0], atol=1)  # another batch, other sums
        assert not np.array_equal(made[0], made[3])

    def test_a_walk_is_an_animation_that_comes_back(self, plain, tmp_path):
        assert call("interpolate", plain, "--seeds", "1,2,3", "--frames", "4", "--out", tmp_path / "a.gif", "--quiet") == 0
        found = json.loads((tmp_path / "a.json").read_text())
        assert (found["closed"], found["pictures"], found["fps"]) == (True, 9, 12)
        with Image.open(tmp_path / "a.gif") as picture:
            assert picture.size == (64, 64)

    def test_a_strip_has_a_row_for_each_stretch(self, plain, tmp_path):
        assert call("interpolate", plain, "--seeds", "1,2,3", "--frames", "5", "--out", tmp_path / "a.png", "--quiet") == 0
        with Image.open(tmp_path / "a.png") as picture:
            assert picture.size == (5 * 66 + 2, 2 * (66 + 15) + 2)

    def test_a_class_switches_half_way(self, labelled, tmp_path):
        assert call("interpolate", labelled, "--label", "3", "--label", "7", "--seeds", "5", "--frames", "4", "--out",
                    tmp_path / "a.npy", "--quiet") == 0
        made = np.load(tmp_path / "a.npy")
        np.testing.assert_array_equal(made[[0, 2]], made[[1, 3]])
        assert not np.array_equal(made[1], made[2])
        assert json.loads((tmp_path / "a.json").read_text())["labels"] == ["3", "7"]

    def test_frames_of_a_longer_walk_are_refused_before_the_run_is_read(self, tmp_path, capsys):
        (tmp_path / "walk").mkdir()
        (tmp_path / "walk" / "0007.png").touch()
        assert call("interpolate", tmp_path / "no run", "--out", tmp_path / "walk", "--frames", "2") == 2
        assert "a folder of 4 frames must hold nothing else" in capsys.readouterr().err


@pytest.mark.slow
class TestArithmetic:
    def test_the_result_is_the_picture_of_the_sum(self, plain, tmp_path):
        assert call("arithmetic", plain, "--plus", "1,2,3", "--minus", "4,5,6", "--out", tmp_path / "a.npy", "--quiet") == 0
        opened = gan_vision.open_run(plain)
        latents = [opened.inputs(1, seed=seed)["latent"] for seed in range(1, 7)]
        expected = opened.images_of({"latent": sum(latents[:3]) / 3 - sum(latents[3:]) / 3})
        np.testing.assert_allclose(np.load(tmp_path / "a.npy"), expected, atol=1)

    def test_small_groups_are_named(self, plain, tmp_path, caplog):
        with caplog.at_level("WARNING", "gan_vision"):
            assert call("arithmetic", plain, "--plus", "1,2,3", "--minus", "4,5", "--out", tmp_path / "a.png") == 0
        assert "-4,5 (2)" in caplog.text

    def test_the_sheet_has_the_members_their_mean_and_the_result(self, plain, tmp_path):
        assert call("arithmetic", plain, "--plus", "1,2,3", "--minus", "4,5", "--out", tmp_path / "a.png", "--quiet") == 0
        picture = np.asarray(Image.open(tmp_path / "a.png"))
        assert picture.shape[0] == 3 * (66 + 15) + 2
        right = picture[:, -66:-2]  # the column of the means
        assert all((right[top:top + 64] != 255).any() for top in (2, 83, 164))
        assert (picture[85:149, -132:-68] == 255).all()  # the third of a group of two


@pytest.mark.slow
def test_a_number_that_is_varied_changes_the_picture_and_its_own_value_is_told(plain, tmp_path):
    assert call("vary", plain, "--seed", "3", "--dimension", "2", "--frames", "3", "--out", tmp_path / "a.npy", "--quiet") == 0
    found, latent = json.loads((tmp_path / "a.json").read_text()), gan_vision.open_run(plain).inputs(1, seed=3)["latent"]
    assert found["values"] == [-3, 0, 3]
    assert found["own_values"] == [pytest.approx(float(latent[0, 2]))]
    assert len(np.unique(np.load(tmp_path / "a.npy"), axis=0)) == 3


@pytest.mark.slow
@pytest.mark.parametrize(("words", "message"), [
    (["vary", "--dimension", "4"], "`dimension` must be of 0..3. Received: dimension=4."),
    (["interpolate", "--label", "3", "--seeds", "1,2"], "`--label` is for conditional runs"),
    (["interpolate", "--text", "a", "--text", "b"], "`--text` is for runs that read captions"),
    (["grid", "--text", "a"], "`--text` is for runs that read captions")])
def test_what_a_run_does_not_have_is_refused(plain, words, message, tmp_path, capsys):
    assert call(words[0], plain, *words[1:], "--out", tmp_path / "a.png") == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("words", [["interpolate"], ["grid"], ["arithmetic", "--plus", "1", "--minus", "2"],
                                   ["vary", "--dimension", "0"]])
def test_translations_are_sent_to_their_own_verb(translating, words, capsys):
    assert call(words[0], translating, *words[1:]) == 2
    message = " ".join(capsys.readouterr().err.split())
    assert f"`{words[0]}` is for runs that make pictures of noise. Received: {translating}, of the recipe pix2pix" in message
    assert "Use `gan-vision translate" in message


@pytest.mark.parametrize(("words", "message"), [
    (["interpolate", "--seeds", "1"], "a way needs at least two anchors. Received: 1."),
    (["interpolate", "--frames", "1"], "`frames` must be at least 2"),
    (["interpolate", "--frames", "1000"], "at most 2,000 pictures are made at once. Received: 2,998."),
    (["interpolate", "--seeds", "1,b"], "`--seeds` must be whole numbers such as 1,2,3. Received: '1,b'."),
    (["interpolate", "--fps", "0"], "`fps` must be above 0"),
    (["interpolate", "--out", "a.h5"], "or be a folder"),
    (["interpolate", "--how", "bend"], "how"),
    (["grid", "--out", "a.gif"], "`grid` writes no animation"),
    (["grid", "--seeds", "1,2"], "a grid has four corners. Received: 2."),
    (["grid", "--rows", "1"], "`rows` must be at least 2"),
    (["arithmetic", "--plus", "1,2,3"], "a sum needs at least two groups of seeds, or two captions. Received: 1."),
    (["arithmetic", "--plus", "1", "--minus-text", "a"], "a sum is of seeds or of captions"),
    (["arithmetic", "--plus", "1", "--minus", "2", "--seeds", "3"], "`--seeds` is for sums of captions"),
    (["arithmetic", "--plus-text", "a", "--minus-text", "b", "--text", "c"], "`--text` is for sums of seeds"),
    (["arithmetic", "--plus", "1", "--minus", "2", "--out", "a.gif"], "`arithmetic` writes no animation"),
    (["vary"], "dimension"),
    (["vary", "--dimension", "-1"], "`--dimension` must be whole numbers"),
    (["vary", "--dimension", "1", "--frames", "1"], "`--frames` must be at least 2"),
    (["vary", "--dimension", "1", "--to", "inf"], "`--from` and `--to` must be finite"),
    (["vary", "--dimension", "1", "--out", "a.gif"], "`vary` writes no animation")])
def test_mistakes_are_refused_before_the_run_is_read(words, message, tmp_path, capsys):
    assert call(words[0], tmp_path / "no run", *words[1:]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_numbers_may_come_in_one_word_or_several():
    assert whole_numbers("seeds", ("1,2", " 3", "4")) == (1, 2, 3, 4)
    assert whole_numbers("seeds", ()) == ()


class Captioned:
    """A run whose pictures are as bright as the first number of their text vector, and tell their latent."""

    folder, recipe, step, labels = SimpleNamespace(path="runs/0"), SimpleNamespace(name="captioned"), 7, None
    vectors = {"black": (0.0, 100.0), "gray": (100.0, 0.0), "white": (200.0, 0.0)}

    @property
    def gan(self):
        from gan_core.game.latent import Normal

        return SimpleNamespace(latent=Normal(2), fixed_latent=lambda count, seed: np.full((count, 2), seed + 1, np.float32))

    def encode(self, texts):
        return np.array([self.vectors[text] for text in texts], np.float32)

    def texts(self, count):
        return ["black"] * count

    def images_of(self, inputs, *, raw=False):
        pixels = np.stack([inputs["text"][:, 0], inputs["latent"][:, 0]], 1)[:, None, :, None]
        return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


class TestCaptions:
    @pytest.fixture(autouse=True)
    def opened(self, monkeypatch):
        monkeypatch.setattr("gan_vision.explore.exploration.open_for", lambda run, verb: Captioned())

    def test_a_way_leads_from_caption_to_caption_at_fixed_noise(self, tmp_path):
        assert call("interpolate", "runs/0", "--text", "gray", "--text", "white", "--seeds", "4", "--frames", "3", "--out",
                    tmp_path / "a.npy") == 0
        assert np.load(tmp_path / "a.npy")[:, 0, :, 0].tolist() == [[100, 5], [150, 5], [200, 5]]
        assert json.loads((tmp_path / "a.json").read_text())["captions"] == ["gray", "white"]

    def test_a_way_leads_from_seed_to_seed_at_one_caption(self, tmp_path):
        assert call("interpolate", "runs/0", "--text", "gray", "--seeds", "1,3", "--frames", "3", "--out",
                    tmp_path / "a.npy") == 0
        assert np.load(tmp_path / "a.npy")[:, 0, :, 0].tolist() == [[100, 2], [100, 3], [100, 4]]

    def test_captions_are_summed_for_each_noise(self, tmp_path):
        assert call("arithmetic", "runs/0", "--plus-text", "white", "--minus-text", "gray", "--seeds", "0,8", "--out",
                    tmp_path / "a.npy") == 0
        assert np.load(tmp_path / "a.npy")[:, 0, :, 0].tolist() == [[100, 1], [100, 9]]

    def test_a_renormalised_sum_of_captions_is_as_long_as_they_are(self, tmp_path):
        assert call("arithmetic", "runs/0", "--plus-text", "white", "--plus-text", "gray", "--renormalize", "--seeds", "0",
                    "--out", tmp_path / "a.npy") == 0
        assert np.load(tmp_path / "a.npy")[:, 0, :, 0].tolist() == [[150, 1]]

    @pytest.mark.parametrize("words", [
        ["interpolate", "--text", "gray", "--text", "white"], ["grid", "--text", "gray", "--rows", "2", "--columns", "2"],
        ["arithmetic", "--plus-text", "white", "--minus-text", "gray"], ["vary", "--dimension", "1", "--text", "gray"],
        ["arithmetic", "--plus", "1,2,3", "--minus", "4,5,6", "--text", "gray"]])
    def test_sheets_and_the_repeating_command_tell_them(self, tmp_path, words):
        assert call(words[0], "runs/0", *words[1:], "--out", tmp_path / "a.png") == 0
        assert (tmp_path / "a.png").is_file()
        assert "=gray" in json.loads((tmp_path / "a.json").read_text())["repeat"]

    def test_a_caption_of_the_training_is_taken_if_none_is_given(self, tmp_path):
        assert call("vary", "runs/0", "--dimension", "1", "--out", tmp_path / "a.png") == 0
        assert json.loads((tmp_path / "a.json").read_text())["captions"] == ["black"]
