"""Samples of a trained game: what `generate`, sheets, validation, evaluation and export have in common."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import call_network, input_names
from gan_core.game.latent import Latent
from gan_core.game.training_mode import InTrainingMode, temporary_training_mode
from gan_core.random import Stream


class TracedNetwork:
    """A network's forward pass as one graph, whatever the number of samples.

    Args:
        network: with named inputs.
        training: bool, the mode it is called in.
    """

    def __init__(self, network: keras.Model, training: bool):
        self._shapes = {tensor.name: tensor.shape for tensor in getattr(network, "inputs", None) or ()}
        self._function = tf.function(
            lambda inputs: tf.cast(call_network(network, inputs, training), tf.float32), autograph=False)
        self._graphs: dict = {}

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """float32 samples (count, ...) for named arrays (count, ...)."""
        tensors = {name: tf.convert_to_tensor(value) for name, value in inputs.items()}
        key = tuple((name, tensor.dtype, self._shapes.get(name, tensor.shape[1:])) for name, tensor in tensors.items())
        if key not in self._graphs:
            self._graphs[key] = self._function.get_concrete_function(
                {name: tf.TensorSpec(self._shapes.get(name, (None, *tensor.shape[1:])), tensor.dtype, name)
                 for name, tensor in tensors.items()})
        return np.asarray(self._graphs[key](**tensors))


class TracedNetworks:
    """Graphs by network and mode."""

    def __init__(self):
        self._traced: dict[tuple[int, bool], TracedNetwork] = {}

    def of(self, network: keras.Model, training: bool) -> TracedNetwork:
        """The graph of `network`, which is traced at its first call."""
        return self._traced.setdefault((id(network), training), TracedNetwork(network, training))


class Sampling:
    """The part of `GAN` that makes samples."""

    generator: keras.Model
    averaged_generator: keras.Model | None
    latent: Latent
    seed: int
    sampling: str
    _traced: TracedNetworks

    @property
    def sampler(self) -> keras.Model:
        """The generator that samples are made with: the averaged one where there is one."""
        return self.generator if self.averaged_generator is None else self.averaged_generator

    def standalone_generator(self) -> keras.Model:
        """A network of its own right that samples as this game does: what an exported file holds.

        It is `sampler`; with `sampling="training"` one that stays in training mode whoever calls it.
        """
        return self.sampler if self.sampling == "inference" else InTrainingMode.wrap(self.sampler)

    def call(self, inputs, training=False):
        """Samples of the averaged generator for latents, or for a dict of named inputs."""
        available = inputs if isinstance(inputs, Mapping) else {"latent": inputs}
        return call_network(self.sampler, available, training)

    def generate(self, condition=None, count: int | None = None, *, seed: int | None = None, latent=None,
                 training: bool | None = None, raw: bool = False, batch_size: int = 64) -> np.ndarray:
        """Samples as an array (count, ...), a pure function of the arguments and the weights.

        Args:
            condition: name -> array (count, ...), for conditional generators.
            count: how many; taken from `condition` or `latent` if absent.
            seed: of the noise; the GAN's own if None.
            latent: (count, ...) noise to use instead of drawing it.
            training: run batch normalisation on the batch's statistics and keep dropout active; by default what the
                GAN's `sampling` says.
            raw: use the trained generator instead of the averaged one.
            batch_size: how many at a time, which bounds memory.

        Raises:
            ConfigError: no `count`, or inputs of different lengths.
        """
        available = {name: np.asarray(value) for name, value in (condition or {}).items()}
        if latent is not None:
            available["latent"] = np.asarray(latent)
        lengths = {name: len(value) for name, value in available.items()} | ({} if count is None else {"count": count})
        if len(set(lengths.values())) != 1 or min(lengths.values()) < 1:
            raise ConfigError("`count`, `latent` and every condition must agree on one number of samples, at least 1. "
                              f"Received: {lengths or 'none of them'}.")
        count = next(iter(lengths.values()))
        for name, value in (("count", count), ("batch_size", batch_size)):
            if not isinstance(value, numbers.Integral) or value < 1:
                raise ConfigError(f"`{name}` must be a whole number of at least 1. Received: {name}={value!r}.")
        if latent is None and (drawn := self.fixed_latent(count, seed)) is not None:
            available["latent"] = drawn
        training = self.sampling == "training" if training is None else training
        network = self.generator if raw else self.sampler
        forward = self._forward(network, training)
        read = {name: value for name, value in available.items() if name in input_names(network)}
        if len(read) < len(input_names(network)):
            call_network(network, available, training)  # says which input is missing
        with temporary_training_mode(network, self.seed if seed is None else seed, active=training):
            return np.concatenate([forward({name: value[start:start + batch_size] for name, value in read.items()})
                                   for start in range(0, count, batch_size)])

    def fixed_latent(self, count: int, seed: int | None = None) -> np.ndarray | None:
        """The noise of `generate`: `count` latents that depend on `seed` alone; None without a latent."""
        drawn = self.latent.sample(count, Stream(self.seed if seed is None else seed, 0, "fixed"))
        return None if drawn is None else np.asarray(drawn)

    def _forward(self, network: keras.Model, training: bool) -> TracedNetwork:
        return self._traced.of(network, training)

    def forget_sampling(self) -> None:
        """Drop the graphs of networks that are gone or have changed in what no variable holds, such as a level."""
        self._traced = TracedNetworks()
