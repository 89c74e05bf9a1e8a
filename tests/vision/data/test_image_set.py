"""gan_vision.data.image_set: shape checks, the split, the fingerprint, and rows of a memory map."""

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_vision.data import ImageSet
from gan_vision.data.image_set import RowSubset, choose_rows, shuffled


def numbered(count, channels=1) -> ImageSet:
    """Image i is filled with i."""
    images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 4, 6, channels)).copy()
    return ImageSet(images, np.arange(count) % 3, ("a", "b", "c"), "numbered")


BAD_SETS = {
    "float images": (np.zeros((2, 4, 4, 3)), None, (), r"`images` must be uint8 .* Received: float64 \(2, 4, 4, 3\)"),
    "three axes": (np.zeros((2, 4, 4), np.uint8), None, (), r"`images` must be uint8"),
    "two channels": (np.zeros((2, 4, 4, 2), np.uint8), None, (), r"1 or 3"),
    "no images": (np.zeros((0, 4, 4, 3), np.uint8), None, (), r"images has no images"),
    "too few labels": (np.zeros((2, 4, 4, 3), np.uint8), np.array([1]), (), r"Received: 1 labels, 2 images"),
    "float labels": (np.zeros((1, 4, 4, 3), np.uint8), np.array([1.5]), (), r"`labels` must be whole numbers"),
    "label too high": (np.zeros((2, 4, 4, 3), np.uint8), np.array([0, 2]), ("a", "b"), r"must be 0..1. Received: values from 0 to 2"),
    "label beyond int32": (np.zeros((2, 4, 4, 3), np.uint8), np.array([0, 2**33]), (), r"must be 0..2147483647. Received: values from 0 to 8589934592"),
    "words as attributes": (np.zeros((1, 4, 4, 3), np.uint8), np.array([["a", "b"]]), (), r"whole numbers \(n,\) or attributes \(n, k\). Received: <U1 \(1, 2\)"),
    "NaN attributes": (np.zeros((1, 4, 4, 3), np.uint8), np.array([[0, np.nan]]), (), r"attributes of 0 or 1. Received: 1 of 2 are NaN"),
    "negative label": (np.zeros((1, 4, 4, 3), np.uint8), np.array([-1]), (), r"values from -1 to -1"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_SETS)
def test_arrays_that_do_not_fit_are_refused(case):
    images, labels, names, message = BAD_SETS[case]
    with pytest.raises(DataError, match=message):
        ImageSet(images, labels, names)


def test_labels_become_int32():
    assert numbered(5).labels.dtype == np.int32


def test_attributes_become_float32():
    images = ImageSet(np.zeros((2, 4, 4, 3), np.uint8), np.array([[True, False], [False, False]]))
    assert images.labels.dtype == np.float32


def test_the_representation_is_one_short_line():
    assert repr(numbered(5)) == "<ImageSet numbered: 5 images 4x6x1, 3 classes>"


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


def test_the_split_is_the_same_on_every_machine():
    # Golden: a change here changes what resumed runs train on.
    assert shuffled(10, 0).tolist() == [8, 1, 2, 4, 0, 6, 7, 3, 9, 5]


def test_shuffled_is_a_permutation_for_any_seed():
    for seed in (0, 1, -1, 2**63, 2**70):
        assert sorted(shuffled(50, seed)) == list(range(50))


def test_neighbouring_seeds_give_unrelated_orders():
    orders = np.array([shuffled(1000, seed) for seed in range(4)])
    assert np.abs(np.corrcoef(orders)[np.triu_indices(4, 1)]).max() < 0.12  # 3.8 standard errors of 1/sqrt(1000)


def test_every_image_is_held_out_by_some_seed():
    held_out = [set(numbered(20).split(0.25, seed)[1].images[:, 0, 0, 0].tolist()) for seed in range(60)]
    assert set.union(*held_out) == set(range(20))


def test_a_fraction_of_zero_gives_no_validation_images():
    train, validation = numbered(5).split(0)
    assert len(train) == 5
    assert validation is None


def test_a_sources_own_validation_images_are_used():
    own = numbered(4)
    images = ImageSet(np.zeros((9, 4, 6, 1), np.uint8), held_out=own)
    train, validation = images.split(0.5, seed=3)
    assert (len(train), validation, train.held_out) == (9, own, None)


def test_defaults_of_the_split_come_from_the_set():
    images = ImageSet(numbered(100).images, validation=0.3, seed=7)
    assert np.array_equal(images.split()[1].images, images.split(0.3, 7)[1].images)


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, float("nan")])
def test_a_wrong_fraction_is_refused(fraction):
    with pytest.raises(ConfigError, match=r"`validation` must be a fraction in \[0, 1\)"):
        numbered(5).split(fraction)


