"""gan_vision.data.preparation: stored values become what networks read, inside the traced step."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream
from gan_vision.data import ClassLabel, InstanceIds, LabelMap, Photo, Vector
from gan_vision.data.preparation import Preparation

FIELDS = {"real": Photo(1), "labels": LabelMap(3), "instances": InstanceIds("both"), "vector": Vector(2), "label": ClassLabel()}
BATCH = {"real": tf.constant(np.arange(2 * 4 * 4).reshape(2, 4, 4, 1), tf.uint8), "labels": tf.ones((2, 4, 4), tf.uint8),
         "instances": tf.constant(np.arange(32).reshape(2, 4, 4) // 8, tf.uint16), "vector": tf.ones((2, 2)),
         "label": tf.constant([1, 2]), "another": tf.constant([3, 4])}


@pytest.mark.parametrize("traced", [False, True])
def test_every_field_gets_the_form_of_its_kind(traced):
    prepare = Preparation(FIELDS, (-1, 1))
    found = (tf.function(prepare) if traced else prepare)(BATCH)
    assert {name: (values.dtype.name, values.shape.as_list()) for name, values in found.items()} == {
        "real": ("float32", [2, 4, 4, 1]), "labels": ("float32", [2, 4, 4, 3]), "instances": ("int32", [2, 4, 4]),
        "instances_edges": ("float32", [2, 4, 4, 1]), "vector": ("float32", [2, 2]), "label": ("int32", [2]),
        "another": ("int32", [2])}


def test_noise_is_added_to_the_photos_named_and_is_that_of_the_step():
    prepare = Preparation(FIELDS, (-1, 1), ("real",))
    plain = Preparation(FIELDS, (-1, 1))(BATCH)["real"]
    noisy = [prepare(BATCH, Stream(1, step))["real"].numpy() for step in (0, 0, 1)]
    assert 0 < np.abs(noisy[0] - plain).max() < 1 / 64
    assert np.array_equal(noisy[0], noisy[1])
    assert not np.array_equal(noisy[0], noisy[2])


def test_noise_does_not_depend_on_the_name_of_the_stream():
    prepare = Preparation(FIELDS, (-1, 1), ("real",))
    assert np.array_equal(prepare(BATCH, Stream(1, 5, "prepare"))["real"], prepare(BATCH, Stream(1, 5, "dequantize"))["real"])


@pytest.mark.parametrize(("options", "message"), [
    ({"value_range": (1, -1)}, r"`value_range` must be \(low, high\) with low < high. Received: value_range=\(1, -1\)"),
    ({"dequantized": ("source",)}, r"only fields can be dequantized. Received: 'source'. Known: instances, label"),
    ({"dequantized": ("vector",)}, r"only photos can be dequantized. Received: 'vector', a Vector"),
])
def test_impossible_preparations_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Preparation(FIELDS, **options)


def test_noise_without_a_stream_is_refused():
    with pytest.raises(ConfigError, match=r"noise needs the random numbers of the step. Received: stream=None"):
        Preparation(FIELDS, (-1, 1), ("real",))(BATCH)
