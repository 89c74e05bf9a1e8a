"""gan_vision.data.fields.text_vectors"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import DataError
from gan_vision.data.fields import Origin, TextVectors

ORIGIN = Origin("birds", lambda row: f"bird_{row} of birds")
KIND = TextVectors(2, 3)
# Three captions of the first picture, one of the second.
VALUES = np.array([[[1, 2], [3, 4], [5, 0]], [[7, 8], [0, 0], [0, 0]]], np.float64)


def wrong(index, number):
    values = VALUES.copy()
    values[index] = number
    return values


def test_numbers_become_float32():
    found = KIND.checked(VALUES, "text", ORIGIN)
    assert found.dtype == np.float32
    assert np.array_equal(found, VALUES)


def test_a_value_has_a_row_for_each_caption():
    assert KIND.shape((64, 64)) == (3, 2)


def test_the_device_gets_the_mean_over_the_captions_that_there_are():
    found = KIND.prepared("text", tf.constant(VALUES, tf.float32), (-1, 1))
    assert found["text"].numpy().tolist() == [[3, 2], [7, 8]]
    assert found["text"].dtype == tf.float32


def test_some_of_the_rows_have_a_mean_too():
    assert KIND.prepared("text", VALUES[:, :2].astype(np.float32), (-1, 1))["text"].numpy().tolist() == [[2, 3], [7, 8]]
    assert KIND.prepared("text", VALUES[:, 1:].astype(np.float32), (-1, 1))["text"].numpy().tolist() == [[4, 2], [0, 0]]


def test_the_mean_is_taken_in_a_traced_step_of_any_batch():
    step = tf.function(lambda values: KIND.prepared("text", values, (-1, 1))["text"],
                       input_signature=[tf.TensorSpec((None, 3, 2))])
    assert step(tf.constant(VALUES, tf.float32)).numpy().tolist() == [[3, 2], [7, 8]]


def test_a_sheet_shows_nothing():
    assert (KIND.pictures(VALUES), KIND.texts(VALUES)) == (None, None)


@pytest.mark.parametrize(("values", "message"), [
    (VALUES[:, :2], r"`text` of birds must be 3 vectors of 2 numbers for each example, \(n, 3, 2\). Received: float64 \(2, 2, 2\)"),
    (VALUES[0], r"Received: float64 \(3, 2\)"),
    (VALUES.astype(str), "Received: <U"),
    (wrong((1, 0, 1), np.nan), "`text` of bird_1 of birds must be finite. Found: nan at position 1 of the vector of caption 0"),
    (wrong((0, 2, 0), 1e300), "`text` of bird_0 of birds must be finite. Found: inf at position 0 of the vector of caption 2"),
    (wrong(1, 0), "`text` of bird_1 of birds must have a vector that is not all zero. Found: zeros alone"),
])
def test_what_is_no_text_is_refused(values, message):
    with pytest.raises(DataError, match=message):
        KIND.checked(values, "text", ORIGIN)
