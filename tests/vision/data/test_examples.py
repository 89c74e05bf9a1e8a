"""gan_vision.data.examples: named fields that are checked, split, drawn in batches, hashed and shown."""

import keras
import numpy as np
import pytest

import gan_core as core
from gan_core.errors import ConfigError, DataError
from gan_vision.data import Captions, ClassLabel, Columns, Examples, InstanceIds, LabelMap, Photo, Vector
from gan_vision.data.row_subset import RowSubset


def numbered(count, channels=1) -> Examples:
    """Image i is filled with i."""
    images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 4, 6, channels)).copy()
    return Examples.of_images(images, np.arange(count) % 3, ("a", "b", "c"), name="numbered")


BAD_SETS = {
    "float images": (np.zeros((2, 4, 4, 3)), None, (), r"`real` of images must be photos, uint8 .*, 3\). Received: float64 \(2, 4, 4, 3\)"),
    "three axes": (np.zeros((2, 4, 4), np.uint8), None, (), r"`real` of images must be photos"),
    "two channels": (np.zeros((2, 4, 4, 2), np.uint8), None, (), r"Received: uint8 \(2, 4, 4, 2\)"),
    "no images": (np.zeros((0, 4, 4, 3), np.uint8), None, (), r"images has no examples"),
    "too few labels": (np.zeros((2, 4, 4, 3), np.uint8), np.array([1]), (), r"Received: 1 labels, 2 images"),
    "float labels": (np.zeros((1, 4, 4, 3), np.uint8), np.array([1.5]), (), r"`label` of images must be classes, whole numbers"),
    "label too high": (np.zeros((2, 4, 4, 3), np.uint8), np.array([0, 2]), ("a", "b"), r"`label` of row 1 of images must be a class of 0..1. Found: 2"),
    "label beyond int32": (np.zeros((2, 4, 4, 3), np.uint8), np.array([0, 2**33]), (), r"row 1 of images must be a class of 0..2147483647. Found: 8589934592"),
    "words as attributes": (np.zeros((1, 4, 4, 3), np.uint8), np.array([["a", "b"]]), (), r"must be 2 attributes of 0 to 1, \(n, 2\). Received: <U1 \(1, 2\)"),
    "NaN attributes": (np.zeros((1, 4, 4, 3), np.uint8), np.array([[0, np.nan]]), (), r"`label` of row 0 of images must be finite. Found: nan at position 1"),
    "negative label": (np.zeros((1, 4, 4, 3), np.uint8), np.array([-1]), (), r"row 0 of images must be a class of .* Found: -1"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_SETS)
def test_arrays_that_do_not_fit_are_refused(case):
    images, labels, names, message = BAD_SETS[case]
    with pytest.raises(DataError, match=message):
        Examples.of_images(images, labels, names)


def test_labels_become_int32():
    assert numbered(5).labels.dtype == np.int32


def test_attributes_become_float32():
    images = Examples.of_images(np.zeros((2, 4, 4, 3), np.uint8), np.array([[True, False], [False, False]]))
    assert images.labels.dtype == np.float32


def test_the_representation_is_one_short_line():
    assert repr(numbered(5)) == "<Examples numbered: 5 images 4x6x1, 3 classes>"


# ------------------------------------------------------------------------------------------------ split


@pytest.mark.parametrize(("count", "fraction", "expected"), [(100, 0.1, 10), (7, 0.1, 1), (2, 0.01, 1), (3, 0.99, 2), (2, 0.5, 1)])
def test_the_split_holds_out_the_rounded_fraction_and_never_everything(count, fraction, expected):
    train, validation = numbered(count).split(fraction)
    assert (len(train), len(validation)) == (count - expected, expected)


def test_the_split_is_disjoint_and_complete():
    train, validation = numbered(200).split(0.25, seed=4)
    parts = [images.images[:, 0, 0, 0].tolist() for images in (train, validation)]
    assert sorted(parts[0] + parts[1]) == list(range(200))


def test_labels_stay_with_their_images():
    for part in numbered(50).split(0.3):
        assert np.array_equal(part.labels, part.images[:, 0, 0, 0] % 3)


def test_the_split_depends_on_the_seed_alone():
    held_out = [numbered(200).split(0.1, seed)[1].images[:, 0, 0, 0].tolist() for seed in (0, 0, 1)]
    assert held_out[0] == held_out[1]
    assert held_out[0] != held_out[2]


def test_every_image_is_held_out_by_some_seed():
    held_out = [set(numbered(20).split(0.25, seed)[1].images[:, 0, 0, 0].tolist()) for seed in range(60)]
    assert set.union(*held_out) == set(range(20))


def test_a_fraction_of_zero_gives_no_validation_images():
    train, validation = numbered(5).split(0)
    assert len(train) == 5
    assert validation is None


def test_a_sources_own_validation_images_are_used():
    own = numbered(4)
    images = Examples.of_images(np.zeros((9, 4, 6, 1), np.uint8), held_out=own)
    train, validation = images.split(0.5, seed=3)
    assert (len(train), validation, train.held_out) == (9, own, None)


def test_defaults_of_the_split_come_from_the_set():
    images = Examples.of_images(numbered(100).images, validation=0.3, seed=7)
    assert np.array_equal(images.split()[1].images, images.split(0.3, 7)[1].images)


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, float("nan")])
def test_a_wrong_fraction_is_refused(fraction):
    with pytest.raises(ConfigError, match=r"`validation` must be a fraction in \[0, 1\)"):
        numbered(5).split(fraction)


