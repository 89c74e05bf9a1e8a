import numpy as np
import pytest
import tensorflow as tf

from gan_core.testing import check_layer
from gan_vision.layers import ConditionalBatchNormalization

CODE = np.array([[1, 0], [0, 1], [0, 1]], "float32")


@pytest.mark.parametrize("shape", [(4, 4, 3), (3,)])
def test_it_keeps_the_contract_of_layers(shape):
    check_layer(lambda: ConditionalBatchNormalization(2, momentum=0.9, epsilon=1e-5),
                inputs={"sample": shape, "code": (2,)}, output=shape, counts=(2 * 2 * 3, 2 * 3))


def test_each_image_gets_the_scale_and_shift_of_its_class_after_a_common_normalisation():
    x = np.random.default_rng(0).normal(2, 3, (3, 5, 5, 4)).astype("float32")
    layer = ConditionalBatchNormalization(2, epsilon=1e-3)
    layer.build(x.shape, CODE.shape)
    layer.gamma.assign([[1, 2, 3, 4], [5, 6, 7, 8]])
    layer.beta.assign([[0, 0, 0, 0], [1, -1, 1, -1]])
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    normal = (x - mean) / np.sqrt(variance + 1e-3)
    classes = CODE.argmax(1)
    expected = layer.gamma.numpy()[classes][:, None, None] * normal + layer.beta.numpy()[classes][:, None, None]
    np.testing.assert_allclose(layer(x, CODE, training=True), expected, rtol=1e-4, atol=1e-4)


def test_at_the_start_it_is_plain_batch_normalisation():
    x = tf.random.stateless_normal((3, 4, 4, 2), (0, 1))
    plain = tf.keras.layers.BatchNormalization(momentum=0.9)
    layer = ConditionalBatchNormalization(2, momentum=0.9)
    for training in (True, False):
        np.testing.assert_allclose(layer(x, CODE, training=training), plain(x, training=training), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(layer.normalize.moving_mean, plain.moving_mean, rtol=1e-6)
