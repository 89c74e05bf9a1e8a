"""Encoder-decoder ResNet: denoising, super-resolution, colourisation (Valle 2019, chapter 5).

gan-vision train resnet_translation --data small:PHOTOS --factor 4
gan-vision train resnet_translation --data gray:PHOTOS
gan-vision train resnet_translation --data split:NOISY_AND_CLEAN --size 128x256 --discriminator patch
gan-vision translate RUN SMALL_PICTURES LARGE_PICTURES

The first at 64 pixels on 230 patches of photographs: 1,500 steps, 4.5 minutes on two cores, L1 0.055 of the range,
which is still worse than the enlarged input (0.040; docs/translation.md): it wants more pictures and hours.

The generator returns the mean of the source and of what it made of it, where both have as many channels. The
discriminator ends in a dense layer, which needs square pictures of 8, 16, 32 ... pixels; `--discriminator patch` takes
any size. Source: Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), corrected.
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.errors import ConfigError
from gan_vision.recipes.pairs import (
    VALUE_RANGE,
    PictureSize,
    TranslationConfig,
    adversaries,
    experiment,
    reconstruction,
    sampling,
    source_channels,
    translation_recipe,
)


class Config(TranslationConfig):
    """Settings of `resnet_translation`."""

    size: PictureSize = "64"
    batch_size: int = pydantic.Field(16, ge=1)
    steps: int = pydantic.Field(20_000, ge=1)
    width: int = pydantic.Field(64, ge=1)
    """Channels of the generator's first map."""
    halvings: int = pydantic.Field(2, ge=1)
    """Of the generator."""
    blocks: int = pydantic.Field(6, ge=1)
    """Residual blocks at its smallest map."""
    residual: bool | None = None
    """Return the mean of source and output; by default where both have as many channels."""
    discriminator: Literal["dense", "patch"] = "dense"
    """One logit for a square picture, or one for each patch of a picture of any size."""
    discriminator_width: int = pydantic.Field(64, ge=1)
    """Channels of its maps."""
    reconstruction_weight: float = pydantic.Field(100.0, ge=0)
    """Of the mean absolute difference from the target."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models import pix2pix, resnet_translation

    reads = source_channels(train)
    residual = reads == train.channels if config.residual is None else config.residual

    def discriminator():
        if config.discriminator == "patch":
            return [pix2pix.build_discriminator(config.sides, train.channels, conditional=False, normalization="batch",
                                                source_channels=reads, width=config.discriminator_width)]
        if len(set(config.sides)) > 1:
            raise ConfigError("the dense end of the discriminator needs square pictures. "
                              f"Received: size={config.size}. Use --discriminator patch.")
        return [resnet_translation.build_discriminator(config.sides[0], train.channels,
                                                       width=config.discriminator_width)]

    gan = core.GAN(
        resnet_translation.build_generator(config.sides, train.channels, source_channels=reads, width=config.width,
                                           halvings=config.halvings, blocks=config.blocks, residual=residual),
        adversaries(config, train.channels, discriminator),
        core.Objective(core.NonSaturating(), generator_weight=float(config.adversary != "none"),
                       auxiliary=reconstruction(config, config.reconstruction_weight)),
        core.NoLatent(),
        update="shared",
        prepare=train.prepare(VALUE_RANGE),
        sampling=sampling(config),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.adam())
    return experiment(config, gan, train, validation)


RECIPE = translation_recipe("resnet_translation", __doc__, Config, build)
