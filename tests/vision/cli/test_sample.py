"""`gan-vision sample`: what is refused before TensorFlow starts, folders, classes and captions."""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

import gan_vision
from gan_core.cli import make_app, run
from gan_core.errors import ConfigError
from gan_vision.cli.app import MODALITY
from gan_vision.cli.sample import sample
from gan_vision.data.caption_sources import load_captioned
from gan_vision.data.sources import load_images

TINY = {"data": "digits", "size": 8, "width": 16, "latent": 4, "steps": 2, "batch_size": 8, "limit": 64, "sample_every": 2,
        "checkpoint_every": 2, "learning_rate": 0.05, "ema": 0.5, "quiet": True}
RED, BLUE = "a red circle with a green border", "a blue square"


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


def below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


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
def captioned(tmp_path_factory, in_this_process):
    """A run of `text_to_image`."""
    path = tmp_path_factory.mktemp("runs") / "text_to_image"
    gan_vision.train("text_to_image", out=path, quiet=True, data="shapes:64", size=16, load_size=16, width=4, steps=2,
                     discriminator_width=4, latent=4, batch_size=8, encoder_steps=2, sample_every=2, checkpoint_every=2)
    return path


@pytest.fixture(scope="module")
def grown(tmp_path_factory, in_this_process):
    """A run of `progan`, which grew from 4 to 8 pixels."""
    path = tmp_path_factory.mktemp("runs") / "progan"
    gan_vision.train("progan", out=path, data="digits", size=8, start_size=4, fmap_base=32, fmap_max=8, stable_kimg=0.008,
                     fade_kimg=0.008, steps=6, batch_size=4, limit=64, sample_every=2, checkpoint_every=2, quiet=True)
    return path


@pytest.fixture(scope="module")
def translating(tmp_path_factory, in_this_process):
    """A run of `pix2pix`."""
    path = tmp_path_factory.mktemp("runs") / "pix2pix"
    gan_vision.train("pix2pix", data="scenes:20", size=32, width=4, discriminator_width=4, halvings=1, batch_size=4, steps=1,
                     sample_every=1, checkpoint_every=1, out=path, quiet=True)
    return path


@pytest.mark.parametrize("name", ["x.h5", "x.xbm", "x", "x.npz"])
def test_an_unknown_format_is_refused_before_the_run_is_read(tmp_path, name):
    with pytest.raises(ConfigError, match=rf"must end in a picture format. Received: path='.*{name}'. Use .png, .*, .npy, or "
                                          rf".*{name}/ for a folder with a file for each sample"):
        sample(tmp_path / "no run", out=tmp_path / name)


@pytest.mark.parametrize(("words", "message"), [
    (["-n", "0"], "`--count` must be at least 1"),
    (["--overwrite"], "`--overwrite` is for samples in a folder; a file is replaced without. Received: out=None."),
    (["--overwrite", "--out", "a.png"], "Received: out='a.png'. Leave it out, or end `--out` in a slash."),
    (["--out", "used/"], "must be a new or an empty folder. Received: used, which holds a.txt."),
    (["--out", "used"], "must be a new or an empty folder. Received: used, which holds a.txt."),
    (["--out", "used/a.txt/"], "must be a folder where it ends in a slash. Received: used/a.txt, which is a file.")])
def test_mistakes_are_refused_before_the_run_is_read(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "a.txt").touch()
    assert call("sample", "no run", *words) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
