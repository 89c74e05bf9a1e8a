"""gan_vision.data.tfds: named data sets with generated examples, and a tiny one prepared for real."""

import contextlib
import importlib.util
import io
import shlex
import shutil

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError, MissingDependencyError
from gan_vision.data import load_images, load_tfds

tf = pytest.importorskip("tensorflow")
tfds = pytest.importorskip("tensorflow_datasets")


@pytest.fixture
def mock():
    with tfds.testing.mock_data(num_examples=6, policy=tfds.testing.MockPolicy.USE_CODE):
        yield


SHAPES = {
    "mnist": (32, 1), "fashion_mnist": (32, 1), "cifar10": (32, 3), "celeb_a": (64, 3), "cats_vs_dogs": (64, 3),
    "caltech_birds2011": (64, 3), "oxford_flowers102": (64, 3),
}  # fmt: skip


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("name", SHAPES)
def test_the_named_data_sets_load_with_labels_and_their_own_validation_images(name):
    size, channels = SHAPES[name]
    train, validation = load_images(f"tfds:{name}", size=size, channels=channels).split()
    assert train.images.shape == validation.images.shape == (6, size, size, channels)
    assert len(train.labels) == 6


@pytest.mark.usefixtures("mock")
def test_class_names_come_from_the_builder():
    assert load_tfds("cats_vs_dogs", size=8).class_names == ("cat", "dog")


@pytest.mark.usefixtures("mock")
def test_celeb_a_is_labelled_with_its_attributes():
    images = load_tfds("celeb_a", size=8)
    assert images.labels.shape == (6, 40)
    assert images.labels.dtype == np.float32
    assert images.class_names[:2] == ("5_o_Clock_Shadow", "Arched_Eyebrows")


@pytest.mark.usefixtures("mock")
def test_mnist_is_padded_by_two_black_pixels():
    padded, plain = load_tfds("mnist", size=32, channels=1), load_tfds("mnist", size=28, channels=1)
    assert np.array_equal(padded.images[:, 2:-2, 2:-2], plain.images)
    assert plain.images.max() > 0
    assert padded.images.sum(dtype=np.int64) == plain.images.sum(dtype=np.int64)


@pytest.mark.usefixtures("mock")
def test_gray_data_become_colour_and_back():
    gray = load_tfds("mnist", size=28, channels=1).images
    assert np.array_equal(load_tfds("mnist", size=28).images, np.repeat(gray, 3, axis=-1))
    assert load_tfds("cifar10", size=32, channels=1).images.shape == (6, 32, 32, 1)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize(("name", "channels"), [("mnist:3.0.1", 1), ("kmnist", 1), ("emnist/letters", 1), ("cifar10", 3)])
def test_a_data_set_says_how_many_channels_it_has(name, channels):
    assert load_tfds(f"{name}/train", size=28, channels=None).channels == channels


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize(("crop", "rows", "columns"), [(128, slice(57, 185), slice(25, 153)), (178, slice(20, 198), slice(0, 178))])
def test_celeb_a_crops_are_the_published_squares(crop, rows, columns):
    whole = load_tfds("celeb_a", size=(218, 178)).images
    assert np.array_equal(load_tfds("celeb_a", size=crop, crop=crop).images, whole[:, rows, columns])


@pytest.mark.usefixtures("mock")
def test_without_a_crop_celeb_a_is_cut_to_the_central_square():
    assert np.array_equal(load_tfds("celeb_a", size=178).images, load_tfds("celeb_a", size=178, crop=178).images)


@pytest.mark.parametrize(("name", "crop"), [("celeb_a", 64), ("mnist", 128)])
def test_a_wrong_crop_is_refused(name, crop):
    with pytest.raises(ConfigError, match=rf"or 128 or 178 for tfds:celeb_a. Received: crop={crop} with source='tfds:{name}'"):
        load_tfds(name, size=32, crop=crop)


