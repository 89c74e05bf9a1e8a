import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment, Chain, DiffAugment, FixedAugment, InstanceNoise
from gan_core.errors import ConfigError
from gan_core.random import Stream

IMAGES = tf.constant(np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)), tf.float32)


def test_augmentations_follow_each_other():
    stream, cutout, noise = Stream(0, 0), DiffAugment("cutout"), InstanceNoise(0.1)
    expected = noise(cutout(IMAGES, stream.scoped("0")), stream.scoped("1"))
    np.testing.assert_array_equal(Chain(cutout, noise)(IMAGES, stream), expected)


def test_equal_parts_draw_independently():
    noise = Chain(InstanceNoise(0.1), InstanceNoise(0.1))(tf.zeros((100, 100)), Stream(0, 0))
    assert np.std(noise) == pytest.approx(0.1 * 2**0.5, rel=0.03)


def test_the_boundary_is_needed_if_one_part_needs_it():
    assert Chain(InstanceNoise(), AdaptiveAugment()).needs_boundary
    assert not Chain(InstanceNoise(), DiffAugment()).needs_boundary


def test_updates_and_reports_reach_the_parts():
    chain = Chain(InstanceNoise(), AdaptiveAugment("keras_example"))
    chain.update(tf.ones((4, 1)))
    assert float(chain.report()["aug_p"]) == pytest.approx(0.15 / 1000)


def test_the_state_of_the_parts_is_tracked():
    assert "aug_p" in {weight.name for weight in Chain(InstanceNoise(), AdaptiveAugment()).weights}


def test_a_warning_of_a_part_is_passed_on():
    adaptive = AdaptiveAugment(initial=0.9)
    adaptive.updates_above.assign(1000)
    with pytest.warns(UserWarning, match="augmentation leak"):
        assert "0.8" in Chain(InstanceNoise(), adaptive).warning()


def test_it_comes_back_from_its_configuration():
    chain = Chain(FixedAugment(0.5, transforms="bg"), InstanceNoise(0.1, steps=10))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(chain))
    np.testing.assert_array_equal(copy(IMAGES, Stream(0, 1)), chain(IMAGES, Stream(0, 1)))


@pytest.mark.parametrize(("parts", "received"), [((), "None"), ((InstanceNoise(), "color"), "'color'")])
def test_anything_but_augmentations_is_refused(parts, received):
    with pytest.raises(ConfigError, match=rf"one or more `augmentations`. Received: {received}"):
        Chain(*parts)