class TestFolder:
    def test_the_first_samples_are_the_same_bytes_however_many_there_are(self, plain, tmp_path):
        assert call("sample", plain, "-n", "10", "--out", f"{tmp_path}/few/", "--quiet") == 0
        assert call("sample", plain, "-n", "130", "--out", f"{tmp_path}/many/", "--quiet") == 0
        few, many = below(tmp_path / "few"), below(tmp_path / "many")
        assert (len(few), len(many)) == (10, 130)
        assert few == {name: many[name] for name in few}
        assert len(set(many.values())) == 130

    def test_they_are_the_samples_of_an_array_of_the_same_seed(self, plain, tmp_path):
        assert call("sample", plain, "-n", "70", "--seed", "3", "--out", f"{tmp_path}/made/", "--quiet") == 0
        expected = gan_vision.open_run(plain).generate(70, seed=3)
        for number in (0, 63, 64, 69):
            made = pixels(tmp_path / f"made/{number:05}.png")[..., None].astype(int)
            np.testing.assert_allclose(made, expected[number], atol=1)  # another batch, other sums

    def test_the_report_says_what_they_are_and_repeats_them(self, plain, tmp_path, capsys):
        assert call("sample", plain, "-n", "3", "--seed", "5", "--raw", "--out", f"{tmp_path}/made/", "--quiet") == 0
        assert capsys.readouterr().out == f"3 samples of step 2 -> {tmp_path}/made\n"
        found = json.loads((tmp_path / "made/samples.json").read_text())
        assert {name: found[name] for name in ("command", "recipe", "step", "seed", "count", "asked", "samples", "classes")} == {
            "command": "sample", "recipe": "dcgan", "step": 2, "seed": 5, "count": 3, "asked": 3, "samples": 3,
            "classes": None}
        before = below(tmp_path / "made")
        (tmp_path / "made/00001.png").unlink()
        assert call(*shlex.split(found["repeat"])[1:]) == 0
        assert below(tmp_path / "made") == before

    def test_a_class_is_a_folder_of_equally_many_that_is_read_again(self, labelled, tmp_path, capsys):
        assert call("sample", labelled, "-n", "23", "--out", f"{tmp_path}/made/", "--quiet") == 0
        assert "23 samples of step 2" in (printed := capsys.readouterr().out)
        assert printed.splitlines()[1] == "3 each of 0, 1, 2; 2 each of 3, 4, 5, 6, 7, 8, 9"
        images = load_images(f"folder:{tmp_path}/made", size=8, channels=1)
        assert images.class_names == tuple("0123456789")
        assert np.bincount(images.labels).tolist() == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
        counts = json.loads((tmp_path / "made/samples.json").read_text())["classes"]
        assert counts["2"] == {"folder": "2", "samples": 3}

    def test_a_sample_keeps_its_class_and_bytes_however_many_there_are(self, labelled, tmp_path):
        for count in (12, 70):
            assert call("sample", labelled, "-n", count, "--out", f"{tmp_path}/{count}/", "--quiet") == 0
        few, many = below(tmp_path / "12"), below(tmp_path / "70")
        assert few == {name: many[name] for name in few}
        assert "1/00011.png" in few

    def test_one_class_is_one_folder(self, labelled, tmp_path):
        assert call("sample", labelled, "-n", "2", "--label", "7", "--out", f"{tmp_path}/made/", "--quiet") == 0
        assert sorted(below(tmp_path / "made")) == ["7/00000.png", "7/00001.png"]
        np.testing.assert_allclose(pixels(tmp_path / "made/7/00001.png").astype(int),
                                   gan_vision.open_run(labelled).generate(2, label="7")[1, ..., 0], atol=1)

    def test_a_run_that_grew_gives_its_levels(self, grown, tmp_path):
        assert call("sample", grown, "-n", "3", "--level", "4", "--out", f"{tmp_path}/made/", "--quiet") == 0
        expected = gan_vision.open_run(grown).generate(3, level=4)
        for number in range(3):
            np.testing.assert_allclose(pixels(tmp_path / f"made/0000{number}.png").astype(int).reshape(4, 4, -1),
                                       expected[number], atol=1)

    def test_captions_of_the_training_come_in_turn_and_are_read_again(self, captioned, tmp_path):
        assert call("sample", captioned, "-n", "5", "--out", f"{tmp_path}/made/", "--quiet") == 0
        images = load_captioned(f"captions:{tmp_path}/made", size=16)
        said = [texts[0] for texts in images.gather(range(5), ["captions"])["captions"]]
        assert said == list(gan_vision.open_run(captioned).captions.captions[:5])

    def test_a_text_is_a_folder_with_the_pictures_of_that_text(self, captioned, tmp_path, capsys):
        assert call("sample", captioned, "-n", "2", "--text", RED, "--text", BLUE, "--out", f"{tmp_path}/made/", "--quiet") == 0
        assert f"2 each of {RED}, {BLUE}" in capsys.readouterr().out
        assert sorted(below(tmp_path / "made")) == [f"{text}/0000{number}.png" for text in (BLUE, RED) for number in (0, 1)]
        np.testing.assert_allclose(pixels(tmp_path / "made" / BLUE / "00001.png").astype(int),
                                   gan_vision.open_run(captioned).generate(2, text=BLUE)[1], atol=1)
        images = load_captioned(f"captions:{tmp_path}/made", size=16)
        assert {texts[0] for texts in images.gather(range(4), ["captions"])["captions"]} == {RED, BLUE}

    def test_translations_are_sent_to_their_own_verb(self, translating, tmp_path, capsys):
        assert call("sample", translating, "--out", f"{tmp_path}/made/") == 2
        message = " ".join(capsys.readouterr().err.split())
        assert f"which translates pictures. Use `gan-vision translate {translating} IN OUT`" in message
        assert not (tmp_path / "made").exists()

    def test_a_smaller_number_does_not_leave_earlier_samples_among_its_own(self, plain, tmp_path, capsys):
        assert call("sample", plain, "-n", "3", "--out", f"{tmp_path}/made/", "--quiet") == 0
        assert call("sample", plain, "-n", "2", "--out", f"{tmp_path}/made/", "--overwrite", "--quiet") == 2
        assert "which also holds 00002.png" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
