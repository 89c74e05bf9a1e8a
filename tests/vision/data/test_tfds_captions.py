"""gan_vision.data.tfds_captions: pictures of a data set with generated examples, captions from a file."""

import logging

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data import load_captioned, load_tfds

tfds = pytest.importorskip("tensorflow_datasets")
FLOWERS = "oxford_flowers102"


@pytest.fixture
def mock():
    with tfds.testing.mock_data(num_examples=6, policy=tfds.testing.MockPolicy.USE_CODE):
        yield


@pytest.fixture(scope="module")
def pictures():
    with tfds.testing.mock_data(num_examples=6, policy=tfds.testing.MockPolicy.USE_CODE):
        return load_tfds(f"{FLOWERS}/train", size=8)


def load(tmp_path, text, name=FLOWERS, file="captions.csv", **options):
    (tmp_path / file).write_text(text)
    return load_captioned(f"tfds:{name}", size=8, captions_file=tmp_path / file, **options)


@pytest.mark.usefixtures("mock")
def test_captions_go_by_the_number_of_the_picture(tmp_path, pictures):
    found = load(tmp_path, "index,caption\n4,four\n0,zero\n4,quatre\n").gather([1, 0])
    assert found["captions"] == [("four", "quatre"), ("zero",)]
    assert np.array_equal(found["real"], pictures.images[[4, 0]])
    assert np.array_equal(found["label"], pictures.labels[[4, 0]])


@pytest.mark.usefixtures("mock")
def test_json_lines_number_pictures_too(tmp_path):
    assert load(tmp_path, '{"index": 2, "caption": "two"}', file="c.jsonl").source.field("captions") == [("two",)]


@pytest.mark.usefixtures("mock")
def test_a_column_says_which_split_a_row_is_about(tmp_path):
    train = load(tmp_path, "split,index,caption\ntrain,1,one\nvalidation,3,three\n,2,two\ntest,0,zero\n")
    assert train.source.field("captions") == [("one",), ("two",)]
    assert train.held_out.source.field("captions") == [("three",)]


@pytest.mark.usefixtures("mock")
def test_without_it_nothing_is_held_out_but_a_part(tmp_path):
    train = load(tmp_path, "index,caption\n" + "".join(f"{n},text {n}\n" for n in range(6)), validation=0.5)
    assert train.held_out is None
    assert [len(part) for part in train.split()] == [3, 3]


@pytest.mark.usefixtures("mock")
def test_a_split_that_is_named_is_read_alone(tmp_path):
    found = load(tmp_path, "index,caption\n5,five\n", f"{FLOWERS}/test")
    assert found.source.field("captions") == [("five",)]
    assert found.held_out is None


@pytest.mark.usefixtures("mock")
def test_vectors_follow_the_captions_of_the_file(tmp_path):
    np.save(tmp_path / "v.npy", np.array([[4, 4], [1, 1], [5, 5]]))
    found = load(tmp_path, "index,caption\n4,four\n0,zero\n4,quatre\n", vectors=tmp_path / "v.npy").gather([0, 1])
    assert found["text"].tolist() == [[[1, 1], [0, 0]], [[4, 4], [5, 5]]]


@pytest.mark.usefixtures("mock")
def test_a_limit_takes_so_many_described_pictures(tmp_path):
    assert len(load(tmp_path, "index,caption\n0,a\n2,b\n4,c\n", limit=2)) == 2


@pytest.mark.usefixtures("mock")
def test_pictures_without_a_caption_are_left_out_with_a_warning(tmp_path, caplog):
    caplog.set_level(logging.WARNING, "gan_vision")
    load(tmp_path, "index,caption\n0,a\n")
    assert f"5 of 6 pictures of tfds:{FLOWERS}/train have no caption in {tmp_path}/captions.csv and are left out" in caplog.text


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data set of the user's own, prepared for real: picture i is filled with i."""

    class NamedShapes(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        """Pictures that have names."""

        VERSION = tfds.core.Version("1.0.0")

        def _info(self):
            features = {"image": tfds.features.Image(shape=(4, 4, 3)), "file_name": tfds.features.Text()}
            return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

        def _split_generators(self, dl_manager):
            return {"train": self._generate_examples(range(6)), "test": self._generate_examples(range(6, 8))}

        def _generate_examples(self, numbers):
            for number in numbers:
                yield number, {"image": np.full((4, 4, 3), number, np.uint8), "file_name": f"{number}.jpg"}

    class PlainShapes(NamedShapes, skip_registration=True):
        """Pictures without names."""

        def _info(self):
            return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(
                {"image": tfds.features.Image(shape=(4, 4, 3))}))

        def _generate_examples(self, numbers):
            for number in numbers:
                yield number, {"image": np.full((4, 4, 3), number, np.uint8)}

    folder = tmp_path_factory.mktemp("own")
    for builder in (NamedShapes(data_dir=folder), PlainShapes(data_dir=folder)):
        builder.download_and_prepare()
    return folder


def test_captions_go_by_the_file_name_where_the_set_has_one(tmp_path, prepared):
    train = load(tmp_path, "file,caption\n4.jpg,four\n2.jpg,two\n7.jpg,held out\nother,not here\n", "named_shapes", data_dir=prepared)
    found = train.gather(np.arange(2))
    assert {int(picture.max()): texts for picture, texts in zip(found["real"], found["captions"], strict=True)} == {
        4: ("four",), 2: ("two",)}
    assert train.held_out.source.field("captions") == [("held out",)]
    assert train.held_out.images.max() == 7


def test_without_file_names_a_number_is_asked_for(tmp_path, prepared):
    with pytest.raises(DataError, match=r"the pictures of tfds:plain_shapes have no file names. Found the features: image. Number them"):
        load(tmp_path, "file,caption\na.jpg,x\n", "plain_shapes", data_dir=prepared)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize(("text", "message"), [
    ("index,caption\n6,six\n0,zero\n9,nine\n", f"describes pictures that tfds:{FLOWERS}/train does not have: 6, 9. Found: 6 pictures, numbered from 0"),
    ("index,caption\n-1,x\n", "line 2: found the index '-1'; expected a whole number from 0"),
    ("index,caption\nfirst,x\n", "line 2: found the index 'first'; expected a whole number from 0"),
    ("picture,caption\n1,x\n", "'index' or 'file' and 'caption' among them. Found: 'picture', 'caption'"),
    ("split,index,caption\ntest,0,x\n", f"describes no picture of tfds:{FLOWERS}/train. Its first row is about 0. Expected numbers"),
])
def test_a_file_that_does_not_fit_is_explained(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        load(tmp_path, text)
