"""A folder with a file for each sample: names, numbers, what is refused, and what an interruption leaves."""

import json

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError
from gan_core.progress import quietly
from gan_vision.data.captions_file import read_captions_file
from gan_vision.data.sources import load_images
from gan_vision.sample_folder import SamplePart, check_sample_folder, folder_names, means_folder, write_samples

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def quiet():
    with quietly():
        yield


def batches(count, *, channels=3, size=4, stop=None):
    """Images of one value each, their number, in batches of two; the interrupt key is pressed before number `stop`."""
    for start in range(0, count, 2):
        if start == stop:
            raise KeyboardInterrupt
        numbers = np.arange(start, min(start + 2, count), dtype=np.uint8)
        yield np.broadcast_to(numbers[:, None, None, None], (len(numbers), size, size, channels)).copy()


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(("channels", "shape"), [(1, (4, 4)), (3, (4, 4, 3)), (4, (4, 4, 4))])
def test_each_sample_is_a_file_with_its_number(tmp_path, channels, shape):
    assert write_samples(tmp_path, [SamplePart(3, batches(3, channels=channels))], {"step": 7}) == {"": 3}
    assert below(tmp_path) == ["00000.png", "00001.png", "00002.png", "samples.json"]
    for number in range(3):
        np.testing.assert_array_equal(pixels(tmp_path / f"0000{number}.png"), np.full(shape, number))
    assert json.loads((tmp_path / "samples.json").read_text()) == {"step": 7, "asked": 3, "samples": 3, "classes": None}


def test_a_class_is_a_folder_and_its_files_keep_their_numbers(tmp_path):
    names = ("cat", "dog", "cat")
    assert write_samples(tmp_path, [SamplePart(3, batches(3), names, folders=True)], {}) == {"cat": 2, "dog": 1}
    assert below(tmp_path) == ["cat/00000.png", "cat/00002.png", "dog/00001.png", "samples.json"]
    assert json.loads((tmp_path / "samples.json").read_text())["classes"] == {
        "cat": {"folder": "cat", "samples": 2}, "dog": {"folder": "dog", "samples": 1}}


def test_a_folder_of_classes_is_read_again_with_its_labels(tmp_path):
    write_samples(tmp_path, [SamplePart(4, batches(4), ("dog", "cat", "dog", "cat"), folders=True)], {})
    images = load_images(f"folder:{tmp_path}", size=4)
    assert images.class_names == ("cat", "dog")
    found = {(int(label), int(image[0, 0, 0])) for label, image in zip(images.labels, images.images, strict=True)}
    assert found == {(1, 0), (0, 1), (1, 2), (0, 3)}


def test_numbers_have_six_digits_where_five_do_not_reach():
    files = list(SamplePart(100_001, iter(())).files({}))
    assert (files[0], files[-1]) == ("000000.png", "100000.png")
    assert list(SamplePart(100_000, iter(())).files({}))[-1] == "99999.png"


def test_captions_lie_beside_as_a_table_that_is_read_again(tmp_path):
    said = ('a "red" bird', '"quoted"', "a  blue\tbird")
    write_samples(tmp_path, [SamplePart(3, batches(3), said)], {}, captions=True)
    found = {row.key: row.captions for row in read_captions_file(tmp_path / "captions.tsv")}
    assert found == {"00000.png": ('a "red" bird',), "00001.png": ('"quoted"',), "00002.png": ("a blue bird",)}


def test_several_captions_have_a_folder_each(tmp_path):
    parts = [SamplePart(2, batches(2), [text] * 2, folders=True) for text in ("a bird", "a bird?")]
    assert write_samples(tmp_path, parts, {}, captions=True) == {"a bird": 2, "a bird?": 2}
    assert below(tmp_path) == ["a bird/00000.png", "a bird/00001.png", "a bird_/00000.png", "a bird_/00001.png",
                               "captions.tsv", "samples.json"]


