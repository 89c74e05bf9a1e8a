"""Small coloured pictures in a quarter of an hour: what a search of short runs found best (docs/small-data.md).

gan-vision train small_pictures --data folder:MY_PICTURES
gan-vision train small_pictures --data folder:MY_PICTURES --no-conditional --augment adaptive --steps 10000

Relativistic pairs with gradient penalties on real and generated images (Huang et al. 2024), both at every fourth step
only (Karras et al. 2020), on residual networks that are narrow where maps are large (Gulrajani et al. 2017), told the
class of each picture where the data have classes.

On 1,731 emoji without their categories, seed 0, two cores without GPU: the defaults give clear faces, flags and signs
among shapes that are none after 15 minutes; the second, after 37, is the sheet at the head of the README. With a
few hundred pictures augmentation decides; with 1,000 and as many steps no use was seen (docs/small-data.md).

Papers: https://arxiv.org/abs/2501.05441, https://arxiv.org/abs/1912.04958, https://arxiv.org/abs/1704.00028
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.errors import ConfigError
from gan_vision.recipes.classes import ClassConfig, class_labels, class_recipe, complete
from gan_vision.recipes.images import ImageConfig, experiment


class Config(ImageConfig, ClassConfig):
    """Settings of `small_pictures`."""

    data: str = ""
    batch_size: int = pydantic.Field(32, ge=1)
    steps: int = pydantic.Field(4500, ge=1)
    conditional: bool | None = None
    """Whether the networks are told the class of each picture; by default if the data have classes."""
    networks: Literal["small_pictures", "r3gan", "resnet"] = "small_pictures"
    """Which ones; those of resnet know no classes and have one width."""
    widths: tuple[int, ...] = (128, 64, 48, 32)
    """Channels of each stage, from 4x4 pixels up; one number for all."""
    latent: int = pydantic.Field(64, ge=1)
    """Length of the noise vector."""
    loss: str = "rsgan"
    """The game: rsgan, rasgan, non_saturating, hinge, ..."""
    gamma: float = pydantic.Field(0.5, gt=0)
    """Weight of the gradient penalties."""
    r2: bool = True
    """Penalise the gradient at generated images too."""
    penalty_interval: int = pydantic.Field(4, ge=1)
    """Penalties at every so many steps, so many times as strong."""
    augment: Literal["none", "diffaugment", "adaptive"] = "none"
    """Of what the discriminator sees; adaptive: geometry and colours of StyleGAN2-ADA."""
    policy: str = "translation,cutout"
    """Of diffaugment: color, translation, cutout."""
    augment_target: float = pydantic.Field(0.6, gt=-1, lt=1)
    """Of adaptive: the mean sign of the margins that it holds."""
    ada_kimg: float = pydantic.Field(50.0, gt=0)
    """Of adaptive: thousands of images in which the probability can rise from 0 to 1."""
    learning_rate: float = pydantic.Field(1.2e-3, gt=0)
    """Of both Adam optimizers, which have no first momentum, at first."""
    learning_rate_end: float = pydantic.Field(1e-4, gt=0)
    """Learning rate of both at the last step."""
    beta_2: float = pydantic.Field(0.99, ge=0, lt=1)
    """Adam's second momentum."""
    ema_kimg: float = pydantic.Field(5.0, gt=0)
    """Half-life of the averaged generator in thousands of images."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    import keras

    from gan_vision.models import r3gan, resnet, small_pictures

    config = complete(config, train)
    labels = class_labels(config, train)
    networks = {"small_pictures": small_pictures, "r3gan": r3gan, "resnet": resnet}[config.networks]
    options = {"width": config.widths, **({} if labels is None else {"classes": len(labels)})}
    if networks is resnet:
        options = {"width": _only_width(config, labels)}
    gan = core.GAN(
        networks.build_generator(config.size, train.channels, latent=config.latent, **options),
        networks.build_discriminator(config.size, train.channels, **options),
        core.Objective(core.loss_by_name(config.loss), regularizers=tuple(
            core.Lazy(penalty(config.gamma), every=config.penalty_interval)
            for penalty in (core.R1, core.R2)[:1 + config.r2])),
        core.Normal(config.latent),
        augment=_augmentation(config),
        ema=core.ExponentialMovingAverage(half_life_kimg=config.ema_kimg, warmup=True),
        prepare=train.prepare(networks.VALUE_RANGE),
        seed=config.seed,
    )
    # The discriminator's Adam where penalties are lazy: see `lazy_adam`.
    share = config.penalty_interval / (config.penalty_interval + 1) if config.penalty_interval > 1 else 1.0
    gan.compile(*(keras.optimizers.Adam(
        core.Cosine(rate * config.learning_rate, rate * config.learning_rate_end, config.steps), 0.0,
        config.beta_2**rate, epsilon=1e-8) for rate in (1.0, share)))
    return experiment(config, gan, train, validation, networks.VALUE_RANGE, labels=labels)


def _only_width(config: Config, labels) -> int:
    if labels is not None or len(config.widths) != 1:
        raise ConfigError("`networks` resnet knows no classes, and has one width. Received: "
                          f"conditional={labels is not None}, widths={config.widths}. Add --no-conditional and "
                          "--widths 40.")
    return config.widths[0]


def _augmentation(config: Config):
    if config.augment == "diffaugment":
        return core.DiffAugment(config.policy)
    if config.augment == "adaptive":
        return core.AdaptiveAugment("paper", target=config.augment_target, ada_kimg=config.ada_kimg, p_max=0.8)
    return None


RECIPE = class_recipe("small_pictures", __doc__, Config, build)
