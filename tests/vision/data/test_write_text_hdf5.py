"""gan_vision.data.write_text_hdf5: what is written is read again, byte for byte."""

import h5py
import numpy as np
import pytest
from PIL import Image

from gan_core.errors import DataError, RunError
from gan_vision.data import load_text_hdf5
from gan_vision.data.captioned_pictures import CaptionedPicture
from gan_vision.data.write_text_hdf5 import write_text_hdf5

CLASSES = ("jay", "robin")


def encode(texts):
    return [[len(text), text.count("a"), 1] for text in texts]


@pytest.fixture
def pictures(tmp_path):
    """Two classes of two pictures with five captions each; zeros at the end of their files."""
    found = []
    for number in range(4):
        path = tmp_path / f"picture {number}.{'jpg' if number % 2 else 'png'}"
        Image.new("RGB", (8, 8), (40 * number, 80, 160)).save(path)
        path.write_bytes(path.read_bytes() + bytes(number))
        found.append(CaptionedPicture(name=f"deep/{path.name}", place=str(path), encoded=path, class_name=CLASSES[number // 2],
                                      captions=tuple(f"a bird {'a' * k} é {number}" for k in range(5))))
    return found


def test_what_is_written_is_read(tmp_path, pictures):
    assert write_text_hdf5(tmp_path / "a.hdf5", pictures[:3], pictures[3:], encode=encode) == 20
    train = load_text_hdf5(tmp_path / "a.hdf5", size=8)
    assert train.source.field("captions") == [picture.captions for picture in pictures[:3]]
    assert train.held_out.source.field("captions") == [pictures[3].captions]
    assert train.class_names == CLASSES
    assert train.labels.tolist() == [0, 0, 1]
    assert train.source.field("text")[0].tolist() == [[11 + k, 1 + k, 1] for k in range(5)]
    assert np.array_equal(train.images[0, 0, 0], (0, 80, 160))


def test_files_are_kept_byte_for_byte_and_stored_once(tmp_path, pictures):
    write_text_hdf5(tmp_path / "a.hdf5", pictures)
    with h5py.File(tmp_path / "a.hdf5") as file:
        for number, picture in enumerate(pictures):
            for caption in range(5):
                group = file[f"train/00000{number}_{caption}"]
                assert group["img"][()].tobytes() == picture.encoded.read_bytes()
                assert group["img"] == file[f"train/00000{number}_0/img"]
        assert group["name"][()] == b"deep/picture 3.jpg"
        assert set(group) == {"img", "txt", "class", "name"}


def test_vectors_of_the_pictures_are_written(tmp_path, pictures):
    vectors = np.arange(10, dtype=np.float32).reshape(5, 2)
    own = CaptionedPicture(name="a", place="a", encoded=pictures[0].encoded, captions=pictures[0].captions, vectors=vectors)
    write_text_hdf5(tmp_path / "a.hdf5", [own])
    assert np.array_equal(load_text_hdf5(tmp_path / "a.hdf5", size=8).source.field("text"), vectors[None])


def test_other_pictures_become_png(tmp_path, pictures):
    path = tmp_path / "a.bmp"
    Image.new("RGB", (8, 8), (1, 2, 3)).save(path)
    write_text_hdf5(tmp_path / "a.hdf5", [CaptionedPicture(name="a", place="a", encoded=path, captions=("a",))])
    with h5py.File(tmp_path / "a.hdf5") as file:
        assert file["train/000000_0/img"][()].tobytes().startswith(b"\x89PNG")
    assert (load_text_hdf5(tmp_path / "a.hdf5", size=8).images == [1, 2, 3]).all()


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path, pictures):
    (tmp_path / "a.hdf5").write_text("mine")
    with pytest.raises(RunError, match=r"a.hdf5 is there already. Name a new file, or replace it with `overwrite`"):
        write_text_hdf5(tmp_path / "a.hdf5", pictures)
    assert (tmp_path / "a.hdf5").read_text() == "mine"
    write_text_hdf5(tmp_path / "a.hdf5", pictures, overwrite=True)
    assert len(load_text_hdf5(tmp_path / "a.hdf5", size=8)) == 4


def test_an_unreadable_picture_leaves_no_file(tmp_path, pictures):
    pictures[2].encoded.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"picture 2.png: found text; expected a JPEG"):
        write_text_hdf5(tmp_path / "a.hdf5", pictures)
    assert {path.suffix for path in tmp_path.iterdir()} == {".jpg", ".png"}


def test_a_hundred_captions_are_read_and_more_refused(tmp_path, pictures):
    captions = tuple(f"caption {number}" for number in range(100))
    path = pictures[0].encoded
    write_text_hdf5(tmp_path / "a.hdf5", [CaptionedPicture(name="a", place="a", encoded=path, captions=captions)])
    assert load_text_hdf5(tmp_path / "a.hdf5", size=8).source.field("captions") == [captions]
    with pytest.raises(DataError, match=r"a picture may have 100 captions. Found: 101 for a. Take some out"):
        write_text_hdf5(tmp_path / "b.hdf5", [CaptionedPicture(name="a", place="a", encoded=path, captions=(*captions, "more"))])
