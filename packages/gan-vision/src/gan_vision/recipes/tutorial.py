"""Light DCGAN for 64-pixel faces, two convolutions a block, one-sided label smoothing (after Radford et al. 2016).

gan-vision train tutorial --data tfds:celeb_a

Papers: https://arxiv.org/abs/1511.06434, https://arxiv.org/abs/1606.03498 (label smoothing)
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision import models
from gan_vision.recipes.images import ImageConfig, NetworkConfig, experiment, image_recipe


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `tutorial`."""

    data: str = "tfds:celeb_a"
    size: int = pydantic.Field(64, ge=8)
    batch_size: int = pydantic.Field(32, ge=1)
    steps: int = pydantic.Field(20_000, ge=1)
    sample_every: int = pydantic.Field(80, ge=1)
    width: int | None = pydantic.Field(None, ge=1)
    """Channels of the 4x4 feature map, 8 times the published capacity of 16."""
    activation_between: bool = False
    """A LeakyReLU between the two convolutions of a block; the published blocks have none."""
    real_target: float = pydantic.Field(0.9, gt=0, le=1)
    """One-sided smoothing: the discriminator's target for real images."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    network = models.NETWORKS["tutorial"]
    options = {"width": config.width, "activation_between": config.activation_between}
    gan = core.GAN(
        network.build_generator(config.size, train.channels, latent=config.latent, **options),
        network.build_discriminator(config.size, train.channels, **options),
        core.Objective(core.NonSaturating(targets=core.Targets(real=config.real_target))),
        core.Normal(config.latent),
        prepare=train.prepare(network.value_range),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, network.value_range)


RECIPE = image_recipe("tutorial", __doc__, Config, build)
