import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import Augmentation, FixedAugment, InstanceNoise
from gan_core.errors import ConfigError
from gan_core.random import Stream

STREAM = Stream(0, 0)


class Negative(Augmentation):
    def call(self, samples, maps, stream):
        return -samples, maps


def test_by_default_there_is_nothing_to_update_report_or_warn_of():
    augment = Negative()
    augment.update(tf.ones((3, 1)))
    assert (augment.report(), augment.warning(), augment.needs_boundary, augment.weights) == ({}, None, False, [])


def test_the_shape_is_known_in_a_graph():
    run = tf.function(lambda images: Negative()(images, STREAM), autograph=False)
    graph = run.get_concrete_function(tf.TensorSpec((None, 4, 4, 3)))
    assert graph.output_shapes == (None, 4, 4, 3)


def test_a_mixed_policy_does_not_round_the_samples():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        result = Negative()(tf.fill((1, 1, 1, 1), 0.123456), STREAM)
    finally:
        keras.config.set_dtype_policy("float32")
    assert result.dtype == tf.float32
    np.testing.assert_allclose(result, -0.123456, atol=1e-7)


@pytest.mark.parametrize(("augment", "samples", "message"), [
    (FixedAugment(), tf.zeros((2, 8, 8, 3), tf.uint8), r"augments float samples. Received: samples.dtype=uint8. Scale"),
    (FixedAugment(), tf.zeros((2, 16)), r"augments images \(batch, height, width, channels\).*samples.shape=\(2, 16\)"),
    (InstanceNoise(), tf.zeros((2, 16), tf.int32), r"InstanceNoise augments float samples"),
])
def test_samples_that_cannot_be_augmented_are_refused(augment, samples, message):
    with pytest.raises(ConfigError, match=message):
        augment(samples, STREAM)
