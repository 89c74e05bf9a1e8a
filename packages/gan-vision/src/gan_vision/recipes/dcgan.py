"""DCGAN for small pictures of any kind (Radford et al. 2016), 8 to 64 pixels, light enough for a CPU.

gan-vision train dcgan --data digits --size 16 --steps 3000
gan-vision train dcgan --data folder:MY_PICTURES --size 32

The networks are those of `cifar10`, the noise is normal, both gradients come from one forward pass, a weak gradient
penalty (Mescheder et al. 2018) keeps the discriminator of a small data set in check, and samples come from an averaged
generator.
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_vision import models
from gan_vision.recipes.images import ImageConfig, complete, experiment, load, placeholder

__all__ = ["Config", "build", "complete", "load", "placeholder"]


class Config(ImageConfig):
    """Settings of `dcgan`."""

    network: str = "cifar10"
    """Which published pair of networks: bricks, cifar10, dcgan (paper size), resnet or tutorial."""
    width: int | None = pydantic.Field(None, ge=1)
    """Channels of the smallest feature map; by default the published number at this size."""
    latent: int = pydantic.Field(100, ge=1)
    """Length of the noise vector."""
    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of both Adam optimizers."""
    beta_1: float = pydantic.Field(0.5, ge=0, lt=1)
    """Adam's first momentum."""
    r1: float = pydantic.Field(1.0, ge=0)
    """Weight of the zero-centred gradient penalty, which keeps small data sets stable; 0 for the paper's game."""
    ema: float | None = pydantic.Field(0.99, gt=0, lt=1)
    """Decay of the averaged generator; null samples the trained one."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    import keras

    network = models.network(config.network, value_range=(-1.0, 1.0))
    gan = core.GAN(
        network.build_generator(config.size, train.channels, width=config.width, latent=config.latent),
        network.build_discriminator(config.size, train.channels, width=config.width),
        core.Objective(core.NonSaturating(), regularizers=(core.R1(config.r1),) if config.r1 else ()),
        core.Normal(config.latent),
        update="simultaneous",
        ema=config.ema,
        prepare=train.prepare(network.value_range),
        seed=config.seed,
    )
    gan.compile(keras.optimizers.Adam(config.learning_rate, config.beta_1),
                keras.optimizers.Adam(config.learning_rate, config.beta_1))
    return experiment(config, gan, train, validation, network.value_range)
