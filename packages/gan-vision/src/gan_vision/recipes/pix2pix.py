"""pix2pix: a picture from a picture, learned from pairs (Isola et al. 2017).

gan-vision train pix2pix --data aligned:facades --direction BtoA --steps 80000
gan-vision train pix2pix --preset small --data silhouette:EMOJI
gan-vision translate RUN MY_DRAWINGS TRANSLATED

The second, on 1,731 emoji with seed 0 on two cores: 7 minutes, L1 0.147 of the range on 180 held-out emoji (the nearest
training pair 0.184, the silhouettes themselves 0.355; docs/translation.md).

One batch serves both players: the discriminator learns first, the generator through the updated one. Paper:
https://arxiv.org/abs/1611.07004
"""

from __future__ import annotations

from typing import ClassVar, Literal

import pydantic

import gan_core as core
from gan_vision.recipes.pairs import (
    VALUE_RANGE,
    TranslationConfig,
    adversaries,
    experiment,
    reconstruction,
    sampling,
    source_channels,
    translation_recipe,
)

# The published U-Net has 29 million weights at 64 pixels: this one learns in minutes on two cores.
PRESETS = {"small": {"size": 64, "width": 24, "discriminator_width": 32, "halvings": 2, "batch_size": 8,
                     "normalization": "instance", "learning_rate": 5e-4, "steps": 5000, "sample_every": 1000,
                     "ema": 0.995}}


class Config(TranslationConfig):
    """Settings of `pix2pix`; 200 epochs of the 400 facades are 80,000 steps."""

    JITTER: ClassVar[float] = 286 / 256  # the published pairs are loaded with 286 pixels and cut to 256

    steps: int = pydantic.Field(80_000, ge=1)
    width: int = pydantic.Field(64, ge=1)
    """Channels of the generator's first map; they double up to eight times that."""
    levels: int | None = pydantic.Field(None, ge=4)
    """Halvings of the generator; by default down to one pixel."""
    normalization: Literal["instance", "batch"] | None = None
    """Of both networks; by default instance with batches of one, else batch."""
    variant: Literal["paper", "book"] = "paper"
    """The authors' generator, or that of Valle, chapter 6."""
    dropout: float = pydantic.Field(0.5, ge=0, lt=1)
    """Rate in the decoder's first blocks: the only noise."""
    noise: Literal["on", "off"] = "on"
    """Whether that dropout stays on when pictures are translated."""
    discriminator_width: int = pydantic.Field(64, ge=1)
    """Channels of its first map."""
    halvings: int = pydantic.Field(3, ge=0)
    """Of the discriminator: 0, 1, 2, 3, 4, 5 judge patches of 1, 16, 34, 70, 142, 286 pixels."""
    conditional: bool = True
    """Whether the discriminator sees the source."""
    reconstruction: Literal["l1", "l2"] = "l1"
    """Distance from the target."""
    reconstruction_weight: float = pydantic.Field(100.0, ge=0)
    """Of that distance beside the adversary."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models.pix2pix import build_discriminator, build_generator

    reads = source_channels(train)
    normalization = config.normalization or ("instance" if config.batch_size == 1 else "batch")
    gan = core.GAN(
        build_generator(config.sides, train.channels, source_channels=reads, width=config.width, levels=config.levels,
                        normalization=normalization, dropout=config.dropout, variant=config.variant),
        adversaries(config, train.channels, lambda: [build_discriminator(
            config.sides, train.channels, source_channels=reads, width=config.discriminator_width,
            halvings=config.halvings, normalization=normalization, conditional=config.conditional)]),
        core.Objective(
            core.NonSaturating(), discriminator_weight=0.5, generator_weight=float(config.adversary != "none"),
            auxiliary=reconstruction(config, config.reconstruction_weight, int(config.reconstruction[1]))),
        core.NoLatent(),
        update="shared",
        prepare=train.prepare(VALUE_RANGE),
        sampling=sampling(config, dropout=config.noise == "on"),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.adam())
    return experiment(config, gan, train, validation)


RECIPE = translation_recipe("pix2pix", __doc__, Config, build, presets=PRESETS)
