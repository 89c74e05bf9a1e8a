"""Text-to-image: pictures of what a caption says (Reed et al. 2016: GAN-CLS and GAN-INT).

gan-vision train text_to_image --preset shapes
gan-vision train text_to_image --data captions:PICTURES_AND_CAPTIONS --size 64
gan-vision sample RUN --text "a red circle with a green border"

The first, seed 0, on one core of two without GPU: 8 minutes; of 440 pictures of combinations that were never shown 99 %
have the colour asked for, 96 % the shape, 100 % the border (docs/captions.md).

The discriminator must also reject real pictures beside a caption that is not theirs, and the generator must pass with
mixes of two captions. Vectors of captions come with the data (hdf5:FILE, --vectors), or from an encoder that first
learns, for a minute or two, which captions belong to which pictures, and stays in the run. Paper:
https://arxiv.org/abs/1605.05396
"""

from __future__ import annotations

from typing import Literal

import pydantic

import gan_core as core
from gan_core.run.recipe_settings import AdamConfig
from gan_vision.recipes import captioned
from gan_vision.recipes.images import ImageConfig, NetworkConfig
from gan_vision.text_to_image_run import TextToImageRun

PRESETS = {"shapes": {"data": "shapes", "size": 32, "load_size": 32, "width": 32, "discriminator_width": 32, "r1": 1.0,
                      "normalization": "layer", "learning_rate": 1e-3, "halve_every": 13, "ema": 0.99, "steps": 1600,
                      "encoder_steps": 300, "sample_every": 400}}


class Config(ImageConfig, NetworkConfig, AdamConfig):
    """Settings of `text_to_image`; 600 epochs of the 8,855 training birds are 83,000 steps."""

    data: str = "shapes"
    """captions:DIR, hdf5:FILE, shapes[:COUNT] (synthetic, no file needed), or tfds:oxford_flowers102."""
    size: int = pydantic.Field(64, ge=8)
    """Pixels of each side."""
    load_size: int | None = pydantic.Field(None, ge=8)
    """Pixels at which training pictures are loaded before a random part of `size` is cut out; 76 for 64 by default."""
    flip: bool = True
    """Mirror each picture with probability 1/2."""
    vectors: str | None = None
    """File .npy of float (captions, k), for captions:DIR: the vectors of all captions in the order of their file."""
    captions_file: str | None = None
    """CSV file or JSON lines, for tfds:oxford_flowers102."""
    vector_size: int | None = pydantic.Field(None, ge=1)
    """Length of vectors that come with the data; null where the run's own encoder makes them."""
    steps: int = pydantic.Field(83_000, ge=1)
    mode: Literal["gan", "gan-cls", "gan-int", "gan-int-cls"] = "gan-int-cls"
    """cls: wrong pairs must be rejected; int: mixes of two captions must pass."""
    loss: str = "non_saturating"
    """The game, as in `dcgan`; wasserstein and rsgan are those of Valle, chapter 9."""
    wrong: Literal["class", "picture"] = "class"
    """What is shown beside a caption that is not its own: a picture of another class, or any other picture."""
    wrong_weight: float = pydantic.Field(0.5, ge=0, le=1)
    """What the loss against wrong pairs counts; that against generated pictures counts the rest."""
    interpolation_weight: float = pydantic.Field(0.5, ge=0)
    """Of the generator's loss for mixes; 0.5 counts every sample alike."""
    share: float | None = pydantic.Field(0.5, ge=0, le=1)
    """Of the first caption in a mix; null draws it anew from 0 to 1."""
    captions_per_image: int = pydantic.Field(4, ge=1)
    """Captions whose vectors are averaged, drawn anew each time."""
    gradient_penalty: float | None = pydantic.Field(None, ge=0)
    """Weight of the penalty of WGAN-GP; by default 10 with the loss wasserstein, else 0."""
    r1: float = pydantic.Field(0.0, ge=0)
    """Weight of the zero-centred gradient penalty, which keeps small data sets stable; 0 for the paper's game."""
    normalization: Literal["batch", "layer"] | None = None
    """Of the discriminator; by default batch, and layer beside a gradient penalty."""
    n_critic: int | None = pydantic.Field(None, ge=1)
    """Discriminator updates per generator update; by default 5 with the loss wasserstein, else 1."""
    halve_every: int | None = pydantic.Field(100, ge=1)
    """Epochs after which both learning rates are halved; null keeps them."""
    width: int | None = pydantic.Field(128, ge=1)
    """Channels of the generator's largest map."""
    discriminator_width: int = pydantic.Field(64, ge=1)
    """Channels of the discriminator's largest map."""
    projected: int = pydantic.Field(128, ge=1)
    """Length of a caption's vector beside the noise and beside the features."""
    encoder_steps: int = pydantic.Field(1500, ge=1)
    """Of the run's own encoder of captions, before the first step."""


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models.text_to_image import VALUE_RANGE, build_discriminator, build_generator

    config = captioned.complete(config, train)
    data = captioned.encoded(config, train, validation)
    wasserstein = config.loss == "wasserstein"
    penalty = (10.0 * wasserstein) if config.gradient_penalty is None else config.gradient_penalty
    game = core.loss_by_name(config.loss)
    text = config.vector_size or data.encoder.size
    shape = {"size": config.size, "channels": train.channels, "text": text, "projected": config.projected}
    gan = core.GAN(
        build_generator(width=config.width or 128, latent=config.latent, **shape),
        build_discriminator(width=config.discriminator_width, **shape,
                            normalization=config.normalization or ("layer" if penalty else "batch")),
        core.Objective(
            game,
            regularizers=((core.GradientPenalty(penalty),) if penalty else ()) + (
                (core.R1(config.r1),) if config.r1 else ()),
            mismatched=core.SuppliedSamples() if "cls" in config.mode else None,
            mismatched_weight=config.wrong_weight,
            auxiliary=(core.InterpolatedConditions(game, ["text"], config.interpolation_weight, share=config.share),)
            if "int" in config.mode else ()),
        core.Normal(config.latent),
        n_critic=config.n_critic or (5 if wasserstein else 1),
        prepare=data.prepare(VALUE_RANGE),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*captioned.optimizers(config, len(train)))
    return captioned.experiment(config, gan, data, VALUE_RANGE)


RECIPE = captioned.captioned_recipe("text_to_image", __doc__, Config, build, presets=PRESETS,
                                    run_class=TextToImageRun)
