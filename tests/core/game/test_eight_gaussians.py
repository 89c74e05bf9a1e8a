"""The loop learns: WGAN-GP finds all eight modes of a ring of Gaussians, where a collapsed generator would find a few."""

import keras
import numpy as np
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import Wasserstein
from gan_core.regularizers import GradientPenalty

RADIUS, SIGMA, STEPS, BATCH = 1.0, 0.05, 3000, 128
CENTRES = RADIUS * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)


def ring(n, seed):
    """n samples of the mixture, float32 (n, 2)."""
    generator = np.random.default_rng(seed)
    return (CENTRES[generator.integers(0, 8, n)] + generator.normal(0, SIGMA, (n, 2))).astype("float32")


def modes(samples):
    """Share of all samples within 4 sigma of each centre, (8,)."""
    distance = np.linalg.norm(samples[:, None] - CENTRES, axis=-1)
    nearest = distance.argmin(1)
    good = distance.min(1) < 4 * SIGMA
    return np.bincount(nearest[good], minlength=8) / len(samples)


def perceptron(name, inputs, outputs, width=128):
    x = tensor = keras.Input((inputs,), name=name)
    for _ in range(3):
        x = keras.layers.Dense(width, activation="relu")(x)
    return keras.Model(tensor, keras.layers.Dense(outputs)(x))


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    gan = GAN(perceptron("latent", 2, 2), perceptron("sample", 2, 1),
              Objective(Wasserstein(), regularizers=(GradientPenalty(1.0),)), Normal(2), n_critic=5, ema=0.99, seed=0)
    untrained = gan.generate(count=4000)
    gan.compile(keras.optimizers.Adam(5e-4, 0.5, 0.9), keras.optimizers.Adam(5e-4, 0.5, 0.9))
    data = Loader(ArraySource({"real": ring(50_000, seed=1)}), BATCH, seed=0).dataset(steps=STEPS)
    gan.fit(data, steps_per_epoch=STEPS, shuffle=False, verbose=0)
    return gan, untrained


def test_the_measure_itself_sees_all_modes_of_the_data():
    shares = modes(ring(20_000, seed=2))
    assert np.all(np.abs(shares - 0.125) < 0.01)
    assert shares.sum() > 0.999


def test_the_measure_sees_a_collapse():
    collapsed = CENTRES[0] + np.random.default_rng(0).normal(0, SIGMA, (1000, 2))
    assert np.count_nonzero(modes(collapsed) >= 0.02) == 1


@pytest.mark.slow
def test_the_untrained_generator_finds_no_modes(trained):
    assert np.count_nonzero(modes(trained[1]) >= 0.02) <= 1


@pytest.mark.slow
def test_all_eight_modes_are_reached(trained):
    shares = modes(trained[0].generate(count=4000))
    assert np.all(shares >= 0.02), shares


@pytest.mark.slow
def test_most_samples_lie_on_a_mode(trained):
    assert modes(trained[0].generate(count=4000)).sum() > 0.6
