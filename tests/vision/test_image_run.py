"""An opened run of images: what `generate` gives, and what `save` writes."""

import numpy as np
import pytest
from PIL import Image

import gan_vision
from gan_core.errors import ConfigError

TINY = {"data": "digits", "size": 8, "width": 4, "latent": 4, "steps": 2, "batch_size": 8, "limit": 64, "sample_every": 2,
        "checkpoint_every": 2, "quiet": True}


@pytest.fixture(scope="module", autouse=True)
def in_this_process():
    """The process has TensorFlow already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory, in_this_process):
    """A run of `dcgan` of two steps."""
    return gan_vision.train("dcgan", out=tmp_path_factory.mktemp("runs") / "dcgan", **TINY)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, in_this_process):
    """A run of `conditional` of two steps, on ten classes."""
    return gan_vision.train("conditional", out=tmp_path_factory.mktemp("runs") / "conditional",
                            **{**TINY, "width": 16, "learning_rate": 0.05, "ema": 0.5})


def test_images_are_bytes_and_depend_on_the_seed(run):
    images = run.generate(5, seed=1)
    assert (images.shape, images.dtype) == ((5, 8, 8, 1), np.uint8)
    np.testing.assert_array_equal(images, gan_vision.open_run(run.folder.path).generate(5, seed=1))
    assert not np.array_equal(images, run.generate(5, seed=2))


def test_bytes_are_the_generators_floats_scaled(run):
    floats = run.samples(5, seed=1)
    assert run.value_range == (-1.0, 1.0)
    np.testing.assert_array_equal(run.generate(5, seed=1), np.rint(127.5 * (floats.astype(np.float64) + 1)).astype(np.uint8))


def test_raw_images_are_those_of_the_trained_generator(run):
    assert not np.array_equal(run.generate(5, raw=True), run.generate(5))


@pytest.mark.parametrize(("count", "size"), [(4, 2 * 66 + 2), (9, 3 * 66 + 2)])
def test_a_picture_holds_them_side_by_side(run, tmp_path, count, size):
    with Image.open(run.save(tmp_path / "grid.png", run.generate(count))) as picture:
        assert picture.size == (size, size)


def test_an_array_file_holds_the_bytes_of_images_or_floats(run, tmp_path):
    for samples in (run.generate(3), run.samples(3)):
        np.testing.assert_array_equal(np.load(run.save(tmp_path / "a.npy", samples)), run.generate(3))


@pytest.mark.parametrize("name", ["a.npy", "A.NPY"])
def test_a_file_is_written_into_a_new_folder_and_nothing_else_stays_there(run, tmp_path, name):
    path = run.save(tmp_path / "new" / name, run.generate(2))
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("call", "message"), [
    (lambda run: run.generate(0), r"`--count` must be at least 1. Received: count=0\."),
    (lambda run: run.generate(2, label="3"), "`--label` is for conditional runs"),
    (lambda run: run.save("x.h5", np.zeros((1, 8, 8, 1), np.uint8)), "must end in a picture format")])
def test_mistakes_are_refused(run, call, message):
    with pytest.raises(ConfigError, match=message):
        call(run)


class TestLabels:
    def test_a_run_knows_the_names_of_its_classes(self, labelled):
        assert labelled.labels.names == tuple("0123456789")

    def test_a_class_can_be_asked_for_by_name_or_number(self, labelled):
        np.testing.assert_array_equal(labelled.generate(3, label="7"), labelled.generate(3, label=7))
        assert not np.array_equal(labelled.generate(3, label=7), labelled.generate(3, label=1))

    def test_classes_come_in_turn_otherwise(self, labelled):
        np.testing.assert_array_equal(labelled.generate(10), labelled.generate(10))
        np.testing.assert_array_equal(labelled.generate(10)[7], labelled.generate(10, label=7)[7])

    def test_an_unknown_class_is_refused(self, labelled):
        with pytest.raises(ConfigError, match=r"unknown class. Received: 'seven'"):
            labelled.generate(2, label="seven")
