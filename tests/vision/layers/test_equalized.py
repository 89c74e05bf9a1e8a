import keras
import numpy as np
import pytest

from gan_core.testing import check_layer
from gan_vision.layers import EqualizedConv2D, EqualizedDense

ROOT_TWO = 2**0.5


@pytest.mark.parametrize(("layer", "inputs", "output", "counts"), [
    (lambda: EqualizedDense(3), (5,), (3,), (18, 0)),
    (lambda: EqualizedDense(3, use_bias=False, gain=1.0), (5,), (3,), (15, 0)),
    (lambda: EqualizedConv2D(3, 3, padding="same"), (4, 4, 2), (4, 4, 3), (57, 0)),
])
def test_they_keep_the_contract_of_layers(layer, inputs, output, counts):
    check_layer(layer, inputs=inputs, output=output, counts=counts)


def test_the_learnt_kernel_is_of_unit_variance_and_used_at_gain_over_root_fan_in():
    keras.utils.set_random_seed(0)
    layer = EqualizedConv2D(256, 3, gain=ROOT_TWO)
    layer.build((None, None, None, 32))
    learnt = layer.trainable_weights[0].numpy()
    assert learnt.std() == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(layer.kernel, learnt * ROOT_TWO / (9 * 32) ** 0.5, rtol=1e-6)


def test_the_bias_is_not_scaled():
    layer = EqualizedDense(2, gain=7.0)
    layer.build((None, 3))
    layer.bias.assign([1.0, -2.0])
    np.testing.assert_array_equal(layer(np.zeros((1, 3), "float32")), [[1.0, -2.0]])


def test_the_gradient_of_the_learnt_kernel_is_scaled_too():
    """y = c w x: dy/dw = c x, so that Adam's equal steps change y by c times as much."""
    import tensorflow as tf

    layer = EqualizedDense(1, gain=1.0, use_bias=False)
    layer.build((None, 4))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.constant([[1.0, 2.0, 3.0, 4.0]])))
    np.testing.assert_allclose(tape.gradient(y, layer.trainable_weights[0].value)[:, 0], [0.5, 1.0, 1.5, 2.0])


def test_a_gain_of_root_two_doubles_the_mean_square():
    """What a rectifier then halves again."""
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 8, 8, 64)).astype("float32")
    assert np.var(EqualizedConv2D(128, 3)(x)[:, 1:-1, 1:-1]) == pytest.approx(2 * np.mean(x**2), rel=0.05)


def test_what_is_learnt_is_saved(tmp_path):
    network = keras.Sequential([keras.Input((3,)), EqualizedDense(2)])
    network.save(tmp_path / "n.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "n.keras").get_weights()[0], network.get_weights()[0])
