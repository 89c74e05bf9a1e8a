import keras
import pytest
import tensorflow as tf

from gan_core.game.cost import operations

L = keras.layers


def test_a_dense_layer_costs_two_operations_per_weight():
    assert operations(keras.Sequential([keras.Input((100,), name="latent"), L.Dense(10, use_bias=False)])) == 2 * 100 * 10


def test_a_convolution_costs_two_operations_per_weight_and_place():
    sample = keras.Input((8, 8, 3), name="sample")
    network = keras.Model(sample, L.Conv2D(5, 3, strides=2, padding="same", use_bias=False)(sample))
    assert operations(network) == pytest.approx(2 * 3 * 3 * 3 * 5 * 4 * 4, rel=0.01)


def test_all_inputs_are_fed():
    inputs = [keras.Input((4,), name="latent"), keras.Input((), dtype="int32", name="label")]
    code = L.Embedding(3, 4)(inputs[1])
    network = keras.Model(inputs, L.Dense(2, use_bias=False)(L.Concatenate()([inputs[0], code])))
    assert operations(network) == pytest.approx(2 * 8 * 2, abs=4)  # beside the product, some of looking up


@pytest.mark.parametrize("network", [
    keras.Model(inputs=(free := keras.Input((None, 3), name="sample")), outputs=L.Conv1D(2, 3)(free)), keras.Model()])
def test_what_has_no_fixed_shape_has_no_number(network):
    assert operations(network) is None


def test_a_subclassed_network_says_what_it_reads():
    class Network(keras.Model):
        input_names = ("latent",)

        def __init__(self):
            super().__init__()
            self.dense = L.Dense(10, use_bias=False)
            self.dense.build((None, 100))

        def call(self, latent, training=None):
            return self.dense(latent)

    assert operations(Network()) is None
    Network.input_specs = {"latent": tf.TensorSpec((None, 100))}
    assert operations(Network()) == 2 * 100 * 10
