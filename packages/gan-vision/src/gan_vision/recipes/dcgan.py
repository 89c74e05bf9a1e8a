"""DCGAN for small pictures of any kind (Radford et al. 2016), 8 to 64 pixels, light enough for a CPU.

gan-vision train dcgan --data digits --size 16 --steps 3000
gan-vision train dcgan --data folder:MY_PICTURES --size 32

The networks are those of `cifar10`, the noise is normal, both gradients come from one forward pass, a weak gradient
penalty (Mescheder et al. 2018) keeps the discriminator of a small data set in check, and samples come from an averaged
generator. Papers: https://arxiv.org/abs/1511.06434, https://arxiv.org/abs/1801.04406
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision import models
from gan_vision.recipes.images import ImageConfig, NetworkConfig, experiment, image_recipe

# `gan-vision demo` trains with these: 1 minute 47 seconds on two cores without GPU, as the README shows.
PRESETS = {"digits": {"data": "digits", "size": 16, "channels": 1, "width": 128, "latent": 64, "steps": 2500,
                      "batch_size": 64, "learning_rate": 2e-4, "sample_every": 500, "checkpoint_every": 1000}}


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `dcgan`."""

    network: str = "cifar10"
    """Which published pair of networks: bricks, cifar10, dcgan (paper size), resnet or tutorial."""
    loss: str = "non_saturating"
    """The game: minimax, non_saturating, least_squares, least_squares_pearson, wasserstein, hinge, rsgan, rasgan,
    ralsgan or rahinge."""
    r1: float = pydantic.Field(1.0, ge=0)
    """Weight of the zero-centred gradient penalty, which keeps small data sets stable; 0 for the paper's game."""
    ema: float | None = pydantic.Field(0.99, gt=0, lt=1)
    """Decay of the averaged generator; null samples the trained one."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    network = models.network(config.network, value_range=(-1.0, 1.0))
    gan = core.GAN(
        network.build_generator(config.size, train.channels, width=config.width, latent=config.latent),
        network.build_discriminator(config.size, train.channels, width=config.width),
        core.Objective(core.loss_by_name(config.loss), regularizers=(core.R1(config.r1),) if config.r1 else ()),
        core.Normal(config.latent),
        update="simultaneous",
        ema=config.ema,
        prepare=train.prepare(network.value_range),
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, network.value_range)


RECIPE = image_recipe("dcgan", __doc__, Config, build, presets=PRESETS)
