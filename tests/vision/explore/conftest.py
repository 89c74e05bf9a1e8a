"""Runs that are made by hand, of generators whose reach is known."""

from types import SimpleNamespace

import numpy as np
import pytest

import gan_core as core
from gan_vision.data.labels import Labels
from gan_vision.image_run import ImageRun


class HandMade(ImageRun):
    """A run without a folder's content, around a game that was never trained."""

    def __init__(self, gan, folder, *, labels=None, condition=None, step=7):
        self.folder, self.recipe = SimpleNamespace(path=folder), SimpleNamespace(name="by hand")
        self.config, self._labels, self.saved = SimpleNamespace(fit="stretch", background="white"), labels, SimpleNamespace(step=step)
        self.__dict__["experiment"] = core.Experiment(gan, [], value_range=(0.0, 1.0), condition=condition)

    @property
    def labels(self):
        return self._labels


def make_linear_run(folder, *, size=16, classes=0, latent=3):
    """0.5 + W·z, with classes also an offset of the class, of length 2, that z does not reach; all at right angles."""
    import keras

    pixels = size * size
    rows = np.linalg.qr(np.random.default_rng(0).normal(size=(pixels, latent + classes)))[0].T.astype(np.float32)
    z = keras.Input((latent,), name="latent")
    flat = keras.layers.Dense(pixels, name="reach")(z)
    inputs = [z]
    if classes:
        label = keras.Input((), dtype="int32", name="label")
        table = keras.layers.Embedding(classes, pixels, name="offsets")
        inputs, flat = [z, label], keras.layers.Add()([flat, table(label)])
    generator = keras.Model(inputs, keras.layers.Reshape((size, size, 1))(flat), name="generator")
    generator.get_layer("reach").set_weights([rows[:latent], np.full(pixels, 0.5, np.float32)])
    if classes:
        table.set_weights([rows[latent:] * 2])
    sample = keras.Input((size, size, 1), name="sample")
    seen = keras.layers.Identity(name="features")(keras.layers.Flatten()(sample))
    discriminator = keras.Model(sample, keras.layers.Dense(1)(seen), name="discriminator")
    gan = core.GAN(generator, discriminator, core.Objective(core.NonSaturating()), core.Normal(latent))
    names = Labels(tuple("abcdefghij"[:classes])) if classes else None
    return HandMade(gan, folder, labels=names,
                    condition=None if names is None else lambda count: {"label": names.in_turn(count)})


@pytest.fixture(scope="session")
def linear_run():
    """(folder, *, size=16, classes=0, latent=3) -> a run whose generator is linear."""
    return make_linear_run


@pytest.fixture(scope="session")
def hand_made():
    """The class of such runs."""
    return HandMade
