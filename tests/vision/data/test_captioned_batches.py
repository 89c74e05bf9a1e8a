"""gan_vision.data.captioned_batches: captions and wrong pictures, drawn by the seed of each example."""

import collections

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import DataError
from gan_vision.data import Columns, Examples
from gan_vision.data.captioned_batches import captioned_loader, choose_captions
from gan_vision.data.fields import ClassLabel, Photo, TextVectors

CLASSES = [0, 0, 0, 1, 0, 2, 0, 2]  # of one class there is a single picture


def examples(labels=CLASSES, count=8, captions=3):
    """Picture i is of gray i, its caption k the vector (i + 1, k + 1); picture 7 has one caption."""
    text = np.stack([[(row + 1, number + 1) for number in range(captions)] for row in range(count)]).astype(np.float32)
    text[-1, 1:] = 0
    pictures = np.tile(np.arange(count, dtype=np.uint8)[:, None, None, None], (1, 4, 4, 1))
    columns = {"real": pictures, "text": text}
    fields = {"real": Photo(1), "text": TextVectors(2, captions)}
    if labels is not None:
        columns["label"], fields["label"] = np.array(labels), ClassLabel(("a", "b", "c"))
    return Examples(Columns(columns), fields)


def drawn(loader, steps):
    return [{name: values.numpy() for name, values in batch.items()} for batch in loader.dataset(steps=steps)]


def test_a_wrong_picture_is_never_of_the_class_of_the_right_one():
    classes = np.array(CLASSES)
    for batch in drawn(captioned_loader(examples(), 8, seed=0), 50):
        right, wrong = batch["real"][:, 0, 0, 0], batch["mismatched"][:, 0, 0, 0]
        assert not np.any(classes[right] == classes[wrong])


def test_every_picture_of_another_class_is_as_likely():
    pairs = collections.Counter()
    for batch in drawn(captioned_loader(examples(), 8, seed=1), 600):
        pairs.update(zip(batch["real"][:, 0, 0, 0].tolist(), batch["mismatched"][:, 0, 0, 0].tolist(), strict=True))
    for row, kind in enumerate(CLASSES):
        counts = [pairs[row, other] for other, theirs in enumerate(CLASSES) if theirs != kind]
        expected = 600 / len(counts)
        assert sum((count - expected)**2 / expected for count in counts) < 25  # chi square, 3 to 6 degrees: p < 0.0003


def test_without_classes_any_other_picture_is_wrong():
    for batch in drawn(captioned_loader(examples(None), 8, seed=0), 30):
        assert not np.any(batch["real"][:, 0, 0, 0] == batch["mismatched"][:, 0, 0, 0])


def test_any_other_picture_is_wrong_where_classes_shall_not_count():
    seen = set()
    for batch in drawn(captioned_loader(examples(), 8, seed=0, mismatched="picture"), 60):
        seen.update(zip(batch["real"][:, 0, 0, 0].tolist(), batch["mismatched"][:, 0, 0, 0].tolist(), strict=True))
    assert seen == {(row, other) for row in range(8) for other in range(8) if row != other}


def test_captions_are_different_ones_of_the_picture():
    seen = set()
    for batch in drawn(captioned_loader(examples(), 8, seed=0, captions=2), 60):
        for picture, text in zip(batch["real"][:, 0, 0, 0], batch["text"], strict=True):
            present = [tuple(vector) for vector in text.tolist() if any(vector)]
            assert len(present) == len(set(present)) == (1 if picture == 7 else 2)
            assert all(row == picture + 1 for row, _ in present)
            seen.update(present)
    assert len(seen) == 7 * 3 + 1


def test_missing_captions_come_last():
    text = tf.constant([[[0.0], [5.0], [0.0]]])
    assert choose_captions(text, 2, tf.constant([[1, 2]], tf.int64)).numpy().tolist() == [[[5.0], [0.0]]]


def test_batches_depend_on_seed_and_step_alone():
    straight = drawn(captioned_loader(examples(), 4, seed=5, flip=True), 6)
    later = next(iter(captioned_loader(examples(), 4, seed=5, flip=True).dataset(start=4)))
    assert all(np.array_equal(straight[4][name], later[name].numpy()) for name in straight[4])


def test_nothing_wrong_is_drawn_unless_it_is_asked_for():
    assert set(drawn(captioned_loader(examples(), 4, seed=0, mismatched=None), 1)[0]) == {"real", "text", "label"}


def test_pictures_are_cut_and_wrong_ones_too():
    batch = drawn(captioned_loader(examples(), 4, seed=0, crop=2), 1)[0]
    assert batch["real"].shape == batch["mismatched"].shape == (4, 2, 2, 1)


@pytest.mark.parametrize(("labels", "message"), [([1] * 8, r"has the one class 'b'.*--wrong picture")])
def test_one_class_is_refused(labels, message):
    with pytest.raises(DataError, match=message):
        captioned_loader(examples(labels), 4, seed=0)