def test_an_interruption_leaves_whole_files_and_a_report_of_them(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_samples(tmp_path, [SamplePart(9, batches(9, stop=4), ["a bird"] * 9)], {}, captions=True)
    assert below(tmp_path) == ["00000.png", "00001.png", "00002.png", "00003.png", "captions.tsv", "samples.json"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert all(pixels(tmp_path / f"0000{number}.png").shape == (4, 4, 3) for number in range(4))
    found = json.loads((tmp_path / "samples.json").read_text())
    assert (found["asked"], found["samples"]) == (9, 4)
    assert len(read_captions_file(tmp_path / "captions.tsv")) == 4


def test_a_file_that_cannot_be_written_leaves_none_of_its_name(tmp_path, monkeypatch):
    def fail(image, file, **options):
        file.write(b"half of a picture")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        write_samples(tmp_path, [SamplePart(2, batches(2))], {})
    assert below(tmp_path) == ["samples.json"]


def test_only_a_batch_is_asked_for_ahead_of_what_is_written(tmp_path):
    def watched():
        for number, images in enumerate(batches(8)):
            assert len([name for name in below(tmp_path) if name.endswith(".png") and not name.startswith(".")]) == 2 * number
            yield images

    write_samples(tmp_path, [SamplePart(8, watched())], {})


class TestUsedFolders:
    def test_a_folder_that_holds_something_is_refused(self, tmp_path):
        (tmp_path / "cat").mkdir()
        (tmp_path / "cat" / "00000.png").touch()
        with pytest.raises(ConfigError, match=r"must be a new or an empty folder. Received: .*, which holds cat/00000.png. "
                                              r"Choose another, or replace the samples in it with --overwrite."):
            check_sample_folder(tmp_path)

    def test_new_empty_and_hidden_are_allowed(self, tmp_path):
        assert check_sample_folder(tmp_path / "new") == tmp_path / "new"
        (tmp_path / ".DS_Store").touch()
        assert check_sample_folder(tmp_path) == tmp_path

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "a").touch()
        with pytest.raises(ConfigError, match=r"must be a folder where it ends in a slash. Received: .*/a, which is a file"):
            check_sample_folder(tmp_path / "a", overwrite=True)

    def test_samples_of_the_same_names_are_replaced_if_asked_for(self, tmp_path):
        write_samples(tmp_path, [SamplePart(2, batches(2))], {})
        write_samples(check_sample_folder(tmp_path, overwrite=True),
                      [SamplePart(3, (255 - images for images in batches(3)))], {}, overwrite=True)
        assert [int(pixels(tmp_path / f"0000{number}.png")[0, 0, 0]) for number in range(3)] == [255, 254, 253]

    @pytest.mark.parametrize("other", ["00002.png", "notes.txt", "cat/00000.png", "captions.tsv"])
    def test_what_would_stay_among_them_is_refused_and_not_removed(self, tmp_path, other):
        (tmp_path / other).parent.mkdir(exist_ok=True)
        (tmp_path / other).touch()
        with pytest.raises(ConfigError, match=f"removes nothing. Received: .*, which also holds {other}. Empty it, or"):
            write_samples(tmp_path, [SamplePart(2, batches(2))], {}, overwrite=True)
        assert below(tmp_path) == [other]


@pytest.mark.parametrize(("out", "expected"), [("made/", True), ("made", False), ("made.png", False), (".", True)])
def test_a_slash_or_a_folder_that_exists_means_a_folder(tmp_path, monkeypatch, out, expected):
    monkeypatch.chdir(tmp_path)
    assert means_folder(out) is expected


@pytest.mark.parametrize(("name", "folder"), [
    ("cat", "cat"), ("black/white", "black_white"), ("C:\\x", "C__x"), ("..", "_"), (".hidden", "hidden"), ("end. ", "end"),
    ("con", "con_"), ("NUL.txt", "NUL.txt_"), ("a\tb\nc", "a b c"), ("", "_"), ("Samples.json", "Samples.json_2"),
    ("e\u0301", "\u00e9"), ("x" * 300, "x" * 80), ("\u00e9" * 300, "\u00e9" * 40), ("a\udcff", "a_")])
def test_a_folder_has_a_name_that_every_file_system_takes(name, folder):
    assert folder_names([name]) == {name: folder}


def test_names_that_would_share_a_folder_get_two():
    found = folder_names(["cat", "Cat", "cat", "a/b", "a:b", "a?b"])
    assert found == {"cat": "cat", "Cat": "Cat_2", "a/b": "a_b", "a:b": "a_b_2", "a?b": "a_b_3"}
