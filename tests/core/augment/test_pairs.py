"""Samples and the pictures of their condition move together: the same draws for both, or a refusal."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment, Chain, DiffAugment, FixedAugment, InstanceNoise
from gan_core.augment.base import moving_maps
from gan_core.errors import ConfigError
from gan_core.random import Stream

STREAM = Stream(3, 5)
PICTURES = tf.constant(np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 3)).astype("float32"))
BLIT = ("x_flip", "rotate90", "integer_translation")
GEOMETRY = {
    "fixed": lambda: FixedAugment(0.8, transforms="bg"),
    "antialiased": lambda: FixedAugment(0.8, transforms="bg", resample="antialiased"),
    "adaptive": lambda: AdaptiveAugment("keras_example", initial=0.8),
    "adaptive, as in the paper": lambda: AdaptiveAugment("paper", transforms="bg", initial=0.8),
    "diffaugment": lambda: DiffAugment("translation"),
    "chain": lambda: Chain(FixedAugment(0.8, transforms="bg"), DiffAugment("translation")),
}


@pytest.mark.parametrize("kind", GEOMETRY)
def test_a_picture_equal_to_the_sample_stays_equal_to_it(kind):
    samples, condition = GEOMETRY[kind]().pair(PICTURES, {"source": PICTURES}, STREAM)
    np.testing.assert_allclose(condition["source"], samples, atol=1e-5)
    assert float(tf.reduce_max(tf.abs(samples - PICTURES))) > 0.1


@pytest.mark.parametrize("kind", GEOMETRY)
def test_the_sample_is_what_it_is_without_a_condition(kind):
    augment = GEOMETRY[kind]()
    together, _ = augment.pair(PICTURES, {"source": PICTURES[..., :1]}, STREAM)
    np.testing.assert_array_equal(together, augment(PICTURES, STREAM))


def test_a_map_of_ids_follows_its_pixels_and_gets_no_id_that_was_not_there():
    ids = np.arange(64).reshape(1, 8, 8).repeat(16, 0)
    pictures = tf.constant(ids[..., None] / 32 - 1, tf.float32)
    for form in (tf.constant(ids, tf.int32), tf.constant(ids[..., None], tf.int32), tf.constant(ids, tf.uint16)):
        samples, condition = FixedAugment(1.0, transforms=BLIT).pair(pictures, {"ids": form}, STREAM)
        assert (condition["ids"].dtype, condition["ids"].shape) == (form.dtype, form.shape)
        np.testing.assert_allclose(np.reshape(condition["ids"], (16, 8, 8)) / 32 - 1, samples[..., 0], atol=1e-6)


def test_a_label_map_stays_one_hot_and_a_picture_does_not():
    classes = tf.one_hot(tf.random.stateless_uniform((16, 8, 8), (1, 2), 0, 3, tf.int32), 3)
    turn = FixedAugment(1.0, transforms=("pre_rotation",))
    _, moved = turn.pair(PICTURES, {"classes": classes}, STREAM, label_maps=["classes"])
    assert set(np.unique(moved["classes"])) == {0.0, 1.0}
    np.testing.assert_array_equal(tf.reduce_sum(moved["classes"], -1), np.ones((16, 8, 8)))
    _, interpolated = turn.pair(PICTURES, {"classes": classes}, STREAM)
    assert len(np.unique(interpolated["classes"])) > 100


@pytest.mark.parametrize("kind", ["color", "filter", "noise", "cutout"])
def test_what_is_no_geometry_touches_the_sample_only(kind):
    samples, condition = FixedAugment(1.0, transforms=kind).pair(PICTURES, {"source": PICTURES}, STREAM)
    np.testing.assert_array_equal(condition["source"], PICTURES)
    assert float(tf.reduce_max(tf.abs(samples - PICTURES))) > 0.01


@pytest.mark.parametrize(("name", "value"), [
    ("label", tf.range(16)), ("attributes", tf.ones((16, 40))), ("text", tf.ones((16, 20, 5))),
    ("ids of words", tf.ones((16, 8), tf.int32)), ("grey without a channel", tf.random.normal((16, 8, 8)))])
def test_classes_vectors_and_texts_are_left_alone(name, value):
    _, condition = FixedAugment(1.0, transforms="bg").pair(PICTURES, {name: value}, STREAM)
    assert condition[name] is value


@pytest.mark.parametrize(("value", "label_maps"), [
    (tf.ones((16, 4, 4, 3)), ()), (tf.ones((16, 8, 9, 1)), ()), (tf.ones((16, 2, 8, 8, 3)), ()), (tf.ones((16, 5)), ["map"])])
def test_a_picture_that_cannot_move_with_the_sample_is_refused(value, label_maps):
    with pytest.raises(ConfigError, match=r"the condition `map` must have the height and width of the samples.*Resize it"):
        moving_maps(PICTURES, {"map": value}, label_maps)


def test_augmentation_that_moves_nothing_asks_nothing_of_the_condition():
    odd = tf.ones((16, 4, 4, 3))
    samples, condition = InstanceNoise(0.1).pair(PICTURES, {"small": odd}, STREAM)
    assert condition["small"] is odd
    assert samples.shape == PICTURES.shape


def test_shapes_and_sizes_are_known_in_a_graph():
    def run(samples, ids):
        return FixedAugment(0.5, transforms="bg").pair(samples, {"ids": ids}, STREAM)

    graph = tf.function(run, autograph=False).get_concrete_function(
        tf.TensorSpec((None, 8, 8, 3)), tf.TensorSpec((None, 8, 8), tf.int32))
    assert [tuple(shape) for shape in (graph.output_shapes[0], graph.output_shapes[1]["ids"])] == [(None, 8, 8, 3), (None, 8, 8)]