def test_one_image_cannot_be_split():
    with pytest.raises(DataError, match=r"numbered has 1 example, which cannot be split .* `validation`=0"):
        numbered(1).split(0.1)


# ------------------------------------------------------------------------------------------- memory map


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "images.npy", numbered(100).images)
    return Examples.of_images(np.load(tmp_path / "images.npy", mmap_mode="r"), np.arange(100) % 3)


def test_the_split_of_a_memory_map_copies_nothing(mapped):
    train, validation = mapped.split(0.2, seed=1)
    assert isinstance(train.images, RowSubset)
    expected = numbered(100).split(0.2, seed=1)
    assert np.array_equal(np.asarray(train.images), expected[0].images)
    assert np.array_equal(np.asarray(validation.images), expected[1].images)


def test_a_split_of_a_split_still_works(mapped):
    again = mapped.split(0.2)[0].split(0.5)[0]
    assert np.array_equal(np.asarray(again.images)[:, 0, 0, 0] % 3, again.labels)


# ------------------------------------------------------------------------------------------ content hash


def test_equal_content_has_an_equal_hash_wherever_it_lies(mapped):
    assert mapped.content_hash == numbered(100).content_hash
    assert len(mapped.content_hash) == 64
    assert mapped.split(0.2)[0].content_hash == numbered(100).split(0.2)[0].content_hash


def test_the_parts_of_a_set_have_hashes_of_their_own():
    images = numbered(100)
    hashes = {part.content_hash for part in (images, *images.split(0.2), *images.split(0.2, seed=1))}
    assert len(hashes) == 5


def test_one_changed_pixel_label_or_order_changes_the_hash():
    images = numbered(2000).images
    changed = images.copy()
    changed[1999, 3, 5, 0] ^= 1
    labels = np.arange(2000) % 3
    prints = {Examples.of_images(images).content_hash, Examples.of_images(changed).content_hash, Examples.of_images(images[::-1]).content_hash,
              Examples.of_images(images, labels).content_hash, Examples.of_images(images, labels[::-1]).content_hash,
              Examples.of_images(images.reshape(2000, 6, 4, 1)).content_hash}  # fmt: skip
    assert len(prints) == 6


# ----------------------------------------------------------------------------------------------- loader


def batches(loader, count, prepare=lambda batch: batch):
    return [{key: np.asarray(value) for key, value in prepare(batch).items()} for batch in loader.dataset(steps=count)]


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1), (-0.5, 2)])
def test_prepared_batches_are_float32_in_the_range_asked_for(value_range):
    images = Examples.of_images(np.array([0, 255, 51, 102], np.uint8).reshape(4, 1, 1, 1))
    (batch,) = batches(images.loader(4, seed=0, shuffle=False), 1, images.prepare(value_range))
    low, high = value_range
    assert batch["real"].dtype == np.float32
    np.testing.assert_allclose(batch["real"].ravel(), low + (high - low) * np.array([0, 1, 0.2, 0.4]), atol=1e-6)


