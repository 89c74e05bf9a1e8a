import numpy as np
import pytest
import tensorflow as tf

from gan_core.testing import check_layer
from gan_vision.layers import GroupedConv2D


def test_it_keeps_the_contract_of_layers():
    check_layer(lambda: GroupedConv2D(8, 3, padding="same", groups=2), inputs=(5, 5, 4), output=(5, 5, 8),
                counts=(3 * 3 * 2 * 8 + 8, 0))


@pytest.fixture
def pair():
    """The layer, and the same as one convolution per group, on one input."""
    layer = GroupedConv2D(12, 3, padding="same", groups=3, use_bias=False)
    x = tf.constant(np.random.default_rng(0).normal(size=(2, 6, 6, 6)), tf.float32)
    layer.build(x.shape)

    def apart(x):
        return tf.concat([tf.nn.conv2d(part, kernel, 1, "SAME") for part, kernel in
                          zip(tf.split(x, 3, -1), tf.split(layer.kernel.value, 3, -1), strict=True)], -1)

    return layer, apart, x


def test_it_is_a_convolution_for_each_group(pair):
    layer, apart, x = pair
    np.testing.assert_allclose(layer(x), apart(x), atol=1e-5)


def second_derivative(function, kernel, x):
    """Of a gradient penalty, in the kernel."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            score = tf.reduce_sum(tf.nn.softplus(function(x)))
        penalty = tf.reduce_sum(inner.gradient(score, x) ** 2)
    return outer.gradient(penalty, kernel)


def test_second_derivatives_are_those_of_the_groups(pair):
    layer, apart, x = pair
    kernel = layer.kernel.value
    np.testing.assert_allclose(second_derivative(layer, kernel, x), second_derivative(apart, kernel, x), rtol=1e-4,
                               atol=1e-4)


def test_it_has_no_xla_on_a_cpu(pair):
    """Keras' own layer compiles grouped convolutions there, which takes a hundred times as long."""
    layer, _, x = pair
    graph = tf.function(lambda x: layer(x)).get_concrete_function(x).graph
    names = {operation.type for operation in graph.get_operations()}
    assert "Conv2D" in names
    assert not any("Partitioned" in name for name in names)
