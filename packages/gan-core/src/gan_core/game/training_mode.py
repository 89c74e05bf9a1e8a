"""Asking a network in training mode: dropout draws, and batch normalisation takes the batch's statistics."""

from __future__ import annotations

import contextlib

import keras

from gan_core.game.batch import call_network, input_names
from gan_core.random import fold


@contextlib.contextmanager
def temporary_training_mode(network: keras.Model, seed: int, *, active: bool = True):
    """Let `network` be called in training mode: its layers draw from `seed`, and what they change is put back.

    Args:
        network: a Keras model.
        seed: int, of the layers' own random numbers.
        active: whether it will be in training mode at all; False does nothing.
    """
    if not active:
        yield
        return
    states = [(variable, variable.numpy()) for variable in network.non_trainable_variables]
    generators = [generator for layer in network._flatten_layers() for generator in layer._seed_generators]
    for number, generator in enumerate(generators):
        generator.state.assign([fold(seed, "layer", number), 0])
    try:
        yield
    finally:
        for variable, value in states:
            variable.assign(value)


@keras.saving.register_keras_serializable("gan_core")
class InTrainingMode(keras.layers.Layer):
    """A network that is in training mode whoever calls it: pix2pix samples so, its noise being dropout.

    Args:
        network: a functional Keras model.
    """

    def __init__(self, network: keras.Model, **keywords):
        super().__init__(**keywords)
        self.network = network

    @classmethod
    def wrap(cls, network: keras.Model) -> keras.Model:
        """A model with the inputs of `network`, by their names."""
        inputs = {tensor.name: keras.Input(tensor.shape[1:], name=tensor.name, dtype=tensor.dtype)
                  for tensor in network.inputs}
        return keras.Model(list(inputs.values()), cls(network)(inputs), name=network.name)

    def call(self, inputs):
        """The network's output for a dict of named inputs, always in training mode."""
        return call_network(self.network, {name: inputs[name] for name in input_names(self.network)}, training=True)

    def get_config(self):
        """The network and the layer's own settings."""
        return {**super().get_config(), "network": keras.saving.serialize_keras_object(self.network)}

    @classmethod
    def from_config(cls, config):
        """The layer of a config."""
        config = dict(config)
        return cls(keras.saving.deserialize_keras_object(config.pop("network")), **config)