# ------------------------------------------------------------------------------------------------- boxes


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@contextlib.contextmanager
def prepared_birds(pictures, boxes):
    """caltech_birds2011 with these uint8 pictures, and boxes (ymin, xmin, ymax, xmax) of 0..1.

    Gives the splits that were asked for, and the features.
    """
    asked, read = [], []

    def as_dataset(self, split, decoders=None, read_config=None, **kwargs):
        asked.append(split)
        read.append(sorted(decoders.extract_features(self.info.features)))
        return tf.data.Dataset.from_tensor_slices({
            "image": [png(pixels) for pixels in pictures], "label": np.arange(len(pictures), dtype=np.int64) % 3,
            "bbox": np.asarray(boxes, np.float32)})

    with tfds.testing.mock_data(as_dataset_fn=as_dataset, policy=tfds.testing.MockPolicy.USE_CODE):
        yield asked, read


def test_birds_are_cut_to_their_boxes():
    """Box rows 6 to 14 of 24, columns 8 to 18 of 30: the crop is rows 4 to 16, columns 7 to 19."""
    pixels = np.zeros((24, 30, 3), np.uint8)
    pixels[4:16, 7:19] = 10, 20, 30
    with prepared_birds([pixels], [(6 / 24, 8 / 30, 14 / 24, 18 / 30)]) as (asked, read):
        images = load_images("tfds:caltech_birds2011", size=8, crop="bbox")
    assert np.array_equal(images.images, np.broadcast_to((10, 20, 30), (1, 8, 8, 3)))
    assert asked == ["test", "train"]
    assert read == [["bbox", "image", "label"]] * 2  # and no masks


@pytest.mark.parametrize("square", ["stretch", "shrink"])
def test_both_sources_of_birds_are_cut_alike(tmp_path, square):
    """Although one of them keeps boxes as fractions of single precision."""
    draw, root, boxes = np.random.default_rng(0), tmp_path, []
    (root / "images").mkdir()
    pictures = [draw.integers(0, 256, (*draw.integers(20, 500, 2), 3), np.uint8) for _ in range(40)]
    lists = dict.fromkeys(("images", "train_test_split", "image_class_labels", "bounding_boxes"), "")
    for number, pixels in enumerate(pictures):
        height, width = pixels.shape[:2]
        y, x = draw.integers(0, height - 5), draw.integers(0, width - 5)
        h, w = draw.integers(1, height - y + 1), draw.integers(1, width - x + 1)
        boxes.append((y / height, x / width, (y + h) / height, (x + w) / width))
        (root / f"images/{number}.png").write_bytes(png(pixels))
        lists["images"] += f"{number} {number}.png\n"
        lists["train_test_split"] += f"{number} 1\n"
        lists["image_class_labels"] += f"{number} {number % 3}\n"
        lists["bounding_boxes"] += f"{number} {x} {y} {w} {h}\n"
    for name, text in lists.items():
        (root / f"{name}.txt").write_text(text)
    (root / "classes.txt").write_text("0 a\n1 b\n2 c\n")
    folder = load_images(f"cub:{root}", size=16, crop="bbox", square=square)
    with prepared_birds(pictures, boxes):
        prepared = load_images("tfds:caltech_birds2011/train", size=16, crop="bbox", square=square)
    assert np.array_equal(folder.images, prepared.images)
    assert np.array_equal(folder.labels, prepared.labels)


def test_an_empty_box_is_a_reject():
    pictures = [np.zeros((24, 30, 3), np.uint8)] * 2
    with prepared_birds(pictures, [(0.2, 0.2, 0.6, 0.6), (0.5, 0.5, 0.5, 0.9)]), pytest.raises(
            DataError, match=r"(?s)1 of 2 images of tfds:caltech_birds2011/train cannot be used:.*caltech_birds2011 #1: its box must have a height"):
        load_tfds("caltech_birds2011/train", size=8, crop="bbox")


def test_without_a_crop_birds_are_whole():
    with prepared_birds([np.full((24, 30, 3), 9, np.uint8)], [(0.5, 0.5, 0.5, 0.9)]):
        assert load_tfds("caltech_birds2011/train", size=8).images.shape == (1, 8, 8, 3)


def test_birds_that_are_not_prepared_say_what_preparing_needs(tmp_path):
    with pytest.raises(DataError, match=r"tfds:caltech_birds2011 is not prepared.* Prepare it once \(with OpenCV: pip install opencv-python-headless\) with:"):
        load_images("tfds:caltech_birds2011", size=8, data_dir=tmp_path)


