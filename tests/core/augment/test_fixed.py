import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import FixedAugment, Pipeline
from gan_core.errors import ConfigError
from gan_core.game.schedules import Cosine
from gan_core.random import Stream

IMAGES = tf.constant(np.random.default_rng(0).uniform(0, 1, (5, 8, 8, 3)), tf.float32)


def test_it_is_the_pipeline_at_its_probability():
    expected = Pipeline("bg", value_range=(0, 1))(IMAGES, 0.6, Stream(1, 2))
    np.testing.assert_array_equal(FixedAugment(0.6, transforms="bg", value_range=(0, 1))(IMAGES, Stream(1, 2)), expected)


def test_it_comes_back_from_its_configuration():
    augment = FixedAugment(0.6, transforms=("x_flip", "hue"), value_range=(0, 1), resample="antialiased")
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augment))
    np.testing.assert_array_equal(copy(IMAGES, Stream(1, 2)), augment(IMAGES, Stream(1, 2)))


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_a_probability_outside_the_unit_interval_is_refused(probability):
    with pytest.raises(ConfigError, match=r"`probability` must lie in \[0, 1\]. Received: probability="):
        FixedAugment(probability)


def test_a_probability_may_be_a_function_of_the_step():
    augment = FixedAugment(Cosine(0.0, 1.0, 10), transforms="bg", value_range=(0, 1))
    np.testing.assert_array_equal(augment(IMAGES, Stream(1, 0)), IMAGES)
    np.testing.assert_array_equal(augment(IMAGES, Stream(1, 5)), Pipeline("bg", value_range=(0, 1))(IMAGES, 0.5, Stream(1, 5)))


def test_a_schedule_comes_back_from_its_configuration():
    augment = FixedAugment(Cosine(0.0, 1.0, 10), transforms="bg", value_range=(0, 1))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augment))
    np.testing.assert_array_equal(copy(IMAGES, Stream(1, 7)), augment(IMAGES, Stream(1, 7)))
