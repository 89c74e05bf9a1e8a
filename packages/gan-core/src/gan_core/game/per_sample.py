"""Samples that do not depend on their neighbours: noise from each sample's own seed, statistics of its own or stored.

A network whose noise is dropout (pix2pix) draws one mask for a whole batch, and batch normalisation in training mode
mixes the pictures of a batch: a picture alone and the same picture among others would come out differently.
"""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from gan_core.errors import ConfigError, choose
from gan_core.layers.per_sample import OwnStatistics, SampleDropout
from gan_core.random import fold

SEEDS = "seeds"  # the input that such a network has beside its own
STATISTICS = ("stored", "own")


@dataclasses.dataclass(frozen=True)
class PerSample:
    """How a generator samples: `GAN(sampling=PerSample(...))`.

    Args:
        dropout: bool; True keeps it on, each sample's mask drawn from the sample's own seed.
        statistics: "stored": batch normalisation with the statistics it has gathered. "own": with those of the sample
            itself, over its pixels, as batches of one are normalised in training.

    Raises:
        ConfigError: unknown `statistics`.

    Example:
        >>> gan = GAN(unet, discriminator, objective, NoLatent(), sampling=PerSample(dropout=True))
    """

    dropout: bool = True
    statistics: str = "stored"

    def __post_init__(self):
        choose("`statistics`", self.statistics, dict.fromkeys(STATISTICS))

    def applied(self, network: keras.Model) -> keras.Model:
        """The network, sharing its weights, as it samples: it has the further input "seeds" where it draws noise.

        Args:
            network: functional. It is returned itself if there is nothing to change.

        Returns:
            Keras model with the inputs of `network` and, if it has dropout, seeds int64 (batch, 2): equal seeds give
            equal noise, whatever else is in the batch.

        Raises:
            ConfigError: a network that is no graph of layers, or a part of it with dropout or batch normalisation that
                is a network of its own.
        """
        if not any(map(self._changes, network._flatten_layers(include_self=False))):
            return network
        if not isinstance(network, keras.src.models.Functional):
            raise ConfigError(f"`sampling={self!r}` needs a functional Keras model, whose layers are known. "
                              f"Received: {type(network).__name__}. Build it with keras.Model(inputs, outputs).")
        for layer in network.layers:
            if isinstance(layer, keras.Model) and any(map(self._changes, layer._flatten_layers())):
                raise ConfigError(f"`sampling={self!r}` looks at the layers of the generator itself. Received: dropout "
                                  f"or batch normalisation inside its part {layer.name!r}. Build those layers into "
                                  "the generator.")
        inputs = [keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=tensor.name) for tensor in network.inputs]
        dropouts = [layer.name for layer in network.layers if self._draws(layer)]
        seeds = [keras.Input((2,), dtype="int64", name=SEEDS) for _ in range(2 if dropouts else 0)]
        # Cloning wants the further input in the original as well.
        network = keras.Model([*network.inputs, *seeds[1:]], network.outputs[0], name=network.name)
        inputs += seeds[:1]

        def changed(layer):
            if self._draws(layer):
                return SampleDropout(layer.rate, number=dropouts.index(layer.name), name=layer.name,
                                     dtype=layer.dtype_policy)
            return OwnStatistics(layer, name=f"own_{layer.name}") if self._changes(layer) else layer

        def called(layer, *tensors, **keywords):
            if isinstance(layer, SampleDropout | OwnStatistics):  # they know no `training` and no `mask`
                return layer(tensors[0], inputs[-1]) if isinstance(layer, SampleDropout) else layer(tensors[0])
            return layer(*tensors, **keywords)

        return keras.models.clone_model(network, input_tensors=inputs, clone_function=changed, call_function=called)

    def _draws(self, layer: keras.layers.Layer) -> bool:
        return self.dropout and isinstance(layer, keras.layers.Dropout)

    def _changes(self, layer: keras.layers.Layer) -> bool:
        return self._draws(layer) or (self.statistics == "own"
                                      and isinstance(layer, keras.layers.BatchNormalization))


def sample_seeds(count: int, *parts: int | str) -> np.ndarray:
    """int64 (count, 2): a seed for each of so many samples, a function of `parts` and its place."""
    return np.stack([np.full(count, fold(*parts)), np.arange(count)], axis=1).astype(np.int64)


def equal_seeds(count: int, *parts: int | str) -> np.ndarray:
    """int64 (count, 2): the same seed for all, so that the noise of a sample does not depend on its place."""
    return np.tile(np.array([[fold(*parts), 0]], np.int64), (count, 1))
