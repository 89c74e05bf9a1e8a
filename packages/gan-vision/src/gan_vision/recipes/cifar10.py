"""DCGAN for 32-pixel pictures, kernels of 5, uniform noise (Valle 2019, after Radford et al. 2016).

gan-vision train cifar10 --data tfds:cifar10

As in Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 3: the players are
updated in turn. Paper: https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision import models
from gan_vision.recipes.images import ImageConfig, NetworkConfig, experiment, image_recipe


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `cifar10`; 100 epochs of CIFAR-10 are 39,000 steps."""

    data: str = "tfds:cifar10"
    batch_size: int = pydantic.Field(128, ge=1)
    steps: int = pydantic.Field(39_000, ge=1)
    width: int | None = pydantic.Field(None, ge=1)
    """Channels of the 2x2 feature map; 512 at 32 pixels by default."""
    prior: Literal["uniform", "normal"] = "uniform"
    """Distribution of the noise, in training and sampling."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    network = models.NETWORKS["cifar10"]
    gan = core.GAN(
        network.build_generator(config.size, train.channels, width=config.width, latent=config.latent),
        network.build_discriminator(config.size, train.channels, width=config.width),
        core.Objective(core.NonSaturating()),
        {"uniform": core.Uniform, "normal": core.Normal}[config.prior](config.latent),
        prepare=train.prepare(network.value_range),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, network.value_range)


RECIPE = image_recipe("cifar10", __doc__, Config, build)
