"""A discriminator that nobody listens to, for a generator that is trained without an adversary."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers


def build_spectator(shape: Sequence[int | None]) -> keras.Model:
    """One linear layer in a discriminator's place: the loop always asks one, and this one costs next to nothing.

    With `Objective(..., generator_weight=0)` the generator learns from the auxiliary terms alone.

    Args:
        shape: of one sample, the channels last; sides may be None.

    Returns:
        Keras model "spectator": sample (batch, *shape) -> logits (batch, 1).

    Example:
        >>> build_spectator((256, 256, 3)).count_params()
        4
    """
    sample = keras.Input(tuple(shape), name="sample")
    pooled = {2: layers.GlobalAveragePooling1D, 3: layers.GlobalAveragePooling2D}.get(len(shape), layers.Flatten)
    logits = layers.Dense(1, dtype="float32", name="decision")(pooled(name="flat")(sample))
    return keras.Model({"sample": sample}, logits, name="spectator")