@pytest.mark.usefixtures("mock")
def test_a_set_without_boxes_cannot_be_cut_to_them():
    with pytest.raises(ConfigError, match=r"`crop` must be 'bbox' for a source with boxes \(cub:DIR, tfds:caltech_birds2011, .*source='tfds:cifar10'. Leave it out"):
        load_tfds("cifar10", size=32, crop="bbox")


@pytest.mark.usefixtures("mock")
def test_the_flowers_hold_out_their_validation_pictures():
    images = load_tfds("oxford_flowers102", size=8)
    assert (images.name, images.held_out.name) == ("tfds:oxford_flowers102/train", "tfds:oxford_flowers102/validation")


@pytest.mark.parametrize(("name", "module", "message"), [
    ("caltech_birds2011", "cv2", r"preparing tfds:caltech_birds2011 needs OpenCV, and reading it does not. Install it once: pip install opencv-python-headless, or unpack the raw data and use cub:DIR"),
    ("oxford_flowers102", "scipy", r"preparing tfds:oxford_flowers102 needs SciPy, and reading it does not. Install it once: pip install scipy\."),
])
def test_what_preparing_needs_is_said_before_the_download(tmp_path, monkeypatch, name, module, message):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda wanted, *rest: None if wanted == module else find(wanted, *rest))
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", lambda *_, **__: pytest.fail("downloaded"))
    with pytest.raises(MissingDependencyError, match=message):
        load_tfds(name, size=8, data_dir=tmp_path, download=True)


def test_a_package_that_preparing_finds_missing_is_named(tmp_path, monkeypatch):
    def download_and_prepare(self):
        try:
            raise ModuleNotFoundError("No module named 'bs4'", name="bs4")
        except ModuleNotFoundError as error:
            tfds.core.utils.reraise(error, suffix="Failed importing bs4.")

    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", download_and_prepare)
    with pytest.raises(MissingDependencyError, match=r"preparing tfds:cifar10 needs bs4, and reading it does not\. Install it once: pip install bs4\."):
        load_tfds("cifar10", size=8, data_dir=tmp_path, download=True)


@pytest.mark.usefixtures("mock")
def test_a_limit_takes_the_first_examples():
    assert np.array_equal(load_tfds("cifar10", size=32, limit=2).images, load_tfds("cifar10", size=32).images[:2])


@pytest.mark.parametrize("name", ["mnits", "cifar100_", "celeba"])
def test_an_unknown_name_gives_close_matches(name):
    close = {"mnits": "mnist", "cifar100_": "cifar100", "celeba": "celeb_a"}[name]
    with pytest.raises(DataError, match=rf"unknown TFDS data set '{name}'. Close names: .*{close}"):
        load_tfds(name, size=32)


def test_data_that_are_not_prepared_name_the_folder_and_the_command(tmp_path):
    with pytest.raises(DataError) as caught:
        load_images("tfds:mnist", size=32, data_dir=tmp_path)
    message = str(caught.value)
    assert "tfds:mnist is not prepared" in message
    assert f"Looked in: {tmp_path / 'mnist'}" in message
    assert "tfds.builder(" in message
    assert "download_and_prepare()" in message
    assert "data_dir=" in message
    assert "--download" in message
    assert list(tmp_path.iterdir()) == []  # nothing was begun


def test_the_command_names_the_same_data_dir_even_with_quotes(tmp_path):
    folder = tmp_path / "it's here"
    with pytest.raises(DataError) as caught:
        load_tfds("cifar10", size=32, data_dir=folder)
    (line,) = [line for line in str(caught.value).splitlines() if line.startswith("  python -c")]
    python, option, code = shlex.split(line)
    assert (python, option) == ("python", "-c")
    compile(code, "command", "exec")
    assert repr(str(folder)) in code


def test_other_versions_on_disk_are_pointed_at(tmp_path):
    (tmp_path / "mnist" / "2.9.9").mkdir(parents=True)
    with pytest.raises(DataError, match=r"Other versions: 2\.9\.9; ask for tfds:mnist:VERSION"):
        load_tfds("mnist", size=32, data_dir=tmp_path)


