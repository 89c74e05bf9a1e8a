"""gan_vision.data.caption_sources: one line names captioned pictures, and options of other sources are refused."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data import load_captioned
from gan_vision.data.captions_folder import captioned_pictures
from gan_vision.data.write_text_hdf5 import write_text_hdf5


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "birds"
    root.mkdir()
    for number in range(10):
        Image.new("RGB", (8, 8), (number,) * 3).save(root / f"{number}.png")
    (root / "captions.csv").write_text("file,caption\n" + "".join(f"{n}.png,bird {n}\n" for n in range(10)))
    return root


def test_a_folder_is_read_and_split(folder):
    train, validation = load_captioned(f"captions:{folder}", size=8, validation=0.2, seed=3).split()
    assert (len(train), len(validation)) == (8, 2)
    for part in (train, validation):
        found = part.gather(np.arange(len(part)))
        assert [texts[0] for texts in found["captions"]] == [f"bird {value}" for value in found["real"][:, 0, 0, 0]]


def test_a_folder_takes_vectors(folder):
    np.save(folder / "v.npy", np.ones((10, 4)))
    assert load_captioned(f"captions:{folder}", size=8, vectors=folder / "v.npy").fields["text"].size == 4


def test_a_file_is_read(folder, tmp_path):
    write_text_hdf5(tmp_path / "a.hdf5", *captioned_pictures(folder))
    found = load_captioned(f"hdf5:{tmp_path / 'a.hdf5'}", size=(8, 12), channels=1, fit="stretch", limit=4, seed=1)
    assert found.image_shape == (8, 12, 1)
    assert len(found) == 4


def test_shapes_are_made():
    found = load_captioned("shapes:20", size=16, seed=1)
    assert len(found) == 20
    assert set(found.fields) == {"real", "captions", "label"}
    assert len(load_captioned("shapes", size=16, limit=5)) == 5


@pytest.mark.parametrize(("source", "options", "message"), [
    ("caption:birds", {}, "unknown data source. Received: 'caption:birds'. Did you mean 'captions'"),
    ("hdf5:", {}, "the source 'hdf5:' must have the form hdf5:FILE"),
    ("shapes:many", {}, "`shapes` takes a number of pictures. Received: 'shapes:many'. Write shapes:500"),
    ("shapes", {"size": (16, 32)}, r"`size` of shapes must be one number of pixels. Received: size=\(16, 32\)"),
    ("shapes", {"vectors": "v.npy"}, "`vectors` is for captions: and tfds: alone. Received: vectors='v.npy' with source='shapes'"),
    ("hdf5:a", {"captions_file": "c.csv"}, "`captions_file` is for tfds: alone"),
    ("captions:a", {"captions_file": "c.csv"}, "`captions_file` is for tfds: alone"),
    ("shapes", {"validation": 1}, r"`validation` must be a fraction in \[0, 1\)"),
    ("captions:{}", {"fit": "crop"}, "unknown fit. Received: 'crop'"),
    ("captions:{}", {"on_bad": "ignore"}, "unknown on_bad. Received: 'ignore'"),
    ("captions:{}", {"channels": 2}, "`channels` must be"),
    ("captions:{}", {"limit": 0}, "`limit` must be at least 1"),
])
def test_an_unknown_source_or_option_is_explained(folder, source, options, message):
    with pytest.raises(ConfigError, match=message):
        load_captioned(source.format(folder), **{"size": 16, **options})


def test_tfds_without_captions_says_what_it_needs():
    with pytest.raises(DataError, match=r"tfds:oxford_flowers102 has pictures without captions. Pass a file with the columns index"):
        load_captioned("tfds:oxford_flowers102", size=16)