def test_batches_carry_labels_only_if_there_are_some():
    assert batches(numbered(6).loader(2, seed=0), 1)[0]["label"].dtype == np.int32
    assert set(batches(Examples.of_images(numbered(6).images).loader(2, seed=0), 1)[0]) == {"real"}


def test_labels_stay_with_their_images_in_batches():
    for batch in batches(numbered(30).loader(8, seed=1), 8):
        assert np.array_equal(batch["label"], batch["real"][:, 0, 0, 0] % 3)


def test_an_epoch_shows_every_image_once():
    seen = [batch["real"][:, 0, 0, 0] for batch in batches(numbered(30).loader(10, seed=1), 3)]
    assert sorted(np.concatenate(seen).tolist()) == list(range(30))


def test_batches_of_a_memory_mapped_split_equal_those_in_memory(mapped):
    expected = Examples.of_images(mapped.images[:], mapped.labels).split(0.2)[0]
    pairs = zip(batches(mapped.split(0.2)[0].loader(8, seed=1), 12), batches(expected.loader(8, seed=1), 12), strict=True)
    assert all(np.array_equal(a["real"], b["real"]) for a, b in pairs)


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(DataError, match="numbered has 3 examples but the batch size is 4"):
        numbered(3).loader(4, seed=0)


# ------------------------------------------------------------------------------- several fields, decoded on demand

SIDE = 12


class Streets:
    """Four fields drawn on the spot, as a decoder of files would; counts what is decoded."""

    def __init__(self, count=20):
        self.count, self.decoded = count, []

    def photo(self, row):
        self.decoded.append(row)
        return np.repeat(self.labels(row)[..., None] * 50, 3, axis=-1).astype(np.uint8)

    def labels(self, row):
        return ((np.arange(SIDE)[:, None] * 3 + np.arange(SIDE)[None] + row) % 5).astype(np.uint8)

    def instances(self, row):
        return self.labels(row).astype(np.uint16) * 1000 + 1

    def examples(self, **options):
        source = Columns({"real": self.photo, "labels": self.labels, "instances": self.instances,
                          "vector": np.eye(3)[np.arange(self.count) % 3], "caption": [(f"street {n}", "a street") for n in range(self.count)]})
        return Examples(source, {"real": Photo(3), "labels": LabelMap(5), "instances": InstanceIds(), "vector": Vector(3),
                                 "caption": Captions()}, name="streets", **options)


def test_batches_carry_stored_values_and_no_captions():
    spec = Streets().examples().loader(4, seed=0, crop=8).dataset().element_spec
    assert {name: (each.dtype.name, each.shape.as_list()) for name, each in spec.items()} == {
        "real": ("uint8", [4, 8, 8, 3]), "labels": ("uint8", [4, 8, 8]), "instances": ("uint16", [4, 8, 8]),
        "vector": ("float32", [4, 3])}


def test_maps_and_vectors_that_are_decoded_on_demand_stay_together():
    for batch in batches(Streets().examples().loader(4, seed=0, flip=True, crop=8), 5):
        assert np.array_equal(batch["real"][..., 0], batch["labels"] * 50)
        assert np.array_equal(batch["instances"], batch["labels"].astype(int) * 1000 + 1)


