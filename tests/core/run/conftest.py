"""A recipe whose runs take a second: points in the plane, two small perceptrons."""

import keras
import numpy as np
import pydantic
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating
from gan_core.run.experiment import Experiment, Phase
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_settings import AdamConfig
from gan_core.run.recipe_table import RecipeTable


class PointsConfig(AdamConfig):
    """Settings of `points`."""

    data: str = "normal:1"
    steps: int = pydantic.Field(6, ge=1)
    batch_size: int = pydantic.Field(8, ge=1)
    learning_rate: float = pydantic.Field(0.01, gt=0)
    width: int = pydantic.Field(4, ge=1)
    ema: float | None = 0.9


def points(config):
    """64 points around (m, m) for the data "normal:m"."""
    mean = float(config.data.partition(":")[2])
    return np.random.default_rng(0).normal(mean, 0.5, (64, 2)).astype("float32"), None


def blank(config):
    return np.zeros((config.batch_size, 2), "float32"), None


def build(config, train, validation):
    z, x = keras.Input((3,), name="latent"), keras.Input((2,), name="sample")
    gan = GAN(keras.Model(z, keras.layers.Dense(2)(keras.layers.Dense(config.width, "relu")(z)), name="generator"),
              keras.Model(x, keras.layers.Dense(1, use_bias=False)(keras.layers.Dense(config.width, "relu")(x)), name="critic"),
              Objective(NonSaturating()), Normal(3), ema=config.ema, seed=config.seed)
    gan.compile(*config.optimizers(), run_eagerly=True)
    loader = Loader(ArraySource({"real": train}), config.batch_size, seed=config.seed)
    return Experiment(gan, [Phase(loader, config.steps)])


@pytest.fixture
def make_points(monkeypatch):
    """(parts of the recipe) -> a table with the recipe `points`."""
    monkeypatch.setattr("tensorflow.config.experimental.enable_op_determinism", lambda: None)  # for other tests' sake

    def make(**parts):
        return RecipeTable(Recipe(**{
            "name": "points", "description": "Points in the plane.", "config": PointsConfig, "load": points,
            "placeholder": blank, "build": build, "presets": {"short": {"steps": 2, "width": 5}}, **parts}))

    return make


@pytest.fixture
def recipes(make_points):
    """A table with the recipe `points`."""
    return make_points()
