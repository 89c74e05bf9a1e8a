"""The two initialisations of the sources, by name."""

from __future__ import annotations

import keras

from gan_core.errors import choose


def _original(kind: str):
    # Variance 4 / (fan in + fan out) before the ReLU branches, Glorot for dense layers.
    if kind == "dense":
        return keras.initializers.GlorotUniform()
    return keras.initializers.VarianceScaling(scale=2.0, mode="fan_avg", distribution="uniform")


def _book(kind: str):
    return keras.initializers.RandomNormal(stddev=0.02)


INITIALIZERS = {"original": _original, "book": _book}


def initializer(name: str, kind: str):
    """A fresh initializer for the weights of a "conv" or "dense" layer.

    Args:
        name: "original" (Gulrajani et al. 2017) or "book" (N(0, 0.02²), as in Valle 2019).
        kind: "conv" or "dense".
    """
    return choose("initialization", name, INITIALIZERS)(kind)
