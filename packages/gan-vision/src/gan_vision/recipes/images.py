"""What recipes on plain images share: settings of data and networks, loading, and the experiment around a GAN."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal, TypeVar

import numpy as np
import pydantic

import gan_core as core
from gan_core.errors import ConfigError
from gan_core.images.background import CHOICES, parse_background
from gan_core.metrics.extractors.choice import check_extractor
from gan_core.run.config import RunConfig
from gan_core.run.recipe import Recipe
from gan_vision import data
from gan_vision.data.labels import Labels
from gan_vision.image_run import ImageRun

GRAY_SOURCES = ("digits", "tfds:mnist", "tfds:fashion_mnist", "tfds:kmnist", "tfds:emnist")
# The command line hands settings over as words, which a Literal of numbers does not take.
Number = pydantic.BeforeValidator(lambda word: int(word) if word in ("1", "3", "4") else word)
Channels = Annotated[Literal[1, 3, 4], Number]
OpaqueChannels = Annotated[Literal[1, 3], Number]
CROPS = {"128": 128, "178": 178, "null": None}
Crop = Annotated[Literal["bbox", 128, 178] | None,
                 pydantic.BeforeValidator(lambda word: CROPS.get(word, word) if isinstance(word, str) else word)]


class ImageConfig(RunConfig):
    """Settings of a recipe on plain images."""

    data: str = "digits"
    """folder:PATH, tfds:NAME[/split], cub:DIR, npy:FILE, npz:FILE, or digits (1,797 handwritten digits, no network
    needed)."""
    size: int = pydantic.Field(32, ge=4)
    """Pixels of each side."""
    channels: Channels | None = None
    """1 for gray, 3 for RGB, 4 for RGB with opacity; by default what the source has (3 for folders)."""
    background: str = "white"
    """What transparent parts are laid over unless `channels` is 4: white, black, checker or #rrggbb."""
    fit: Literal["center_crop", "stretch", "pad"] = "center_crop"
    """How images of another shape become square."""
    crop: Crop = None
    """bbox: to the box around what is shown, with a margin (cub:DIR, tfds:caltech_birds2011); 128 or 178:
    tfds:celeb_a."""
    square: Literal["stretch", "shrink"] = "stretch"
    """How crops to boxes become square at borders: stretched, as published, or cut to the shorter side."""
    flip: bool = False
    """Mirror each image with probability 1/2."""
    validation: float = pydantic.Field(0.1, ge=0, lt=1)
    """Share of the images held out for scores."""
    on_bad: Literal["error", "skip"] = "error"
    """Stop at unusable images, or leave them out (up to 10 %)."""
    limit: int | None = pydantic.Field(None, ge=1)
    """Use only so many images."""
    data_dir: str | None = None
    """Where TensorFlow Datasets looks."""
    download: bool = False
    """Let TensorFlow Datasets download."""
    extractor: str = "random"
    """What KID is measured with while training: random, encoder:FILE.keras, inception:WEIGHTS.h5[@75], or
    keras:MODEL.keras[@SIZE]."""

    @pydantic.field_validator("background")
    @classmethod
    def _known_background(cls, background: str) -> str:
        try:
            parse_background(background)
        except ConfigError:
            raise ValueError(f"must be {CHOICES}") from None
        return background

    @property
    def image_channels(self) -> int:
        """The channels asked for; before the data are read, a guess of what they have."""
        return self.channels or (1 if self.data.startswith(GRAY_SOURCES) else 3)


class NetworkConfig(RunConfig):
    """Settings of a recipe whose generator makes images of noise alone (and perhaps of a label)."""

    width: int | None = pydantic.Field(None, ge=1)
    """Channels of the smallest feature map; by default the published number at this size."""
    latent: int = pydantic.Field(100, ge=1)
    """Length of the noise vector."""
    ema: float | None = pydantic.Field(None, gt=0, lt=1)
    """Decay of an averaged generator that samples are made with; null samples the trained one, as published."""


Config = TypeVar("Config", bound=ImageConfig)


def load(config: ImageConfig):
    """Training and validation images."""
    if not config.data:
        raise ConfigError("this recipe needs images. Received: data=''. Pass --data, e.g. --data folder:MY_PICTURES.")
    images = data.load_images(
        config.data, size=config.size, channels=config.channels, fit=config.fit, crop=config.crop,
        square=config.square, background=config.background, on_bad=config.on_bad,
        validation=config.validation, seed=config.seed, limit=config.limit, data_dir=config.data_dir,
        download=config.download)
    return images.split()


def complete(config: Config, train: data.Examples) -> Config:
    """The config with the channels of `train`: a run can then be sampled where its data no longer are."""
    return config.model_copy(update={"channels": train.channels})


def placeholder(config: ImageConfig):
    """Blank images of the right shape: enough to build and describe a recipe without data."""
    blank = np.zeros((config.batch_size, config.size, config.size, config.image_channels), np.uint8)
    return data.Examples.of_images(blank, name="placeholder"), None


def image_recipe(name: str, description: str | None, config: type[ImageConfig], build: Callable, *,
                 placeholder: Callable = placeholder, complete: Callable = complete,
                 presets: Mapping[str, Mapping] | None = None, run_class: type[ImageRun] = ImageRun) -> Recipe:
    """A recipe whose data are plain images: what its module adds to the parts of this one."""
    return Recipe(name=name, description=description or "", config=config, load=load, placeholder=placeholder,
                  build=build, complete=complete, presets=presets or {}, run_class=run_class,
                  check_config=refuse_missing_extractor)


def refuse_missing_extractor(config: ImageConfig) -> None:
    """Make sure that what measures KID is there, before data are read.

    Raises:
        ConfigError: `extractor` is unknown, or an encoder that would have to be trained.
        DataError: its file does not exist.
    """
    kind, _, file = config.extractor.partition(":")
    if kind == "encoder" and not file:
        raise ConfigError("`extractor` must name the file of an encoder while a run trains. Received: "
                          f"extractor={config.extractor!r}. Write encoder:FILE.keras (`gan-vision evaluate` keeps one "
                          "in the run folder), or random.")
    check_extractor(config.extractor)


def experiment(config: ImageConfig, gan: core.GAN, train: data.Examples, validation: data.Examples | None,
               value_range: tuple[float, float], *, labels: Labels | None = None,
               phases: Sequence[core.Phase] | None = None, previews: Sequence[Callable] = ()) -> core.Experiment:
    """Training on `train`, with sheets of samples and, given held-out images, KID against them.

    Args:
        config: of the recipe.
        gan: compiled, or compiled by its first phase.
        train: pictures.
        validation: held-out ones, or None.
        value_range: (low, high) of the generator.
        labels: those of `train`, for conditional networks.
        phases: of the run; a single one by default.
        previews: beside the sheets of samples.
    """
    from gan_vision.training.previews import SampleSheets
    from gan_vision.training.validation import KidAgainst

    if phases is None:
        phases = [core.Phase(train.loader(config.batch_size, seed=config.seed, flip=config.flip), config.steps)]
    scores = None if validation is None or len(validation) < 2 else KidAgainst(
        validation, value_range, extractor=config.extractor, seed=config.seed)
    return core.Experiment(
        gan, phases, previews=[SampleSheets(train, value_range, labels=labels), *previews],
        validation=scores, validation_hash=None if scores is None else scores.content_hash, best="kid",
        scores=("kid",), unit="images", value_range=value_range, representation={"value_range": str(value_range)},
        condition=None if labels is None else lambda count: {"label": labels.in_turn(count)},
        notices=() if labels is None else labels.rare(train.labels))
