import numpy as np
import pytest
import tensorflow as tf

from gan_vision.layers import InstanceMean

IDS = np.array([[[26001, 26001, 26002], [7, 7, 26002]], [[7, 7, 7], [7, 0, 65535]]])


def means(values, ids):
    """Object by object, in NumPy."""
    result = np.empty_like(values)
    for picture, instances, mean in zip(values, ids, result, strict=True):
        for instance in np.unique(instances):
            mean[instances == instance] = picture[instances == instance].mean(0)
    return result


@pytest.mark.parametrize("dtype", ["int32", "uint16"])
def test_every_pixel_gets_the_mean_of_its_instance_in_its_picture(dtype):
    values = np.random.default_rng(0).normal(size=(2, 2, 3, 4)).astype("float32")
    found = InstanceMean()(values, tf.constant(IDS.astype(dtype)))
    np.testing.assert_allclose(found, means(values, IDS), rtol=1e-5, atol=1e-6)


def test_an_id_is_another_instance_in_another_picture():
    values = np.zeros((2, 2, 3, 1), "float32")
    values[1] = 6
    np.testing.assert_array_equal(InstanceMean()(values, tf.constant(IDS)), values)


def test_the_gradient_is_shared_by_the_pixels_of_an_instance():
    values = tf.Variable(tf.zeros((2, 2, 3, 1)))
    with tf.GradientTape() as tape:
        corner = InstanceMean()(values, tf.constant(IDS))[0, 0, 0, 0]
    expected = np.zeros((2, 2, 3, 1))
    expected[0, 0, :2] = 0.5
    np.testing.assert_allclose(tape.gradient(corner, values), expected)


def test_it_runs_in_a_graph_whose_batch_is_not_known():
    traced = tf.function(InstanceMean(), input_signature=[tf.TensorSpec((None, 2, 3, 1)), tf.TensorSpec((None, 2, 3), tf.int32)])
    values = np.arange(12, dtype="float32").reshape(2, 2, 3, 1)
    np.testing.assert_allclose(traced(values, IDS.astype("int32")), means(values, IDS))