def test_too_many_parts_are_refused():
    with pytest.raises(DataError, match=r"expected tfds:NAME\[/config\]\[/split\]. It has no configs"):
        load_tfds("mnist/a/b", size=32)


# -------------------------------------------------------------------------------- prepared for real, tiny


def register():
    class TinyShapes(tfds.core.GeneratorBasedBuilder):
        """Ten 12x10 images; image i is filled with 10 i."""

        VERSION = tfds.core.Version("1.0.0")

        def _info(self):
            features = tfds.features.FeaturesDict({
                "image": tfds.features.Image(shape=(None, None, 3)),
                "label": tfds.features.ClassLabel(names=["even", "odd"]),
            })  # fmt: skip
            return tfds.core.DatasetInfo(builder=self, features=features, homepage="https://example.org/shapes")

        def _split_generators(self, dl_manager):
            return {"train": self._generate_examples(range(10)), "test": self._generate_examples(range(4))}

        def _generate_examples(self, numbers):
            for number in numbers:
                yield number, {"image": np.full((12, 10, 3), 10 * number, np.uint8), "label": number % 2}

    class BrokenShapes(TinyShapes):
        """Cannot be downloaded."""

        VERSION = tfds.core.Version("1.0.0")

        def _split_generators(self, dl_manager):
            raise OSError("the host is gone")

    class TinyCurves(tfds.core.GeneratorBasedBuilder):
        """No images."""

        VERSION = tfds.core.Version("1.0.0")

        def _info(self):
            features = tfds.features.FeaturesDict({"curve": tfds.features.Tensor(shape=(3,), dtype=np.float32)})
            return tfds.core.DatasetInfo(builder=self, features=features)

        def _split_generators(self, dl_manager):
            return {}

        def _generate_examples(self):
            yield from ()


def own_builders():
    """Data sets of the user's own, which TFDS does not know by name: one with two configs, one of float images."""

    class OwnShapes(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        """One black image, or two."""

        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name) for name in ("small", "two")]
        DTYPE = np.uint8

        def _info(self):
            image = tfds.features.Image(shape=(4, 4, 1), dtype=self.DTYPE)
            return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict({"image": image}))

        def _split_generators(self, dl_manager):
            return {"train": self._generate_examples(2 if self.builder_config.name == "two" else 1)}

        def _generate_examples(self, count):
            for number in range(count):
                yield number, {"image": np.zeros((4, 4, 1), self.DTYPE)}

    class OwnFloats(OwnShapes, skip_registration=True):
        """One image of floats."""

        BUILDER_CONFIGS = [tfds.core.BuilderConfig(name="small")]
        DTYPE = np.float32

    return OwnShapes, OwnFloats


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    shapes, floats = own_builders()
    for builder in (shapes(config="small", data_dir=folder), shapes(config="two", data_dir=folder),
                    floats(config="small", data_dir=folder)):
        builder.download_and_prepare()
    return folder


def test_an_own_data_set_is_found_where_tfds_looks_by_default(own, monkeypatch):
    monkeypatch.setattr(tfds.core.constants, "DATA_DIR", str(own))
    assert len(load_tfds("own_shapes/two/train", size=4)) == 2


@pytest.mark.parametrize(("name", "count"), [("own_shapes/small/train", 1), ("own_shapes:1.0.0/two/train", 2)])
def test_a_config_of_an_own_data_set_can_be_chosen(own, name, count):
    assert len(load_tfds(name, size=4, data_dir=own)) == count


def test_the_configs_of_an_own_data_set_are_listed(own):
    with pytest.raises(DataError, match=r"expected tfds:NAME\[/config\]\[/split\]. Its configs: small, two."):
        load_tfds("own_shapes/large/train", size=4, data_dir=own)


def test_images_of_floats_are_refused(own):
    with pytest.raises(DataError, match=r"tfds:own_floats must have images of uint8 or uint16. Found: float32 in the feature 'image'"):
        load_tfds("own_floats/small", size=4, data_dir=own)


