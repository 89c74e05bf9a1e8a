"""gan_vision.data.sources: one line names a data set."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import gan_vision.data
from gan_core.errors import ConfigError, DataError
from gan_vision.data import load_images
from gan_vision.data.sources import parse_source


@pytest.fixture
def folder(tmp_path):
    for number in range(10):
        Image.new("RGB", (20, 16), (number, 0, 0)).save(tmp_path / f"{number}.png")
    return tmp_path


def test_folder_digits_and_arrays_are_dispatched(folder):
    np.save(folder / "a.npy", np.zeros((3, 8, 8, 3), np.uint8))
    np.savez(folder / "a.npz", images=np.zeros((4, 8, 8, 3), np.uint8))
    sources = (f"folder:{folder}", "digits", f"npy:{folder / 'a.npy'}", f"npz:{folder / 'a.npz'}")
    assert [len(load_images(source, size=8)) for source in sources] == [10, 1797, 3, 4]


def test_the_path_of_a_folder_will_do(folder, caplog):
    with caplog.at_level("INFO"):
        assert len(load_images(str(folder), size=8)) == 10
    assert f"as folder:{folder}" in caplog.text
    assert len(load_images(folder, size=8)) == 10


def test_a_home_directory_is_expanded_for_every_reader_of_a_source(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert parse_source(f"folder:~/{folder.name}") == ("folder", str(folder))
    assert parse_source(f"~/{folder.name}") == ("folder", str(folder))
    assert parse_source("npz:~/a.npz") == ("npz", str(folder.parent / "a.npz"))
    assert len(load_images(f"folder:~/{folder.name}", size=8)) == 10


def test_a_source_has_its_own_channels_and_a_folder_three(folder):
    np.save(folder / "a.npy", np.zeros((3, 8, 8), np.uint8))
    found = [load_images(source, size=8, channels=None).channels for source in ("digits", f"npy:{folder}/a.npy", folder)]
    assert found == [1, 1, 3]


def test_a_folder_named_with_a_colon_is_found(tmp_path):
    (tmp_path / "a:b").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "a:b" / "1.png")
    assert len(load_images(f"folder:{tmp_path}/a:b", size=8)) == 1
    assert len(load_images(f"{tmp_path}/a:b", size=8)) == 1


def test_digits_are_the_default_range_and_size_of_the_model():
    images = load_images("digits", size=32, channels=1)
    assert images.images.shape == (1797, 32, 32, 1)


def test_fraction_and_seed_are_those_of_the_split(folder):
    images = load_images(f"folder:{folder}", size=8, validation=0.3, seed=5)
    assert len(images.split()[1]) == 3
    assert np.array_equal(images.split()[1].images, images.split(0.3, 5)[1].images)


BAD_SOURCES = {
    "unknown scheme": ("foldr:x", r"unknown data source. Received: 'foldr:x'. Did you mean 'folder'\?"),
    "unknown word": ("bricks", r"Known: cub, digits, folder, npy, npz, tfds. Write folder:PATH"),
    "forgotten scheme": ("cifar10", r"Did you mean 'tfds:cifar10'\?"),
    "empty": ("", "unknown data source"),
    "no path": ("folder:", r"'folder:' must have the form folder:PATH"),
    "no name": ("tfds:", r"must have the form tfds:NAME"),
    "digits with a path": ("digits:8", r"'digits:8' must have the form digits"),
    "wrong case": ("Digits", r"Did you mean 'digits'\?"),
}


@pytest.mark.parametrize("case", BAD_SOURCES)
def test_an_unknown_source_says_what_can_be_written(case):
    source, message = BAD_SOURCES[case]
    with pytest.raises(ConfigError, match=message):
        load_images(source, size=8)


@pytest.mark.parametrize(("name", "hint"), [("a.npz", "Use npz:"), ("0.png", "folder it is in")])
def test_a_file_as_source_gets_a_hint(folder, name, hint):
    (folder / "a.npz").touch()
    with pytest.raises(ConfigError, match=f"is a file. .*{hint}"):
        load_images(str(folder / name), size=8)


def test_a_missing_folder_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        load_images(f"folder:{tmp_path / 'none'}", size=8)


BAD_OPTIONS = {
    "fit": ({"fit": "crop"}, "unknown fit"),
    "on_bad": ({"on_bad": "ignore"}, "unknown on_bad"),
    "validation": ({"validation": 1.0}, "`validation` must be a fraction"),
    "channels": ({"channels": 2}, "`channels` must be 1"),
    "size": ({"size": 0}, "`size` must be a whole number"),
    "limit": ({"limit": 0}, "`limit` must be at least 1"),
    "crop": ({"crop": 128}, "or 128 or 178 for tfds:celeb_a. Received: crop=128 with source='.*'. Leave it out \\(--crop null"),
    "boxes": ({"crop": "bbox"}, "`crop` must be 'bbox' for a source with boxes"),
    "square": ({"square": "shrink"}, "`square` says how a crop to a box becomes square. Received: square='shrink' with crop=None"),
}


@pytest.mark.parametrize("source", ["digits", "folder"])
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_wrong_option_is_refused_for_every_source(folder, source, case):
    options, message = BAD_OPTIONS[case]
    with pytest.raises(ConfigError, match=message):
        load_images("digits" if source == "digits" else f"folder:{folder}", **{"size": 8, **options})


def test_every_public_name_resolves():
    assert all(getattr(gan_vision.data, name) is not None for name in gan_vision.data.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gan_vision.data.nothing  # noqa: B018


def test_importing_and_loading_need_no_tensorflow(folder):
    code = (
        "import sys, gan_vision.data as data\n"
        "names = [getattr(data, name) for name in data.__all__]\n"
        "data.load_images('digits', size=8); data.folder_on_demand(sys.argv[1]).check(); data.load_images(sys.argv[1], size=8).split()\n"
        "print([name for name in ('tensorflow', 'keras', 'tensorflow_datasets', 'scipy') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(("options", "message"), [
    ({"background": "pink"}, "`background` must be white, black, checker or a colour #rrggbb.*Received: background='pink'"),
    ({"background": "black", "channels": 4}, "`channels`=4 keeps them. Received: background='black'. Leave one out")])
def test_a_background_that_means_nothing_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        load_images("digits", size=8, **options)


@pytest.mark.parametrize("source", ["folder", "npy"])
def test_the_background_reaches_the_reader(tmp_path, source):
    picture = np.zeros((8, 8, 4), np.uint8) + np.uint8([0, 0, 0, 51])
    Image.fromarray(picture).save(tmp_path / "1.png")
    np.save(tmp_path / "a.npy", picture[None])
    place = tmp_path if source == "folder" else tmp_path / "a.npy"
    for background, expected in (("white", 204), ("#0a0a0a", 8)):
        assert (load_images(f"{source}:{place}", size=8, background=background).images == expected).all()
