"""gan_vision.data.fields.label_map"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError, DataError
from gan_vision.data.fields import LabelMap, Origin
from gan_vision.data.fields.label_map import PALETTE

ORIGIN = Origin("streets", lambda row: f"frame{row}.png of streets")


def test_ids_become_one_hot_and_ignored_ids_share_the_last_channel():
    ids = tf.constant([[[0, 2], [255, 1]]], tf.uint8)
    found = LabelMap(3, ignore=(255, 1)).prepared("labels", ids, (-1, 1))["labels"]
    assert found.dtype == tf.float32
    assert found.numpy().tolist() == [[[[1, 0, 0, 0], [0, 0, 1, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]]]]


@pytest.mark.parametrize(("classes", "ignore", "dtype"), [(256, (), np.uint8), (257, (), np.uint16), (3, (255,), np.uint8),
                                                         (3, (300,), np.uint16)])
def test_ids_are_stored_in_as_few_bytes_as_hold_them(classes, ignore, dtype):
    kind = LabelMap(classes, ignore)
    assert kind.dtype == dtype
    assert kind.checked(np.zeros((1, 2, 2), np.uint16), "labels", ORIGIN).dtype == dtype


@pytest.mark.parametrize(("values", "message"), [
    (np.array([[[0, 1]], [[7, 40]]], np.uint8),
     r"`labels` of frame1.png of streets: found the id 40 at the pixel in row 0, column 1; expected 0..34. Raise `classes`, or name it in `ignore`"),
    (np.zeros((1, 2, 2), np.int64), r"`labels` of streets must be a label map, uint8 or uint16 .* Received: int64 \(1, 2, 2\)"),
    (np.zeros((1, 2, 2, 1), np.uint8), r"Received: uint8 \(1, 2, 2, 1\)")])
def test_what_is_no_label_map_is_refused_with_the_file_and_the_value(values, message):
    with pytest.raises(DataError, match=message):
        LabelMap(35).checked(values, "labels", ORIGIN)


def test_minus_one_is_what_sixteen_bits_make_of_it():
    assert LabelMap(3, ignore=(-1,)).ignore == (65535,)


def test_ignored_ids_pass():
    assert LabelMap(35, ignore=(255,)).checked(np.full((1, 2, 2), 255, np.uint8), "labels", ORIGIN).max() == 255


@pytest.mark.parametrize("options", [{"classes": 0}, {"classes": 70_000}, {"classes": 3, "ignore": (-2,)}])
def test_impossible_ids_are_refused(options):
    with pytest.raises(ConfigError, match=r"`classes` must be 1..65536"):
        LabelMap(**options)


def test_it_is_shown_in_a_fixed_palette_of_256_colours():
    shown = LabelMap(300).pictures(np.array([[[0, 1, 2, 257]]], np.uint16))
    assert shown.tolist() == [[[[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 0, 0]]]]
    assert len(np.unique(PALETTE, axis=0)) == 256


def test_another_size_holds_no_id_that_was_not_there():
    ids = np.random.default_rng(0).choice(np.array([3, 7, 26], np.uint8), (13, 17))
    assert set(np.unique(LabelMap(35).resized(ids, (6, 8)))) <= {3, 7, 26}


def test_padding_is_ignored_where_an_id_says_so():
    assert LabelMap(35, ignore=(255,)).resized(np.zeros((2, 4), np.uint8), 4, fit="pad")[0, 0] == 255