def test_one_image_cannot_be_split():
    with pytest.raises(DataError, match=r"numbered has 1 image, which cannot be split .* `validation`=0"):
        numbered(1).split(0.1)


# ------------------------------------------------------------------------------------------- memory map


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "images.npy", numbered(100).images)
    return ImageSet(np.load(tmp_path / "images.npy", mmap_mode="r"), np.arange(100) % 3)


def test_the_split_of_a_memory_map_copies_nothing(mapped):
    train, validation = mapped.split(0.2, seed=1)
    assert isinstance(train.images, RowSubset)
    expected = numbered(100).split(0.2, seed=1)
    assert np.array_equal(np.asarray(train.images), expected[0].images)
    assert np.array_equal(np.asarray(validation.images), expected[1].images)


def test_a_split_of_a_split_still_works(mapped):
    again = mapped.split(0.2)[0].split(0.5)[0]
    assert np.array_equal(np.asarray(again.images)[:, 0, 0, 0] % 3, again.labels)


@pytest.mark.parametrize("index", [3, slice(2, 9, 3), np.array([5, 1]), [5, 1], -1, (slice(None), 0, 0, 0), (2, slice(1)), (slice(3), slice(None), 2)], ids=str)
def test_rows_are_indexed_like_the_array_they_stand_for(mapped, index):
    subset = mapped.split(0.2)[0].images
    assert np.array_equal(subset[index], np.asarray(subset)[index])
    assert subset.nbytes == np.asarray(subset).nbytes


# ------------------------------------------------------------------------------------------ fingerprint


def test_equal_content_has_an_equal_fingerprint_wherever_it_lies(mapped):
    assert mapped.fingerprint == numbered(100).fingerprint
    assert len(mapped.fingerprint) == 64


def test_one_changed_pixel_label_or_order_changes_the_fingerprint():
    images = numbered(2000).images
    changed = images.copy()
    changed[1999, 3, 5, 0] ^= 1
    labels = np.arange(2000) % 3
    prints = {ImageSet(images).fingerprint, ImageSet(changed).fingerprint, ImageSet(images[::-1]).fingerprint,
              ImageSet(images, labels).fingerprint, ImageSet(images, labels[::-1]).fingerprint,
              ImageSet(images.reshape(2000, 6, 4, 1)).fingerprint}  # fmt: skip
    assert len(prints) == 6


# ------------------------------------------------------------------------------------------------ limit


def test_a_limit_draws_sorted_rows_by_seed():
    rows = choose_rows(100, 10, 3)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert len(rows) == 10
    assert rows.tolist() != choose_rows(100, 10, 4).tolist()


def test_a_limit_above_the_count_takes_everything():
    assert choose_rows(5, 9, 0).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit):
    with pytest.raises(ConfigError, match="`limit` must be at least 1"):
        choose_rows(5, limit, 0)


# ----------------------------------------------------------------------------------------------- loader


