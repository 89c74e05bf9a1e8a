"""DCGAN with adaptive discriminator augmentation, for few pictures, 64 pixels (Karras et al. 2020; Béres 2021).

gan-vision train ada --data folder:MY_PICTURES --augment
gan-vision train ada --preset example
gan-vision train ada --preset example --data cub:CUB_200_2011 --extractor inception:WEIGHTS.h5@75
gan-vision train ada --preset cats
gan-vision train ada --preset flowers

Networks and numbers are those of András Béres, "Data-efficient GANs with Adaptive Discriminator Augmentation" (Keras
code examples, 2021). Paper: https://arxiv.org/abs/2006.06676

`example` is the whole of it: birds of TensorFlow Datasets, or of the raw folder of CUB-200-2011, cut to their boxes and
stretched at the borders of pictures, 400 epochs, the best generator by KID. The example measures that with InceptionV3
at 75 pixels, whose weights the third command takes from a file on this machine; without, a fixed random network ranks
the generators of one run. Known difference: KID is one estimate over 1,000 held-out pictures, there the mean over
batches. `cats` is the example's other data set with pictures held out, there measured on those of the training;
`flowers` has 1,020 pictures to train on, for which adaptive augmentation is on.
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision import models
from gan_vision.recipes.images import ImageConfig, NetworkConfig, experiment, image_recipe

# The numbers of the example, whose augmentation is off too.
NUMBERS = {"size": 64, "channels": 3, "batch_size": 128, "steps": 18_400, "width": 128, "depth": 4, "latent": 64,
           "dropout": 0.4, "augment": False, "learning_rate": 2e-4, "beta_1": 0.5, "ema": 0.99, "extractor": "random"}
PRESETS = {
    "example": {"data": "tfds:caltech_birds2011", "crop": "bbox", "square": "stretch", **NUMBERS},
    "cats": {"data": "tfds:cats_vs_dogs", **NUMBERS},
    "flowers": {"data": "tfds:oxford_flowers102", **NUMBERS, "augment": True},
}


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `ada`; 400 epochs of the example's 5,994 birds are 18,400 steps."""

    data: str = "tfds:cats_vs_dogs"
    size: int = pydantic.Field(64, ge=8)
    batch_size: int = pydantic.Field(128, ge=1)
    steps: int = pydantic.Field(18_400, ge=1)
    width: int = pydantic.Field(128, ge=1)
    """Channels of every feature map."""
    depth: int = pydantic.Field(4, ge=1)
    """Number of halvings."""
    latent: int = pydantic.Field(64, ge=1)
    """Length of the noise vector."""
    augment: bool = False
    """Adaptive augmentation: for small data sets and long training."""
    augment_preset: Literal["keras_example", "paper"] = "keras_example"
    """Which transforms and which controller."""
    augment_target: float | None = pydantic.Field(None, gt=0, lt=1)
    """What the controller holds: 0.85 real accuracy (keras_example) or 0.6 mean sign (paper)."""
    augment_steps: int = pydantic.Field(1000, ge=1)
    """Integration steps of the keras_example controller."""
    dropout: float = pydantic.Field(0.4, ge=0, lt=1)
    """Rate before the discriminator's last layer."""
    ema: float = pydantic.Field(0.99, gt=0, lt=1)
    """Decay of the averaged generator; 0.999 for long runs."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    network = models.NETWORKS["ada"]
    options = {"width": config.width, "depth": config.depth}
    gan = core.GAN(
        network.build_generator(config.size, train.channels, latent=config.latent, **options),
        network.build_discriminator(config.size, train.channels, dropout=config.dropout, **options),
        core.Objective(core.NonSaturating()),
        core.Normal(config.latent),
        augment=core.AdaptiveAugment(
            config.augment_preset, target=config.augment_target, steps=config.augment_steps,
            value_range=network.value_range) if config.augment else None,
        ema=config.ema,
        update="simultaneous",
        prepare=train.prepare(network.value_range),
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, network.value_range)


RECIPE = image_recipe("ada", __doc__, Config, build, presets=PRESETS)
