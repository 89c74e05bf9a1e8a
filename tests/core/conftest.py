"""Toy players: small enough that a step costs milliseconds, with the parts that make steps go wrong."""

import keras
import numpy as np
import pytest

from gan_core.gan import GAN
from gan_core.latent import Normal
from gan_core.losses import NonSaturating
from gan_core.objective import Objective


def build_generator(shape=(2,), *, latent=3, conditions=(), width=8, batch_norm=False, dropout=0.0, dtype="float32"):
    """A perceptron from "latent" (3,) and conditions (name, width) to samples of `shape`, float32."""
    inputs = [keras.Input((latent,), name="latent")] if latent else []
    inputs += [keras.Input((size,), name=name) for name, size in conditions]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    x = keras.layers.Dense(width, use_bias=not batch_norm, dtype=dtype)(x)
    if batch_norm:
        x = keras.layers.BatchNormalization(dtype=dtype)(x)
    x = keras.layers.LeakyReLU(0.2, dtype=dtype)(x)
    if dropout:
        x = keras.layers.Dropout(dropout, dtype=dtype)(x)
    x = keras.layers.Dense(int(np.prod(shape)), dtype=dtype)(x)
    x = keras.layers.Reshape(shape, dtype="float32")(x)
    return keras.Model(inputs, x, name="generator")


def build_discriminator(shape=(2,), *, conditions=(), width=8, features=False, dropout=0.0, dtype="float32",
                        name="discriminator"):
    """A perceptron from "sample" and conditions to one logit; the last layer has no bias, which a critic cannot learn."""
    sample = keras.Input(shape, name="sample")
    inputs = [sample, *(keras.Input((size,), name=key) for key, size in conditions)]
    x = keras.layers.Concatenate()([keras.layers.Flatten()(sample), *inputs[1:]])
    hidden = keras.layers.LeakyReLU(0.2, dtype=dtype)(keras.layers.Dense(width, dtype=dtype)(x))
    x = keras.layers.Dropout(dropout, dtype=dtype)(hidden) if dropout else hidden
    logits = keras.layers.Dense(1, use_bias=False, dtype="float32")(x)
    return keras.Model(inputs, {"logits": logits, "features": [hidden]} if features else logits, name=name)


@pytest.fixture
def make_generator():
    """build_generator, with reproducible weights."""
    keras.utils.set_random_seed(1)
    return build_generator


@pytest.fixture
def make_discriminator():
    """build_discriminator, with reproducible weights."""
    keras.utils.set_random_seed(1)
    return build_discriminator


@pytest.fixture
def make_gan():
    """(objective, generator=, discriminators=, optimizer=, compile=, GAN options) -> a compiled toy GAN that runs eagerly."""

    def make(objective=None, *, generator=None, discriminators=None, optimizer=None, compile=None, **options):
        keras.utils.set_random_seed(1)
        gan = GAN(generator or build_generator(), discriminators or build_discriminator(),
                  objective or Objective(NonSaturating()), options.pop("latent", Normal(3)), **options)
        optimizer = optimizer or keras.optimizers.Adam(0.01, 0.5)
        gan.compile(optimizer, optimizer, **{"run_eagerly": True, **(compile or {})})
        return gan

    return make


@pytest.fixture
def points():
    """64 real samples (64, 2)."""
    return np.random.default_rng(0).normal(1.0, 0.5, (64, 2)).astype("float32")
