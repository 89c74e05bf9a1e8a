"""pix2pixHD: large pictures from label maps and instance maps, coarse to fine (Wang et al. 2018).

gan-vision train pix2pix_hd --data cityscapes:DIR --size 512x1024 --global-steps 600000
gan-vision train pix2pix_hd --data labels:DIR --classes 12 --enhancers 0 --size 256
gan-vision train pix2pix_hd --preset small --data scenes
gan-vision translate RUN LABEL_MAPS PHOTOS --instances INSTANCE_MAPS

The third with scenes:300 and seed 0 on two cores: 3 minutes, L1 0.035 of the range on held-out scenes, 51 of 51
touching houses separated where a run without instance edges separates 6 (docs/translation.md).

Phases: the global generator alone at a smaller size; then, for each enhancer, first the enhancer with the rest fixed
and then everything together, each with fresh optimizers. Both players learn from one generated batch, as in NVIDIA's
code. Paper: https://arxiv.org/abs/1711.11585
"""

from __future__ import annotations

import pydantic

import gan_core as core
from gan_core.errors import ConfigError
from gan_vision.recipes.pairs import (
    VALUE_RANGE,
    PictureSize,
    TranslationConfig,
    adversaries,
    experiment,
    sampling,
    source_channels,
    translation_recipe,
)

PRESETS = {"small": {"size": "64x128", "width": 8, "halvings": 2, "blocks": 3, "discriminator_width": 16,
                     "batch_size": 4, "global_steps": 800, "enhancer_steps": 200, "steps": 2000, "sample_every": 200}}


class Config(TranslationConfig):
    """Settings of `pix2pix_hd`; 200 epochs of the 2,975 street scenes are 595,000 steps, for either size."""

    size: PictureSize = "512x1024"
    steps: int = pydantic.Field(1_190_000, ge=1)
    """Discriminator updates in all phases together."""
    global_steps: int = pydantic.Field(595_000, ge=1)
    """Steps of the global generator alone, at half the size for each enhancer; not used without enhancers."""
    enhancer_steps: int = pydantic.Field(29_750, ge=1)
    """Steps of each new enhancer while the rest is fixed."""
    joint_steps: int = pydantic.Field(565_250, ge=1)
    """Steps of everything together before a further enhancer; after the last there are as many as `steps` leaves."""
    enhancers: int = pydantic.Field(1, ge=0)
    """Local enhancers, each doubling the size; 0 trains the global generator at the full one."""
    width: int = pydantic.Field(32, ge=1)
    """Channels of the first map at full size; each enhancer inwards doubles them (64 in the global generator)."""
    halvings: int = pydantic.Field(4, ge=1)
    """Of the global generator."""
    blocks: int = pydantic.Field(9, ge=1)
    """Its residual blocks."""
    discriminators: int = pydantic.Field(2, ge=1)
    """How many, each seeing half the size of the one before; 3 for 1024x2048."""
    discriminator_width: int = pydantic.Field(64, ge=1)
    """Channels of their first maps."""
    feature_matching: float = pydantic.Field(10.0, ge=0)
    """Weight of the difference between the discriminators' features of real and generated pictures."""
    l1: float = pydantic.Field(0.0, ge=0)
    """Weight of the mean absolute difference from the target; the published game has none."""
    vgg: str | None = None
    """File of VGG19 weights, for the perceptual term; null goes without it."""
    features: int = pydantic.Field(0, ge=0)
    """Numbers that an encoder gives each instance of its appearance (3 in the paper); 0 has no encoder."""

    @property
    def instance_form(self) -> str:
        """An encoder needs the ids beside the edges."""
        return "both" if self.features else "edges"


def build(config: Config, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    from gan_vision.models import pix2pix_hd as networks
    from gan_vision.models.size import any_or_at_least, require_divisible
    from gan_vision.training.coarse_to_fine import coarse_to_fine

    sides, reads = config.sides, source_channels(train)
    if config.features and "instances" not in train.fields:
        raise ConfigError(f"an encoder of features needs instances. Received: features={config.features} with data "
                          "that have none. Use --instances regions, or --features 0.")

    def generator(enhancers: int):
        """The one that has so many enhancers, at its size."""
        shrunk = 2 ** (config.enhancers - enhancers)
        size = tuple(side // shrunk for side in sides)
        painter = networks.build_generator(
            size, train.channels, source_channels=reads + config.features, width=config.width * shrunk,
            halvings=config.halvings, blocks=config.blocks, enhancers=enhancers)
        return painter if not config.features else networks.build_encoding_generator(
            painter, networks.build_feature_encoder(size, train.channels, features=config.features,
                                                    halvings=config.halvings))

    smallest = tuple(side // 2**config.enhancers for side in sides)
    any_or_at_least(smallest, 2 ** (config.discriminators + 2) + 1, f"{config.discriminators} discriminators")
    # What the last phase would refuse, before the first begins.
    require_divisible(sides, config.halvings + config.enhancers, times=2,
                      option="(halvings + enhancers)" if config.enhancers else "halvings")
    gan = core.GAN(
        generator(0),
        adversaries(config, train.channels, lambda: [networks.build_discriminator(
            None, train.channels, source_channels=reads, width=config.discriminator_width, scale=scale)
            for scale in range(config.discriminators)]),
        core.Objective(core.LeastSquares(), auxiliary=_auxiliary(config),
                       # the published generator's term has no 1/2, and there is one for each discriminator
                       generator_weight=0.0 if config.adversary == "none" else 2.0),
        core.NoLatent(),
        update="simultaneous",
        prepare=train.prepare(VALUE_RANGE),
        sampling=sampling(config),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.adam())
    return experiment(config, gan, train, validation, coarse_to_fine(config, train, generator))


def _auxiliary(config: Config) -> tuple:
    terms = []
    if config.feature_matching and config.adversary != "none":
        terms.append(core.FeatureMatching(config.feature_matching))
    if config.l1:
        terms.append(core.Reconstruction(config.l1, name="l1"))
    if config.vgg is not None:
        from gan_vision.models.vgg_features import LAYER_WEIGHTS, vgg_features

        terms.append(core.PerceptualLoss(10.0, vgg_features(config.vgg), layer_weights=LAYER_WEIGHTS, name="vgg"))
    if config.adversary == "none" and not terms:
        raise ConfigError("without an adversary the generator needs another term. Received: adversary='none', l1=0, "
                          "vgg=None. Add --l1 100.")
    return tuple(terms)


RECIPE = translation_recipe("pix2pix_hd", __doc__, Config, build, presets=PRESETS)
