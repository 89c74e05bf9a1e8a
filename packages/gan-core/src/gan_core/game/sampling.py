"""Samples of a trained game: what `generate`, sheets, validation, evaluation and export have in common."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import call_network, input_names, input_specs
from gan_core.game.latent import Latent
from gan_core.game.per_sample import SEEDS, PerSample, sample_seeds
from gan_core.random import Stream


class TracedNetwork:
    """A network's forward pass as one graph, whatever the number of samples.

    Args:
        network: with named inputs.
    """

    def __init__(self, network: keras.Model):
        self.network = network
        self._shapes = {name: spec.shape for name, spec in input_specs(network).items()}
        self._function = tf.function(
            lambda inputs: tf.cast(call_network(network, inputs, training=False), tf.float32), autograph=False)
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
    """Graphs by network and by how it samples."""

    def __init__(self):
        self._traced: dict[tuple[int, PerSample], TracedNetwork] = {}

    def of(self, network: keras.Model, sampling: PerSample) -> TracedNetwork:
        """The graph of `network` as it samples, which is traced at its first call."""
        key = id(network), sampling
        if key not in self._traced:
            self._traced[key] = TracedNetwork(sampling.applied(network))
        return self._traced[key]


class Sampling:
    """The part of `GAN` that makes samples."""

    generator: keras.Model
    averaged_generator: keras.Model | None
    latent: Latent
    seed: int
    sampling: PerSample
    _traced: TracedNetworks

    @property
    def sampler(self) -> keras.Model:
        """The generator that samples are made with: the averaged one where there is one."""
        return self.generator if self.averaged_generator is None else self.averaged_generator

    def standalone_generator(self) -> keras.Model:
        """A network of its own right that samples as this game does: what an exported file holds.

        It is `sampler`, or where noise comes from dropout one that reads "seeds" too: see `PerSample.applied`.
        """
        return self.sampling_network(self.sampler)

    def sampling_network(self, network: keras.Model) -> keras.Model:
        """A generator as it samples; it shares its weights."""
        return self._forward(network, self.sampling).network

    def call(self, inputs, training=False):
        """Samples of the averaged generator for latents, or for a dict of named inputs."""
        available = inputs if isinstance(inputs, Mapping) else {"latent": inputs}
        return call_network(self.sampler, available, training)

    def generate(self, condition=None, count: int | None = None, *, seed: int | None = None, latent=None,
                 sampling: PerSample | None = None, raw: bool = False, batch_size: int = 64) -> np.ndarray:
        """Samples as an array (count, ...), a pure function of the arguments and the weights.

        Args:
            condition: name -> array (count, ...), for conditional generators; "seeds", int64 (count, 2), too where each
                sample shall have a seed of one's own choice for its dropout.
            count: how many; taken from `condition` or `latent` if absent.
            seed: of the noise; the GAN's own if None.
            latent: (count, ...) noise to use instead of drawing it.
            sampling: whether dropout draws, and which statistics normalise; by default those of the GAN.
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
        network = self.generator if raw else self.sampler
        forward = self._forward(network, sampling or self.sampling)
        names = input_names(forward.network)
        if SEEDS in names and SEEDS not in available:
            available[SEEDS] = sample_seeds(count, self.seed if seed is None else seed, "dropout")
        read = {name: value for name, value in available.items() if name in names}
        if len(read) < len(names):
            call_network(forward.network, available, training=False)  # says which input is missing
        return np.concatenate([forward({name: value[start:start + batch_size] for name, value in read.items()})
                               for start in range(0, count, batch_size)])

    def fixed_latent(self, count: int, seed: int | None = None) -> np.ndarray | None:
        """The noise of `generate`: `count` latents that depend on `seed` alone; None without a latent."""
        drawn = self.latent.sample(count, Stream(self.seed if seed is None else seed, 0, "fixed"))
        return None if drawn is None else np.asarray(drawn)

    def _forward(self, network: keras.Model, sampling: PerSample) -> TracedNetwork:
        return self._traced.of(network, sampling)

    def forget_sampling(self) -> None:
        """Drop the graphs of networks that are gone or have changed in what no variable holds, such as a level."""
        self._traced = TracedNetworks()
