"""The samples that mode collapse is looked for in."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import gan_core as core
from gan_core.data.loader import ArraySource, Loader
from gan_core.run.fixed_samples import FixedSamples
from gan_core.run.variety import variety


def gan_of(width, **options):
    latent, label = keras.Input((3,), name="latent"), keras.Input((1,), name="label")
    generator = keras.Model([latent, label], keras.layers.Dense(width)(keras.layers.Concatenate()([latent, label])))
    sample = keras.Input((width,), name="sample")
    discriminator = keras.Model(sample, keras.layers.Dense(1)(sample))
    return core.GAN(generator, discriminator, core.Objective(core.NonSaturating()), core.Normal(3), **options)


def loader_of(width, count=100, batch_size=10):
    draw = np.random.default_rng(0)
    return Loader(ArraySource({"real": draw.normal(size=(count, width)).astype(np.float32),
                               "label": np.arange(count, dtype=np.float32)[:, None]}), batch_size)


def test_sixty_four_samples_are_drawn_whatever_the_batch_size():
    fakes, reals = FixedSamples(loader_of(5)).draw(gan_of(5))
    assert fakes.shape == reals.shape == (64, 5)


@pytest.mark.parametrize(("width", "count"), [(2**17, 32), (2**20, 8)])
def test_large_samples_are_fewer(width, count):
    draw = np.zeros((12, width), np.float32)
    loader = Loader(ArraySource({"real": draw, "label": draw[:, :1]}), 4)
    generate = lambda condition, number, **_: np.zeros((number, 1))  # noqa: E731
    prepared = lambda batch, stream: (batch["real"], {"label": batch["label"]})  # noqa: E731
    gan = type("Parts", (), {"seed": 0, "prepared": staticmethod(prepared), "generate": staticmethod(generate)})
    assert len(FixedSamples(loader).draw(gan)[1]) == count


def test_two_looks_see_the_same():
    fixed, gan = FixedSamples(loader_of(5)), gan_of(5)
    for first, second in zip(fixed.draw(gan), fixed.draw(gan), strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_trained_generator_is_asked_and_not_its_average():
    gan = gan_of(5, ema=0.99)
    for weight in gan.generator.weights:
        weight.assign(tf.zeros_like(weight))
    fakes, reals = FixedSamples(loader_of(5)).draw(gan)
    assert variety(fakes, reals)["sample_diversity"] == 0


def test_samples_come_as_the_networks_see_them():
    gan = gan_of(5, prepare=lambda batch, stream: {**batch, "real": 2 * batch["real"]})
    loader = loader_of(5)
    first = next(iter(loader.dataset(0, 1)))["real"].numpy()
    np.testing.assert_array_equal(FixedSamples(loader).draw(gan)[1][:10], 2 * first)


def test_noise_in_prepare_is_the_same_at_every_look():
    gan = gan_of(5, prepare=lambda batch, stream: {**batch, "real": batch["real"] + stream.normal((5,), "noise")})
    fixed = FixedSamples(loader_of(5))
    first, _ = fixed.draw(gan)[1], gan.discriminator_steps.assign(7)
    np.testing.assert_array_equal(fixed.draw(gan)[1], first)
