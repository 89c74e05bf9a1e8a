"""Captions as numbers of words: the mean of the vectors of those that are there."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import DataError
from gan_vision.data.fields.caption_codes import CaptionCodes
from gan_vision.data.fields.kind import Origin


class Sums:
    """An encoder whose vector is the sum of the codes, twice."""

    words, runs, size = 2, 3, 2

    def __call__(self, codes):
        total = tf.cast(tf.reduce_sum(codes, [1, 2]), tf.float32)
        return tf.stack([total, -total], 1)


KIND = CaptionCodes(Sums(), 2)
CODES = np.array([[[[1, 2, 0], [0, 0, 0]], [[3, 4, 0], [5, 0, 0]]], [[[6, 0, 0], [0, 0, 0]], np.zeros((2, 3))]], np.int32)


def test_the_vector_is_the_mean_over_the_captions_that_are_there():
    found = KIND.prepared("text", CODES, (-1, 1))["text"].numpy()
    assert found.tolist() == [[(3 + 12) / 2, -(3 + 12) / 2], [6.0, -6.0]]


def test_some_of_the_captions_may_have_been_chosen():
    assert KIND.prepared("text", CODES[:, 1:], (-1, 1))["text"].numpy().tolist() == [[12.0, -12.0], [0.0, 0.0]]


def test_no_gradient_reaches_the_encoder():
    weight = tf.Variable(2.0)

    class Weighted(Sums):
        def __call__(self, codes):
            return weight * super().__call__(codes)

    with tf.GradientTape() as tape:
        total = tf.reduce_sum(CaptionCodes(Weighted(), 2).prepared("text", CODES, (-1, 1))["text"] ** 2)
    assert tape.gradient(total, weight) is None


def test_codes_of_another_form_are_refused():
    with pytest.raises(DataError, match=r"`text` of birds must be codes of captions, int32 \(n, 2, 2, 3\)"):
        KIND.checked(CODES[:, :1], "text", Origin.of_rows("birds"))
