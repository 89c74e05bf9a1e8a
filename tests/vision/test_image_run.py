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


def test_batches_have_the_images_of_generate(run):
    batches = list(run.generate_batches(130, seed=1))
    assert [batch.shape for batch in batches] == [(64, 8, 8, 1), (64, 8, 8, 1), (2, 8, 8, 1)]
    made = np.concatenate(batches).astype(int)
    np.testing.assert_allclose(made, run.generate(130, seed=1), atol=1)  # another batch, other sums


def test_the_first_of_more_images_are_the_same_bytes(run):
    few, more = (np.concatenate(list(run.generate_batches(count, raw=True))) for count in (3, 70))
    np.testing.assert_array_equal(few, more[:3])


@pytest.mark.parametrize("prior", ["Normal", "Uniform", "Sphere"])
@pytest.mark.parametrize("shape", [3, (2, 5)])
def test_fewer_rows_of_noise_are_the_first_ones_of_more(prior, shape):
    import gan_core
    from gan_core.random import Stream

    latent = getattr(gan_core, prior)(shape)
    few, more = (np.asarray(latent.sample(count, Stream(5, 0, "fixed"))) for count in (7, 1001))
    np.testing.assert_allclose(few, more[:7], atol=1e-6)


def test_noise_is_drawn_anew_where_a_block_of_it_ends(run, monkeypatch):
    monkeypatch.setattr("gan_vision.image_run.BLOCK", 64)
    first, second = list(run.generate_batches(128))
    np.testing.assert_array_equal(first, next(run.generate_batches(64)))
    assert len(np.unique(np.concatenate([first, second]), axis=0)) > 64


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
    (lambda run: run.generate_batches(0), r"`--count` must be at least 1. Received: count=0\."),
    (lambda run: run.generate_batches(2, label="3"), "`--label` is for conditional runs"),
    (lambda run: run.generate(2, balance=True), "`--balance` is for conditional runs.*whose generator reads no label"),
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

    def test_balanced_classes_are_those_of_their_names(self, labelled):
        names = labelled.label_names(12, balance=True)
        assert names == tuple("001123456789")
        np.testing.assert_array_equal(labelled.generate(12, balance=True)[3], labelled.generate(12, label=1)[3])

    def test_numbered_images_are_of_the_classes_in_turn(self, labelled):
        assert labelled.names_by_number(12) == tuple("012345678901")
        made = next(labelled.generate_batches(12)).astype(int)
        np.testing.assert_allclose(made[11], labelled.generate(12, label=1)[11], atol=1)

    def test_numbered_images_of_one_class_have_its_name(self, labelled):
        assert labelled.names_by_number(3, label=7) == ("7", "7", "7")
        np.testing.assert_allclose(next(labelled.generate_batches(3, label=7)).astype(int), labelled.generate(3, label=7),
                                   atol=1)

    def test_an_unknown_class_is_refused(self, labelled):
        with pytest.raises(ConfigError, match=r"unknown class. Received: 'seven'"):
            labelled.generate(2, label="seven")
