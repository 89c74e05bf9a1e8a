"""gan_vision.data.geometry: one draw per example moves all of its maps alike."""

import hashlib

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_vision.data import Columns, Examples, InstanceIds, LabelMap, Photo
from gan_vision.data.geometry import JointGeometry


def drawn(examples, steps, batch_size, **options):
    found = examples.loader(batch_size, **options).dataset(steps=steps)
    return [{name: values.numpy() for name, values in batch.items()} for batch in found]


def lopsided(count):
    """Left column 0, right column 255: mirroring shows."""
    images = np.zeros((count, 1, 2, 1), np.uint8)
    images[:, :, 1] = 255
    return Examples.of_images(images)


def flips(steps, **options):
    return np.array([batch["real"][:, 0, 0, 0] > 0 for batch in drawn(lopsided(64), steps, 64, flip=True, **options)])


# --------------------------------------------------------------------------------------------- mirroring


@pytest.mark.parametrize(("value_range", "expected"), [
    ((-1, 1), "bdb43e4538aac6f7de451f29dc9a0d7c20684f57293c732c78187d4fe69b81dc"),
    ((0, 1), "1cc9089c3745dd0bdc6391321f2d6143a2af3c90210b4699e4036ab010305b2f")])
def test_mirrored_photos_have_the_bits_that_the_first_release_gave_them(value_range, expected):
    # Golden, computed before photos travelled as bytes: what networks see of a run must not change.
    images = Examples.of_images((np.arange(24 * 5 * 6 * 3) * 37 % 251).astype(np.uint8).reshape(24, 5, 6, 3))
    prepare = images.prepare(value_range)
    real = np.stack([prepare(batch)["real"] for batch in images.loader(7, seed=11, flip=True).dataset(steps=10)])
    assert real.dtype == np.float32
    assert hashlib.sha256(real.tobytes()).hexdigest() == expected


def test_about_half_of_the_images_are_mirrored():
    mirrored = flips(40, seed=3)
    assert abs(mirrored.mean() - 0.5) < 0.04  # 4 standard errors of 2560 coins
    assert np.abs(mirrored.mean(axis=1) - 0.5).max() < 0.25  # each batch too


def test_mirroring_is_drawn_anew_for_every_image_and_epoch():
    mirrored = flips(40, seed=3, shuffle=False).astype(float)
    assert np.abs(mirrored.mean(axis=0) - 0.5).max() < 0.4
    correlation = np.corrcoef(mirrored)[np.triu_indices(40, 1)]
    assert np.abs(correlation.mean()) < 0.02


def test_mirroring_is_a_function_of_seed_and_step():
    images = lopsided(64)
    whole = drawn(images, 8, 16, seed=5, flip=True)
    resumed = [batch["real"].numpy() for batch in images.loader(16, seed=5, flip=True).dataset(start=5, steps=3)]
    assert all(np.array_equal(a["real"], b) for a, b in zip(whole[5:], resumed, strict=True))
    assert not np.array_equal(flips(1, seed=5), flips(1, seed=6))


def test_mirroring_turns_the_whole_image():
    image = np.arange(24, dtype=np.uint8).reshape(1, 4, 2, 3)
    found = {batch["real"].tobytes() for batch in drawn(Examples.of_images(image), 20, 1, seed=0, flip=True)}
    assert found == {image.tobytes(), image[:, :, ::-1].tobytes()}


def test_without_flip_nothing_is_mirrored():
    assert not (drawn(lopsided(8), 1, 8, seed=0)[0]["real"][:, 0, 0, 0] > 0).any()


# -------------------------------------------------------------------------------------- all maps of an example

ROW, COLUMN = np.mgrid[:6, :9]


def pattern(count=12):
    """Maps that say of each pixel where it came from: all must come from the same place."""
    place = ROW * 9 + COLUMN
    photo = np.stack([ROW, COLUMN, place], -1).astype(np.uint8)
    columns = {"real": photo, "labels": place.astype(np.uint8), "instances": (place + 300).astype(np.uint16)}
    return Examples(Columns({name: np.tile(value, (count, *[1] * value.ndim)) for name, value in columns.items()}),
                    {"real": Photo(3), "labels": LabelMap(54), "instances": InstanceIds()})


@pytest.mark.parametrize("options", [{"flip": True}, {"crop": (4, 5)}, {"flip": True, "crop": 5}], ids=str)
def test_every_pixel_of_every_map_comes_from_the_same_place(options):
    for batch in drawn(pattern(), 6, 12, seed=1, **options):
        place = batch["real"][..., 0].astype(int) * 9 + batch["real"][..., 1]
        assert np.array_equal(batch["real"][..., 2], place)
        assert np.array_equal(batch["labels"], place)
        assert np.array_equal(batch["instances"], place + 300)


def test_a_crop_is_a_connected_part_of_the_picture():
    for batch in drawn(pattern(), 4, 12, seed=1, crop=(4, 5)):
        labels = batch["labels"].astype(int)
        assert labels.shape == (12, 4, 5)
        assert (np.diff(labels, axis=2) == 1).all()
        assert (np.diff(labels, axis=1) == 9).all()


def test_every_place_of_a_crop_is_as_likely_as_the_others():
    corners = np.concatenate([batch["labels"][:, 0, 0] for batch in drawn(pattern(60), 100, 60, seed=4, crop=(4, 5))])
    counts = np.bincount(corners, minlength=54).reshape(6, 9)
    assert (counts[:3, :5] > 0).all()
    assert counts[:3, :5].sum() == 6000
    chi_squared = ((counts[:3, :5] - 400) ** 2 / 400).sum()
    assert abs(chi_squared - 14) < 5 * 28**0.5


def test_examples_of_a_batch_are_moved_differently():
    (batch,) = drawn(pattern(60), 1, 60, seed=4, flip=True, crop=(4, 5))
    assert len(np.unique(batch["labels"].reshape(60, -1), axis=0)) > 15


def test_a_crop_of_the_whole_size_changes_nothing():
    (batch,) = drawn(pattern(), 1, 12, seed=0, crop=(6, 9))
    assert np.array_equal(batch["labels"][0], ROW * 9 + COLUMN)


def test_vectors_and_classes_stay_as_they_are():
    batch = {"real": tf.zeros((2, 4, 4, 3), tf.uint8), "vector": tf.constant([[1.0], [2.0]])}
    moved = JointGeometry(["real"], (4, 4), flip=True)(batch, tf.constant([[1, 2], [3, 4]], tf.int64))
    assert moved["vector"] is batch["vector"]


@pytest.mark.parametrize(("crop", "message"), [
    ((7, 5), r"`crop` must fit into the pictures. Received: crop=\(7, 5\) for 6 x 9 pixels. Load them larger"),
    (0, "`size` must be a whole number")])
def test_a_crop_that_is_no_part_of_the_pictures_is_refused(crop, message):
    with pytest.raises(ConfigError, match=message):
        pattern().loader(2, seed=0, crop=crop)
