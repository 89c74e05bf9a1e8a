"""ProGAN: progressive growing from 4 pixels up, a gradient penalty and drift (Karras et al. 2018).

gan-vision train progan --preset v2-1gpu --data folder:MY_PICTURES --size 256 --dry-run
gan-vision train progan --preset small-colour --data folder:MY_PICTURES
gan-vision sample RUN --level 8
gan-vision train progan --preset small-colour --data folder:MY_PICTURES --size 64 --start-size 32 --init-from RUN

The first prints the schedule; the last grows a finished run further. Each level is shown for `stable_kimg` thousand
images and the next one is blended in for `fade_kimg`, with fresh optimizers at both ends of a fade; all that is left
goes to the last one. The authors' code decides where the paper is silent.

The second on 1,731 emoji, seed 0, on two cores without GPU and with other work beside it: 2,813 steps, 20 minutes, KID
0.0022 against unseen emoji (0.0010 of real ones), precision 0.81, recall 0.66 (docs/systems.md).

Paper: https://arxiv.org/abs/1710.10196. The preset book-cifar has the numbers of Rafael Valle, "Hands-On Generative
Adversarial Networks with Keras" (Packt 2019), chapter 7.
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision.growing_run import GrowingRun
from gan_vision.recipes import classes
from gan_vision.recipes.classes import ClassConfig, class_labels, class_recipe
from gan_vision.recipes.images import ImageConfig, experiment

SMALL = {"size": 32, "batch_size": 32, "fmap_max": 64, "latent": 64, "ema": 0.995, "learning_rate": 2e-3}
PRESETS = {
    "v1": {"batch_sizes": (16, 16, 16, 16, 16, 16, 14, 6, 3), "group_size": 16, "stable_kimg": 800.0,
           "fade_kimg": 800.0, "kimg": 19_000.0},
    "v2-1gpu": {"batch_sizes": (128, 128, 128, 64, 32, 16, 8, 4, 4), "learning_rates": (*[1e-3] * 8, 1.5e-3)},
    "book-cifar": {"data": "tfds:cifar10", "size": 32, "batch_size": 16, "fmap_base": 4096, "fmap_max": 128,
                   "latent": 128, "stable_kimg": 500.0, "fade_kimg": 500.0, "kimg": 25_000.0, "gamma": 750.0},
    "digits": {**SMALL, "data": "digits", "channels": 1, "fmap_base": 256, "stable_kimg": 16.0, "fade_kimg": 12.0,
               "kimg": 128.0},
    "small-colour": {**SMALL, "fmap_base": 512, "stable_kimg": 12.0, "fade_kimg": 8.0, "kimg": 90.0},
}


class Config(ImageConfig, AdamConfig, ClassConfig):
    """Settings of `progan`."""

    data: str = "tfds:cifar10"
    size: int = pydantic.Field(32, ge=4)
    """Pixels of each side at the last level, a power of two."""
    start_size: int = pydantic.Field(4, ge=4)
    """Pixels of each side at the first level."""
    steps: int = pydantic.Field(187_500, ge=1)
    """Updates in all levels together; by default as many as `kimg` needs."""
    kimg: float = pydantic.Field(12_000.0, gt=0)
    """Thousands of real images in all levels together."""
    stable_kimg: float = pydantic.Field(600.0, ge=0)
    """Thousands of images of each level before the next one; 0 goes on at once."""
    fade_kimg: float = pydantic.Field(600.0, ge=0)
    """Thousands of images of each fade; 0 jumps. With both 0 nothing grows."""
    batch_sizes: tuple[pydantic.PositiveInt, ...] | None = None
    """Images per update at 4, 8, 16, ... pixels, the last for all larger ones; `batch_size` everywhere if not given."""
    learning_rates: tuple[pydantic.PositiveFloat, ...] | None = None
    """The same for the rates of both Adam optimizers; `learning_rate` everywhere if not given."""
    fmap_base: int = pydantic.Field(8192, ge=1)
    """Channels times half the size, where `fmap_max` does not cut them off."""
    fmap_max: int = pydantic.Field(512, ge=1)
    """Most channels of a map."""
    group_size: int = pydantic.Field(4, ge=1)
    """Images whose standard deviation the discriminator sees."""
    latent: int | None = pydantic.Field(None, ge=1)
    """Length of the noise vector; by default the channels of the smallest maps."""
    penalty: float = pydantic.Field(10.0, gt=0)
    """Weight of the gradient penalty."""
    gamma: float = pydantic.Field(1.0, gt=0)
    """The gradient norm that it holds; 750 in the paper's CIFAR-10 run."""
    penalty_size: Literal["full", "native"] = "full"
    """At which size of the pictures a norm is meant: the last one's, as the authors have it, or the level's own."""
    drift: float = pydantic.Field(1e-3, ge=0)
    """Weight of the squared scores of real images."""
    learning_rate: float = pydantic.Field(1e-3, gt=0)
    beta_1: float = pydantic.Field(0.0, ge=0, lt=1)
    beta_2: float = pydantic.Field(0.99, ge=0, lt=1)
    ema: float | None = pydantic.Field(0.999, gt=0, lt=1)
    """Decay of the averaged generator; null samples the trained one."""


def placeholder(config: Config):
    """Blank images, enough for the largest batch of any level."""
    return classes.placeholder(config.model_copy(update={
        "batch_size": max(config.batch_sizes or (config.batch_size,))}))


def complete(config: Config, train) -> Config:
    """The config with what the data say, and with the steps that its images make."""
    from gan_vision.training.growing import stages_of

    config = classes.complete(config, train)
    return config.model_copy(update={"steps": sum(stage.steps for stage in stages_of(config))})


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models import progan as networks
    from gan_vision.training.growing import Growth, GrowthSheet, growth_phases, penalty_target, stages_of

    config = complete(config, train)
    stages, labels = stages_of(config), class_labels(config, train)
    options = {"fmap_base": config.fmap_base, "fmap_max": config.fmap_max,
               "classes": 0 if labels is None else len(labels)}
    generator = networks.build_generator(config.size, train.channels, latent=config.latent, **options)
    growth = Growth(train.prepare(networks.VALUE_RANGE), config.size)
    target = penalty_target(stages, config.gamma) if config.penalty_size == "full" else config.gamma
    gan = core.GAN(
        generator,
        networks.build_discriminator(config.size, train.channels, group_size=config.group_size, **options),
        core.Objective(
            core.Wasserstein(),
            regularizers=(core.GradientPenalty(config.penalty, target),
                          *((core.Drift(config.drift),) * (config.drift > 0)),
                          *((core.DiscriminatorClassLoss(),) * (labels is not None))),
            auxiliary=(core.GeneratorClassLoss(),) * (labels is not None)),
        core.Normal(generator.latent),
        ema=config.ema,
        prepare=growth,
        seed=config.seed,
    )
    growth.begin(gan, stages[0])
    return experiment(
        config, gan, train, validation, networks.VALUE_RANGE, labels=labels,
        phases=growth_phases(stages, growth, train, seed=config.seed, flip=config.flip,
                             optimizers=lambda rate: config.optimizers(generator_rate=rate, discriminator_rate=rate)),
        previews=[GrowthSheet(stages, networks.VALUE_RANGE, labels)])


RECIPE = class_recipe("progan", __doc__, Config, build, run_class=GrowingRun, complete=complete,
                      placeholder=placeholder, presets=PRESETS)
