import keras
import numpy as np
import pytest

from gan_text.layers import ResidualBlock1D


@pytest.fixture(scope="module")
def block():
    layer = ResidualBlock1D(6, 3)
    layer.build((None, 7, 6))
    return layer


def relu(x):
    return np.maximum(x, 0)


def convolution(x, kernel, bias):
    """Same padding, correlation, in NumPy."""
    size = kernel.shape[0]
    padded = np.pad(x, ((0, 0), (size // 2, size // 2), (0, 0)))
    return sum(padded[:, k:k + x.shape[1]] @ kernel[k] for k in range(size)) + bias


def test_the_output_is_the_input_plus_a_scaled_branch(block):
    x = np.random.default_rng(0).normal(size=(2, 7, 6)).astype(np.float32)
    first, second = (layer.get_weights() for layer in (block.first, block.second))
    branch = convolution(relu(convolution(relu(x), *first)), *second)
    np.testing.assert_allclose(block(x), x + 0.3 * branch, atol=1e-5)


def test_the_two_convolutions_have_weights_of_their_own():
    layer = ResidualBlock1D(6, 3, kernel_initializer=keras.initializers.GlorotUniform())
    layer.build((None, 7, 6))
    assert not np.array_equal(layer.first.kernel, layer.second.kernel)


def test_the_number_of_weights_is_twice_a_convolution(block):
    assert block.count_params() == 2 * (3 * 6 * 6 + 6)


def test_the_configuration_makes_an_equal_layer(block):
    copy = ResidualBlock1D.from_config(block.get_config())
    assert copy.get_config() == block.get_config()
    assert (copy.filters, copy.kernel_size, copy.scale) == (6, 3, 0.3)