def test_batches_of_decoded_examples_are_a_pure_function_of_seed_and_step():
    whole = batches(Streets().examples().loader(4, seed=0, flip=True, crop=8), 6)
    resumed = [{name: np.asarray(values) for name, values in batch.items()}
               for batch in Streets().examples().loader(4, seed=0, flip=True, crop=8).dataset(start=4, steps=2)]
    for one, other in zip(whole[4:], resumed, strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_parts_of_decoded_examples_decode_nothing_until_they_are_drawn():
    streets = Streets()
    train, validation = streets.examples().split(0.25, seed=1)
    assert (len(train), len(validation), streets.decoded) == (15, 5, [])
    validation.gather([0], ("labels", "caption"))
    assert streets.decoded == []


def paired_game(examples):
    """A generator of label maps, edges and vectors, and a critic of pairs, 8 pixels."""
    layers = keras.layers
    labels, edges = keras.Input((8, 8, 5), name="labels"), keras.Input((8, 8, 1), name="instances")
    vector, sample = keras.Input((3,), name="vector"), keras.Input((8, 8, 3), name="sample")
    spread = layers.Reshape((8, 8, 1))(layers.Dense(64)(vector))
    picture = layers.Conv2D(3, 3, padding="same", activation="tanh")(layers.Concatenate()([labels, edges, spread]))
    logits = layers.Conv2D(1, 4)(layers.Concatenate()([sample, labels, edges]))
    gan = core.GAN(keras.Model([labels, edges, vector], picture), keras.Model([sample, labels, edges], logits),
                   core.Objective(core.NonSaturating(), auxiliary=(core.Reconstruction(1.0),)), core.NoLatent(),
                   prepare=examples.prepare((-1, 1)))
    gan.compile()
    return gan


def test_a_game_on_fields_that_are_decoded_on_demand_trains():
    streets = Streets().examples()
    gan = paired_game(streets)
    before = [variable.numpy() for variable in gan.generator.trainable_variables]
    history = gan.fit(streets.loader(4, seed=0, flip=True, crop=8).dataset(), steps_per_epoch=3, verbose=0, shuffle=False)
    assert np.isfinite(history.history["g_loss"]).all()
    assert all((variable.numpy() != old).any()
               for variable, old in zip(gan.generator.trainable_variables, before, strict=True))


def test_a_game_refuses_batches_that_were_not_prepared():
    streets = Streets().examples()
    gan = paired_game(streets)
    gan.prepare = lambda batch, stream=None: batch
    with pytest.raises(ConfigError, match=r"real samples must be floats .* `prepare=examples.prepare\(\(-1, 1\)\)`"):
        gan.fit(streets.loader(4, seed=0, crop=8).dataset(), steps_per_epoch=1, verbose=0, shuffle=False)


def test_conditions_are_every_field_but_the_photo_as_networks_read_it():
    found = Streets().examples().conditions([3, 4], (-1, 1))
    assert {name: (values.dtype.name, values.shape) for name, values in found.items()} == {
        "labels": ("float32", (2, SIDE, SIDE, 5)), "instances": ("float32", (2, SIDE, SIDE, 1)), "vector": ("float32", (2, 3))}


def test_the_representation_names_further_fields():
    assert repr(Streets().examples()) == "<Examples streets: 20 images 12x12x3, labels, instances, vector, caption>"


def test_a_value_that_its_kind_cannot_have_is_named_when_it_is_drawn():
    columns = {"real": np.zeros((3, 4, 4, 3), np.uint8), "labels": lambda row: np.full((4, 4), 9 * (row == 2), np.uint8)}
    examples = Examples(Columns(columns, files=["a.png", "b.png", "c.png"]), {"real": Photo(3), "labels": LabelMap(5)}, "pairs")
    with pytest.raises(DataError, match=r"`labels` of c.png of pairs: found the id 9 at the pixel in row 0, column 0; expected 0..4"):
        examples.gather([0, 2])


@pytest.mark.parametrize(("columns", "fields", "error", "message"), [
    ({"label": np.zeros(3, int)}, {"label": ClassLabel()}, ConfigError, r"`fields` must have a Photo called 'real'"),
    ({"real": np.zeros((3, 4, 4, 3), np.uint8), "labels": np.full((3, 4, 4), 7, np.uint8)},
     {"real": Photo(3), "labels": LabelMap(5)}, DataError, "`labels` of row 0 of examples: found the id 7 at the pixel in row 0, column 0; expected 0..4"),
    ({"real": np.zeros((3, 4, 4, 3), np.uint8), "labels": np.zeros((3, 8, 8), np.uint8)},
     {"real": Photo(3), "labels": LabelMap(5)}, DataError,
     "all maps of row 0 of examples must have one size. Found: real 4 x 4, labels 8 x 8. Resize them alike"),
])
def test_fields_that_do_not_fit_are_refused(columns, fields, error, message):
    with pytest.raises(error, match=message):
        Examples(Columns(columns), fields).loader(2, seed=0)


def test_captions_stay_with_their_pictures_in_a_split():
    for part in Streets().examples().split(0.3, seed=2):
        found = part.gather(np.arange(len(part)), ("real", "caption"))
        for picture, caption in zip(found["real"], found["caption"], strict=True):
            assert np.array_equal(picture, Streets().photo(int(caption[0].removeprefix("street "))))
