"""Asking a network in training mode without leaving a trace."""

from __future__ import annotations

import contextlib

import keras

from gan_core.random import fold


@contextlib.contextmanager
def temporary_training_mode(network: keras.Model, seed: int):
    """Let `network` be used in training mode: its layers draw from `seed`, and what they change is put back."""
    states = [(variable, variable.numpy()) for variable in network.non_trainable_variables]
    generators = [generator for layer in network._flatten_layers() for generator in layer._seed_generators]
    for number, generator in enumerate(generators):
        generator.state.assign([fold(seed, "layer", number), 0])
    try:
        yield
    finally:
        for variable, value in states:
            variable.assign(value)
