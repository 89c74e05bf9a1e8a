"""R3GAN: the relativistic game with two gradient penalties and plain residual networks (Huang et al. 2024).

gan-vision train r3gan --preset cifar10 --data tfds:cifar10
gan-vision train r3gan --preset small-colour --data folder:MY_PICTURES
gan-vision train r3gan --preset digits

The second on 1,731 emoji, seed 0, on two cores without GPU and with other work beside it: 1,600 steps, 17 minutes, KID
0.0114 against unseen emoji (0.0010 of real ones), precision 0.91, recall 0.37 (docs/systems.md).

Published for the first, with classes and 512 images per step: FID 1.96 in the paper's own protocol. Numbers fall or
rise along half a cosine over the first `schedule_kimg` thousand images. The generator's update pairs its new images
with the same real ones as the discriminator's, whose logits it asks for again (the authors draw others). The number to
tune is gamma: too small a one diverges, and it grows with the number of pixels.

Paper: https://arxiv.org/abs/2501.05441
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_vision.recipes.classes import ClassConfig, class_labels, class_recipe, complete
from gan_vision.recipes.images import ImageConfig, experiment

PUBLISHED = {"learning_rate": 2e-4, "learning_rate_end": 5e-5, "beta_2": 0.9, "beta_2_end": 0.99,
             "schedule_kimg": 20_000.0, "widths": (768,), "blocks": 2, "latent": 64}
SMALL = {"blocks": 1, "latent": 64, "learning_rate": 2e-3, "learning_rate_end": 2e-4, "beta_2": 0.99,
         "beta_2_end": 0.99, "ema_kimg": 5.0, "augment": 0.0, "batch_size": 32}
PRESETS = {
    "cifar10": {**PUBLISHED, "data": "tfds:cifar10", "size": 32, "conditional": True, "batch_size": 512,
                "steps": 390_000, "gamma": 0.05, "gamma_end": 0.005, "ema_kimg": 5000.0, "augment": 0.55},
    "ffhq-64": {**PUBLISHED, "data": "folder:ffhq", "size": 64, "widths": (768, 768, 768, 768, 384), "batch_size": 256,
                "steps": 780_000, "gamma": 2.0, "gamma_end": 0.2, "ema_kimg": 500.0, "augment": 0.3},
    "digits": {**SMALL, "data": "digits", "size": 16, "channels": 1, "widths": (32,), "gamma": 1.0, "gamma_end": 0.1,
               "schedule_kimg": 96.0, "steps": 3000},
    "small-colour": {**SMALL, "size": 32, "widths": (96, 64, 48, 32), "gamma": 0.5, "gamma_end": 0.2,
                     "schedule_kimg": 51.2, "steps": 1600},
}


class Config(ImageConfig, ClassConfig):
    """Settings of `r3gan`; 390,000 steps of 512 are the 200 million images of the published CIFAR-10 run."""

    data: str = "tfds:cifar10"
    batch_size: int = pydantic.Field(512, ge=1)
    steps: int = pydantic.Field(390_000, ge=1)
    widths: tuple[int, ...] = (768,)
    """Channels of each stage, from 4x4 pixels up; one number for all."""
    blocks: int = pydantic.Field(2, ge=1)
    """Residual blocks per stage."""
    group_size: int = pydantic.Field(16, ge=1)
    """Channels of a group of the convolutions in the blocks, which are twice as wide as a stage."""
    latent: int = pydantic.Field(64, ge=1)
    """Length of the noise vector."""
    gamma: float = pydantic.Field(0.05, gt=0)
    """Weight of both gradient penalties at first."""
    gamma_end: float = pydantic.Field(0.005, gt=0)
    """Weight of both gradient penalties in the end."""
    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of both Adam optimizers, which have no first momentum, at first."""
    learning_rate_end: float = pydantic.Field(5e-5, gt=0)
    """Learning rate of both in the end."""
    beta_2: float = pydantic.Field(0.9, ge=0, lt=1)
    """Adam's second momentum at first."""
    beta_2_end: float = pydantic.Field(0.99, ge=0, lt=1)
    """Adam's second momentum in the end."""
    ema_kimg: float = pydantic.Field(5000.0, gt=0)
    """Half-life of the averaged generator in thousands of images in the end; it begins with 0."""
    augment: float = pydantic.Field(0.55, ge=0, le=1)
    """Probability of each augmentation in the end, of those of colour half of it; it begins with 0."""
    schedule_kimg: float = pydantic.Field(20_000.0, gt=0)
    """Thousands of images after which these numbers have reached their ends."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models import r3gan as networks

    config = complete(config, train)
    labels = class_labels(config, train)
    options = {"width": config.widths, "blocks": config.blocks, "group_size": config.group_size,
               "classes": 0 if labels is None else len(labels)}
    steps = max(1, round(1000 * config.schedule_kimg / config.batch_size))
    gamma = core.Cosine(config.gamma, config.gamma_end, steps)
    gan = core.GAN(
        networks.build_generator(config.size, train.channels, latent=config.latent, **options),
        networks.build_discriminator(config.size, train.channels, **options),
        core.Objective(core.Relativistic(), regularizers=(core.R1(gamma), core.R2(gamma))),
        core.Normal(config.latent),
        augment=_augmentation(config.augment, steps) if config.augment else None,
        ema=core.ExponentialMovingAverage(half_life_kimg=core.Cosine(0.0, config.ema_kimg, steps)),
        prepare=train.prepare(networks.VALUE_RANGE),
        seed=config.seed,
    )
    gan.compile(*(core.ScheduledAdam(core.Cosine(config.learning_rate, config.learning_rate_end, steps), 0.0,
                                     core.Cosine(config.beta_2, config.beta_2_end, steps), epsilon=1e-8)
                  for _ in range(2)))
    return experiment(config, gan, train, validation, networks.VALUE_RANGE, labels=labels)


def _augmentation(probability: float, steps: int) -> core.Chain:
    """Geometry, colour at half the rate, and cutout, in the order of StyleGAN2-ADA."""
    whole, half = (core.Cosine(0.0, share * probability, steps) for share in (1.0, 0.5))
    return core.Chain(core.FixedAugment(whole, transforms="bg"), core.FixedAugment(half, transforms="color"),
                      core.FixedAugment(whole, transforms="cutout"))


RECIPE = class_recipe("r3gan", __doc__, Config, build, presets=PRESETS)
