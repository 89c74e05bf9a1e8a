"""gan_vision.data.fields.vector"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import DataError
from gan_vision.data.fields import Origin, Vector

ORIGIN = Origin("texts", lambda row: f"bird_{row} of texts")


def test_numbers_become_float32():
    assert Vector(2).checked(np.array([[1, 2]]), "vector", ORIGIN).dtype == np.float32


def test_the_device_gets_them_as_they_are_and_a_sheet_nothing():
    values = tf.constant([[1.0, 2.0]])
    assert Vector(2).prepared("vector", values, (-1, 1)) == {"vector": values}
    assert (Vector(2).pictures(values), Vector(2).texts(values)) == (None, None)


@pytest.mark.parametrize(("values", "message"), [
    (np.zeros((3, 4)), r"`vector` of texts must be vectors of 2 numbers, \(n, 2\). Received: float64 \(3, 4\)"),
    (np.zeros(3), r"Received: float64 \(3,\)"),
    (np.array([[0, 1], [2, np.inf]]), "`vector` of bird_1 of texts must be finite. Found: inf at position 1")])
def test_what_is_no_vector_is_refused(values, message):
    with pytest.raises(DataError, match=message):
        Vector(2).checked(values, "vector", ORIGIN)
