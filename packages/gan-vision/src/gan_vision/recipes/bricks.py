"""Fully convolutional DCGAN for 64-pixel gray pictures, noisy labels (Foster 2023, after Radford et al. 2016).

gan-vision train bricks --data folder:MY_PICTURES

As in David Foster, "Generative Deep Learning", 2nd edition (O'Reilly 2023), chapter 4: dropout in the discriminator,
both gradients from one forward pass. Paper: https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision import models
from gan_vision.recipes.images import Channels, ImageConfig, NetworkConfig, experiment, image_recipe


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `bricks`; 100 epochs of the chapter's 40,000 bricks are 31,300 steps."""

    data: str = ""
    size: int = pydantic.Field(64, ge=8)
    channels: Channels | None = 1
    batch_size: int = pydantic.Field(128, ge=1)
    steps: int = pydantic.Field(31_300, ge=1)
    width: int | None = pydantic.Field(None, ge=1)
    """Channels of the 4x4 feature map; 512 at 64 pixels by default."""
    dropout: float = pydantic.Field(0.3, ge=0, lt=1)
    """Rate in the discriminator."""
    label_noise: float = pydantic.Field(0.1, ge=0, lt=0.5)
    """Targets are 1 - u and u times this, u uniform: they never leave [0, 1]."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    network = models.NETWORKS["bricks"]
    gan = core.GAN(
        network.build_generator(config.size, train.channels, width=config.width, latent=config.latent),
        network.build_discriminator(config.size, train.channels, width=config.width, dropout=config.dropout),
        core.Objective(core.NonSaturating(targets=core.Targets(noise=config.label_noise))),
        core.Normal(config.latent),
        update="simultaneous",
        prepare=train.prepare(network.value_range),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, network.value_range)


RECIPE = image_recipe("bricks", __doc__, Config, build)