def batches(loader, count):
    return [{key: value.numpy() for key, value in batch.items()} for batch in loader.dataset(steps=count)]


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1), (-0.5, 2)])
def test_batches_are_float32_in_the_range_asked_for(value_range):
    images = ImageSet(np.array([0, 255, 51, 102], np.uint8).reshape(4, 1, 1, 1))
    (batch,) = batches(images.loader(4, seed=0, value_range=value_range, shuffle=False), 1)
    low, high = value_range
    assert batch["real"].dtype == np.float32
    np.testing.assert_allclose(batch["real"].ravel(), low + (high - low) * np.array([0, 1, 0.2, 0.4]), atol=1e-6)


def test_batches_carry_labels_only_if_there_are_some():
    assert batches(numbered(6).loader(2, seed=0), 1)[0]["label"].dtype == np.int32
    assert set(batches(ImageSet(numbered(6).images).loader(2, seed=0), 1)[0]) == {"real"}


def test_labels_stay_with_their_images_in_batches():
    for batch in batches(numbered(30).loader(8, seed=1, value_range=(0, 255)), 8):
        assert np.array_equal(batch["label"], batch["real"][:, 0, 0, 0].round() % 3)


def test_an_epoch_shows_every_image_once():
    seen = [batch["real"][:, 0, 0, 0] for batch in batches(numbered(30).loader(10, seed=1, value_range=(0, 255)), 3)]
    assert sorted(np.concatenate(seen).round().tolist()) == list(range(30))


def test_batches_of_a_memory_mapped_split_equal_those_in_memory(mapped):
    expected = ImageSet(mapped.images[:], mapped.labels).split(0.2)[0]
    pairs = zip(batches(mapped.split(0.2)[0].loader(8, seed=1), 12), batches(expected.loader(8, seed=1), 12), strict=True)
    assert all(np.array_equal(a["real"], b["real"]) for a, b in pairs)


def lopsided(count):
    """Left column 0, right column 255: mirroring shows."""
    images = np.zeros((count, 1, 2, 1), np.uint8)
    images[:, :, 1] = 255
    return ImageSet(images)


def flips(steps, **options):
    found = batches(lopsided(64).loader(64, flip=True, **options), steps)
    return np.array([batch["real"][:, 0, 0, 0] > 0 for batch in found])


def test_about_half_of_the_images_are_mirrored():
    drawn = flips(40, seed=3)
    assert abs(drawn.mean() - 0.5) < 0.04  # 4 standard errors of 2560 coins
    assert np.abs(drawn.mean(axis=1) - 0.5).max() < 0.25  # each batch too


def test_mirroring_is_drawn_anew_for_every_image_and_epoch():
    drawn = flips(40, seed=3, shuffle=False).astype(float)
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 0.4
    correlation = np.corrcoef(drawn)[np.triu_indices(40, 1)]
    assert np.abs(correlation.mean()) < 0.02


def test_mirroring_is_a_function_of_seed_and_step():
    images = lopsided(64)
    whole = batches(images.loader(16, seed=5, flip=True), 8)
    resumed = [batch["real"].numpy() for batch in images.loader(16, seed=5, flip=True).dataset(start=5, steps=3)]
    assert all(np.array_equal(a["real"], b) for a, b in zip(whole[5:], resumed, strict=True))
    assert not np.array_equal(flips(1, seed=5), flips(1, seed=6))


def test_mirroring_turns_the_whole_image():
    image = np.arange(24, dtype=np.uint8).reshape(1, 4, 2, 3)
    found = {batch["real"].round().astype(np.uint8).tobytes()
             for batch in batches(ImageSet(image).loader(1, seed=0, flip=True, value_range=(0, 255)), 20)}  # fmt: skip
    assert found == {image.tobytes(), image[:, :, ::-1].tobytes()}


def test_without_flip_nothing_is_mirrored():
    assert not (batches(lopsided(8).loader(8, seed=0), 1)[0]["real"][:, 0, 0, 0] > 0).any()


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(DataError, match="numbered has 3 examples but the batch size is 4"):
        numbered(3).loader(4, seed=0)


def test_an_empty_value_range_is_refused():
    with pytest.raises(ConfigError, match=r"`value_range` must be \(low, high\)"):
        numbered(3).loader(2, seed=0, value_range=(1, -1))