def damage(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(data)


def cut(file):
    file.write_bytes(file.read_bytes()[:-5])


@pytest.mark.parametrize("harm", [damage, cut, lambda file: file.unlink()], ids=["damaged", "truncated", "gone"])
def test_a_damaged_file_names_the_data_set_its_folder_and_the_remedy(own, tmp_path, harm):
    shutil.copytree(own, tmp_path / "own")
    (file,) = (tmp_path / "own/own_shapes/two/1.0.0").glob("*.tfrecord*")
    harm(file)
    with pytest.raises(DataError) as caught:
        load_tfds("own_shapes/two/train", size=4, data_dir=tmp_path / "own")
    message = str(caught.value)
    assert "tfds:own_shapes/two/1.0.0" in message
    assert str(file.parent) in message
    assert "delete this folder and prepare it again" in message


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    register()
    folder = tmp_path_factory.mktemp("tfds")
    load_tfds("tiny_shapes", size=8, data_dir=folder, download=True)
    return folder


def values(images):
    return sorted(images.images[:, 0, 0, 0].tolist())


def test_a_prepared_data_set_is_read_with_its_own_test_split(prepared):
    train, validation = load_images("tfds:tiny_shapes", size=8, data_dir=prepared).split()
    assert values(train) == list(range(0, 100, 10))
    assert values(validation) == [0, 10, 20, 30]
    assert np.array_equal(train.labels, train.images[:, 0, 0, 0] // 10 % 2)
    assert train.class_names == ("even", "odd")


def test_no_validation_reads_only_the_training_split(prepared):
    assert load_images("tfds:tiny_shapes", size=8, data_dir=prepared, validation=0).held_out is None


def test_a_split_may_be_named_sliced_and_added(prepared):
    for split, count in (("test", 4), ("train[:30%]", 3), ("train[2:]+test", 12), ("all", 14)):
        images = load_images(f"tfds:tiny_shapes/{split}", size=8, data_dir=prepared)
        assert len(images) == count
        assert images.held_out is None


def test_slices_of_the_training_split_are_disjoint(prepared):
    parts = [load_tfds(f"tiny_shapes/{part}", size=8, data_dir=prepared) for part in ("train[:90%]", "train[90%:]")]
    assert sorted(values(parts[0]) + values(parts[1])) == list(range(0, 100, 10))


def test_the_cats_and_dogs_rule_holds_out_the_end_of_the_training_split():
    with tfds.testing.mock_data(num_examples=3, policy=tfds.testing.MockPolicy.USE_CODE):
        images = load_tfds("cats_vs_dogs", size=8, validation=0.1)
    assert images.name.endswith("/train[:90%]")
    assert images.held_out.name.endswith("/train[90%:]")


def test_an_unknown_split_lists_those_of_the_builder(prepared):
    with pytest.raises(DataError, match=r"has no split 'trian'. Did you mean 'train'\? Its splits: .*train \(10\)"):
        load_tfds("tiny_shapes/trian", size=8, data_dir=prepared)


def test_a_malformed_slice_is_named(prepared):
    with pytest.raises(DataError, match=r"cannot read the split 'train\[x%\]'"):
        load_tfds("tiny_shapes/train[x%]", size=8, data_dir=prepared)


def test_an_empty_slice_is_refused(prepared):
    with pytest.raises(DataError, match=r"cannot read the split 'train\[:0\]' .*no data.* Its splits: train \(10\)"):
        load_tfds("tiny_shapes/train[:0]", size=8, data_dir=prepared)


def test_a_prepared_data_set_can_be_cached(prepared, tmp_path):
    for _ in range(2):
        images = load_tfds("tiny_shapes/train", size=8, data_dir=prepared, cache=tmp_path / "cache")
        assert np.array_equal(images.labels, images.images[:, 0, 0, 0] // 10 % 2)
        assert values(images) == list(range(0, 100, 10))


def test_a_failed_download_names_the_page_and_the_way_out(prepared, tmp_path):
    with pytest.raises(DataError, match=r"could not prepare 'broken_shapes': .*the host is gone.*https://example.org/shapes and use folder:PATH"):
        load_tfds("broken_shapes", size=8, data_dir=tmp_path, download=True)


def test_a_data_set_without_images_lists_its_features(prepared, tmp_path):
    with pytest.raises(DataError, match=r"tfds:tiny_curves must have one image per example. Found the features: curve \(Tensor\)"):
        load_tfds("tiny_curves", size=8, data_dir=tmp_path)