class TestSheets:
    def test_a_sheet_has_a_row_for_each_class_and_says_which(self, labelled, tmp_path, capsys):
        assert call("sample", labelled, "-n", "40", "--out", tmp_path / "a.png", "--quiet") == 0
        rows = ", ".join(f"{name} (4)" for name in "0123456789")
        assert capsys.readouterr().out.splitlines()[1:] == [f"in this order: {rows}", f"4 each of {', '.join('0123456789')}"]
        picture = pixels(tmp_path / "a.png")
        assert picture.shape[0] == 10 * 66 + 2
        assert picture.shape[1] > 4 * 66 + 2  # the names at the left
        assert all((picture[2 + 66 * row:66 * (row + 1), :-4 * 66 - 2] < 128).any() for row in range(10))

    def test_balanced_classes_differ_by_one_at_most_and_it_is_said(self, labelled, tmp_path, capsys):
        assert call("sample", labelled, "-n", "45", "--balance", "--out", tmp_path / "a.npy", "--quiet") == 0
        assert capsys.readouterr().out.splitlines()[2] == "5 each of 0, 1, 2, 3, 4; 4 each of 5, 6, 7, 8, 9"
        opened, made = gan_vision.open_run(labelled), np.load(tmp_path / "a.npy")
        np.testing.assert_array_equal(made, opened.images_of(
            {**opened.inputs(45), "label": np.repeat(np.arange(10), [5] * 5 + [4] * 5).astype(np.int32)}))

    def test_without_it_rows_are_full_and_the_rest_is_of_the_first_classes(self, labelled, tmp_path, capsys):
        assert call("sample", labelled, "-n", "45", "--out", tmp_path / "a.png", "--quiet") == 0
        assert capsys.readouterr().out.splitlines()[2] == "8 of 0; 5 of 1; 4 each of 2, 3, 4, 5, 6, 7, 8, 9"

    def test_a_shorter_row_is_filled_with_background(self, labelled, tmp_path):
        assert call("sample", labelled, "-n", "41", "--balance", "--out", tmp_path / "a.png", "--quiet") == 0
        picture = pixels(tmp_path / "a.png")
        assert picture.shape[0] == 10 * 66 + 2
        assert (picture[68:, -66:] == 255).all()
        assert (picture[2:66, -66:] != 255).any()

    def test_a_few_samples_have_their_classes_beneath(self, labelled, tmp_path):
        assert call("sample", labelled, "-n", "10", "--out", tmp_path / "a.png", "--quiet") == 0
        assert pixels(tmp_path / "a.png").shape == (3 * (66 + 15) + 2, 4 * 66 + 2)

    def test_one_class_has_its_name_once(self, labelled, tmp_path, capsys):
        assert call("sample", labelled, "-n", "9", "--label", "7", "--out", tmp_path / "a.png", "--quiet") == 0
        assert pixels(tmp_path / "a.png").shape == (3 * 66 + 15 + 2, 3 * 66 + 2)
        assert capsys.readouterr().out.splitlines()[1:] == ["in this order: 7 (9)", "9 of 7"]

    @pytest.mark.parametrize(("kind", "words", "out", "message"), [
        ("plain", [], "a.png", "`--balance` is for conditional runs. Received: "),
        ("plain", [], "made/", "`--balance` is for conditional runs. Received: "),
        ("translating", [], "a.png", "`--balance` is for conditional runs. Received: "),
        ("captioned", [], "a.png", "`--balance` is not for runs on captions."),
        ("labelled", ["--label", "7"], "a.png", "`--balance` is for samples of all classes. Received: label=('7',) too."),
        ("labelled", ["--label", "7"], "made/", "`--balance` is for samples of all classes. Received: label=('7',) too.")])
    def test_nothing_is_balanced_where_there_are_no_classes_to_choose(self, request, tmp_path, capsys, kind, words, out,
                                                                      message):
        path = request.getfixturevalue(kind)
        assert call("sample", path, "--balance", *words, "--out", f"{tmp_path}/{out}") == 2
        assert message in " ".join(capsys.readouterr().err.split())
        assert list(tmp_path.iterdir()) == []
