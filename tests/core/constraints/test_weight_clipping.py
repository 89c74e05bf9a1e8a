import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.constraints import WeightClipping
from gan_core.errors import ConfigError
from gan_core.layers import SNDense


@pytest.fixture
def critic():
    inner = keras.Sequential([keras.Input((6, 6, 4)), keras.layers.Conv2D(4, 3, name="nested"),
                              keras.layers.LayerNormalization(name="layer")])
    return keras.Sequential([
        keras.Input((6, 6, 4)), inner, keras.layers.BatchNormalization(name="batch"),
        keras.layers.GroupNormalization(2, name="group"), keras.layers.Flatten(),
        SNDense(3, name="spectral"), keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones", name="last")])


def test_kernels_and_biases_end_within_the_limit(critic):
    WeightClipping(0.01)([critic])
    for name in ("last", "spectral"):
        kernel = np.asarray(critic.get_layer(name).kernel)
        assert 0.0099 < np.abs(kernel).max() <= np.float32(0.01)
    nested = critic.layers[0].get_layer("nested")
    assert np.abs(nested.kernel).max() <= np.float32(0.01)
    np.testing.assert_allclose(critic.get_layer("last").bias, 0.01)


def test_normalisation_layers_keep_their_scales_and_statistics(critic):
    WeightClipping(0.01)([critic])
    layers = [critic.get_layer("batch"), critic.get_layer("group"), critic.layers[0].get_layer("layer")]
    for layer in layers:
        np.testing.assert_array_equal(layer.gamma, np.ones(4))
    np.testing.assert_array_equal(layers[0].moving_variance, np.ones(4))


def test_weights_within_the_limit_are_left_alone(critic):
    before = critic.get_weights()
    WeightClipping(2.0)([critic])
    for old, new in zip(before, critic.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_every_discriminator_is_clipped(critic):
    second = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    WeightClipping(0.1)([critic, second])
    np.testing.assert_allclose(second.layers[0].kernel, 0.1)
    np.testing.assert_allclose(critic.get_layer("last").kernel, 0.1)


def test_it_works_inside_a_graph(critic):
    tf.function(lambda: WeightClipping(0.01)([critic]))()
    np.testing.assert_allclose(critic.get_layer("last").kernel, 0.01)


def test_a_limit_of_zero_is_refused():
    with pytest.raises(ConfigError, match=r"`limit` must be positive and finite. Received: limit=0"):
        WeightClipping(0)


def test_the_share_of_weights_that_were_at_or_beyond_the_limit():
    """Of three weights and a bias: one beyond, one at the limit, two within."""
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    network.set_weights([np.array([[0.5], [-0.25], [0.1]], "float32"), np.array([0.0], "float32")])
    assert float(WeightClipping(0.25)([network])["clipped_share"]) == 0.5
    assert WeightClipping.reports == ("clipped_share",)
