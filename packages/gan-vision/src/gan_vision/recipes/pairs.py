"""What recipes on pairs share: settings of data, loading, and the experiment around a GAN that translates pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
import pydantic

import gan_core as core
from gan_core.errors import ConfigError
from gan_core.run.config import RunConfig
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_settings import AdamConfig
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.instance_ids import InstanceIds
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.photo import Photo
from gan_vision.data.label_maps import CITYSCAPES_CLASSES, read_colors
from gan_vision.data.scenes import CLASSES
from gan_vision.data.translation_sources import MAPS, joined_fields, load_translation, source_is_gray
from gan_vision.recipes.images import OpaqueChannels
from gan_vision.translation.translation_run import TranslationRun

VALUE_RANGE = (-1.0, 1.0)  # of every network here


def size_text(value):
    """The one form of 256, (256, 512), "256" or "256x512"."""
    parts = value if isinstance(value, tuple | list) else str(value).lower().split("x")
    try:
        sides = [int(part) for part in parts]
    except (TypeError, ValueError):
        sides = []
    if not 1 <= len(sides) <= 2 or not all(1 <= side <= 16_384 for side in sides):
        raise ValueError("must be pixels such as 256, or height x width such as 256x512")
    return f"{sides[0]}" if len(set(sides)) == 1 else f"{sides[0]}x{sides[1]}"


PictureSize = Annotated[str, pydantic.BeforeValidator(size_text)]


def sides_of(size: str) -> tuple[int, int]:
    """(height, width) of a `PictureSize`."""
    height, _, width = size.partition("x")
    return int(height), int(width or height)


class PairConfig(RunConfig):
    """Settings of the data of a translation."""

    JITTER: ClassVar[float] = 1.0  # what pairs are larger than `size` when they are loaded, unless `load_size` says it

    data: str = "scenes"
    """aligned:DIR, split:DIR, cityscapes:DIR, labels:DIR, edges:DIR, gray:DIR, small:DIR, hole:DIR, silhouette:DIR, or
    scenes[:COUNT] (synthetic, no file needed)."""
    size: PictureSize = "256"
    """Pixels of each side, or height x width: 256x512."""
    load_size: PictureSize | None = None
    """Size at which training pairs are loaded before a random part of `size` is cut out; `size` itself cuts nothing."""
    direction: Literal["AtoB", "BtoA"] = "AtoB"
    """Which side of a pair is read and which is made."""
    channels: OpaqueChannels = 3
    """Of what is made: 1 for gray, 3 for RGB."""
    source_channels: OpaqueChannels | None = None
    """Of what is read: 3, or 1 for edges, gray and silhouette; label maps have one for each class."""
    factor: Literal["2", "4"] = "4"
    """How much small:DIR enlarges."""
    classes: int | None = pydantic.Field(None, ge=1)
    """Of label maps; 35 for cityscapes, else what `colors` needs."""
    ignore: tuple[int, ...] = ()
    """Ids of label maps that mean "unknown", such as 255 or -1."""
    colors: str | None = None
    """File of lines id,name,red,green,blue, for label maps that are painted in colours."""
    instances: Literal["maps", "regions", "none"] | None = None
    """Objects from files, connected regions of a class, or none; by default maps where there are some."""
    fit: Literal["center_crop", "stretch", "pad"] = "center_crop"
    """How pictures of another shape get theirs."""
    flip: bool = True
    """Mirror each pair with probability 1/2."""
    validation: float = pydantic.Field(0.1, ge=0, lt=1)
    """Share of the pairs held out for scores, where the data hold none out."""
    on_bad: Literal["error", "skip"] = "error"
    """Stop at unusable pictures, or leave them out (up to 10 %)."""
    limit: int | None = pydantic.Field(None, ge=1)
    """Use only so many training pairs."""

    @property
    def sides(self) -> tuple[int, int]:
        """(height, width) of what the networks see."""
        return sides_of(self.size)

    @pydantic.model_validator(mode="after")
    def refuse_smaller_pairs(self):
        """A part of `size` must fit into what is loaded."""
        if any(large < small for large, small in zip(self.loaded_sides, self.sides, strict=True)):
            raise ValueError(f"`load_size` must be at least `size`: {self.load_size} is less than {self.size}")
        return self

    @property
    def loaded_sides(self) -> tuple[int, int]:
        """(height, width) at which training pairs are loaded."""
        if self.load_size is not None:
            return sides_of(self.load_size)
        step = int(self.factor) if self.data.startswith("small:") else 1
        height, width = (-(-round(side * self.JITTER) // step) * step for side in self.sides)
        return height, width

    @property
    def instance_form(self) -> str:
        """What the networks get of instances."""
        return "edges"


class TranslationConfig(PairConfig, AdamConfig):
    """Settings of a recipe that translates pictures."""

    batch_size: int = pydantic.Field(1, ge=1)
    adversary: Literal["both", "gan", "none"] = "both"
    """Learn from the adversary and the distance, from the adversary alone, or from the distance alone."""
    decay_from: int | None = pydantic.Field(None, ge=0)
    """Step from which both rates fall linearly, to 0 at the last step; null keeps them."""
    ema: float | None = pydantic.Field(None, gt=0, lt=1)
    """Decay of an averaged generator; null translates with the trained one, as published."""

    def adam(self, begin: int = 0):
        """The two optimizers, fresh, for a phase that begins at that step: optimizers count their own updates."""
        rate = self.learning_rate if self.decay_from is None else core.linear_decay(
            self.learning_rate, self.steps - begin, start=min(self.decay_from, self.steps - 1) - begin)
        return self.optimizers(generator_rate=rate, discriminator_rate=rate)


def load(config: PairConfig) -> tuple[Examples, Examples | None]:
    """Training pairs at the size they are cut from, and held-out pairs at the size of the networks."""
    options = config.model_dump(include={
        "direction", "channels", "classes", "ignore", "colors", "instances", "fit", "on_bad", "validation", "seed",
        "limit"}) | {"factor": int(config.factor), "form": config.instance_form,
                     "source_channels": config.source_channels or 3}
    train, held_out = load_translation(config.data, size=config.sides, **options).split()
    if config.loaded_sides != config.sides:  # held-out pairs are not cut: they are read at their own size
        train, _ = load_translation(config.data, size=config.loaded_sides, **options).split()
    return train, held_out


def placeholder(config: PairConfig) -> tuple[Examples, None]:
    """Blank pairs of the right shape: enough to build and describe a recipe without data."""
    fields = _fields(config)
    blank: dict = {name: np.zeros((max(config.batch_size, 2), *kind.shape(config.loaded_sides)), kind.dtype)
             for name, kind in fields.items()}
    return Examples(Columns(blank), fields, "placeholder", joined=joined_fields(fields)), None


def _fields(config: PairConfig) -> dict[str, Kind]:
    scheme = config.data.partition(":")[0]
    photo = Photo(config.channels)
    if scheme not in MAPS:
        gray = source_is_gray(config.data)
        same = scheme in ("small", "hole")
        return {"source": Photo(1 if gray else config.channels if same else config.source_channels or 3),
                "real": photo}
    table = read_colors(config.colors) if config.classes is None and config.colors and Path(
        config.colors).is_file() else None
    known = {"scenes": len(CLASSES), "cityscapes": CITYSCAPES_CLASSES}.get(scheme, 1)
    classes = config.classes or (max(table.values()) + 1 if table else known)
    fields: dict[str, Kind] = {"real": photo, "labels": LabelMap(classes, config.ignore)}
    return fields if config.instances == "none" else {**fields, "instances": InstanceIds(config.instance_form)}


def complete(config: PairConfig, train: Examples) -> PairConfig:
    """The config with what only the data know: a run can then be used where its data no longer are."""
    labels = train.fields.get("labels")
    if not isinstance(labels, LabelMap):
        return config.model_copy(update={"source_channels": source_channels(train)})
    instances = config.instances or ("maps" if "instances" in train.fields else "none")
    return config.model_copy(update={"classes": labels.classes, "instances": instances})


def source_channels(train: Examples) -> int:
    """How many channels the networks read."""
    kind = train.fields.get("source") or train.fields["labels"]
    if not isinstance(kind, Photo | LabelMap):
        raise ConfigError(f"a translation reads photos or label maps. Received: {kind!r}.")
    return kind.channels + ("instances" in train.fields)


def sampling(config: TranslationConfig, *, dropout: bool = False) -> core.PerSample:
    """How pictures are made: each normalised by its own statistics if the networks were trained on batches of one."""
    return core.PerSample(dropout=dropout, statistics="own" if config.batch_size == 1 else "stored")


def reconstruction(config: TranslationConfig, weight: float, order: int = 1) -> tuple[core.Reconstruction, ...]:
    """The distance from the target, unless only the adversary counts."""
    if config.adversary == "gan" or not weight:
        return ()
    return (core.Reconstruction(weight, order=order, name=f"l{order}"),)


def adversaries(config: TranslationConfig, channels: int, build: Callable[[], Sequence]) -> list:
    """The discriminators, or one that nobody listens to."""
    return [core.build_spectator((None, None, channels))] if config.adversary == "none" else list(build())


def loader(config: PairConfig, train: Examples) -> core.Loader:
    """Batches of pairs: cut to the size of the networks and mirrored, all maps of a pair alike."""
    sides = config.sides
    return train.loader(config.batch_size, seed=config.seed, flip=config.flip,
                        crop=None if train.image_shape[:2] == sides else sides)


def experiment(config: PairConfig, gan: core.GAN, train: Examples, validation: Examples | None,
               phases: Sequence[core.Phase] = ()) -> core.Experiment:
    """Training with strips of input, output and target, and, given held-out pairs, their scores."""
    from gan_vision.training.matching_samples import reads_real
    from gan_vision.training.translation import TranslationScores, TranslationSheets, at_size, size_of

    scores = None if validation is None or len(validation) < 2 else TranslationScores(validation, VALUE_RANGE,
                                                                                      seed=config.seed)
    shown = train.resized(config.sides) if validation is None else validation

    def condition(count: int) -> dict:
        examples = at_size(shown, size_of(gan))  # of the phase that the run is in
        return examples.conditions(np.arange(count) % len(examples), VALUE_RANGE, real=reads_real(gan))

    return core.Experiment(
        gan, phases or [core.Phase(loader(config, train), config.steps)],
        previews=[TranslationSheets(shown, VALUE_RANGE)], validation=scores,
        validation_hash=None if scores is None else scores.content_hash, best="kid" if scores else None,
        scores=("l1", "kid"), unit="pairs", value_range=VALUE_RANGE, representation={"value_range": str(VALUE_RANGE)},
        condition=condition)


def translation_recipe(name: str, description: str | None, config: type[PairConfig], build: Callable, *,
                       presets: Mapping[str, Mapping] | None = None) -> Recipe:
    """A recipe that translates pictures: what its module adds to the parts of this one."""
    return Recipe(name=name, description=description or "", config=config, load=load, placeholder=placeholder,
                  build=build, complete=complete, presets=presets or {}, run_class=TranslationRun)
