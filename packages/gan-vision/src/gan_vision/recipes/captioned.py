"""What a recipe on captioned pictures is made of beside its networks: data, their encoders, and the experiment."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

import gan_core as core
from gan_core.errors import ConfigError, DataError
from gan_core.run.recipe import Recipe
from gan_vision.data.caption_sources import load_captioned
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.captions import Captions
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.photo import Photo
from gan_vision.data.fields.text_vectors import TextVectors
from gan_vision.data.preparation import Preparation
from gan_vision.recipes.images import refuse_missing_extractor

JITTER = 76 / 64  # training pictures are loaded larger and cut, as in the authors' code


def load(config) -> tuple[Examples, Examples | None]:
    """Training pictures at the size they are cut from, and held-out ones at the size of the networks."""
    if config.crop is not None:
        raise ConfigError("`crop` must be null: sources of captioned pictures have no boxes. Received: "
                          f"crop={config.crop!r}. Leave it out.")
    options = config.model_dump(include={"channels", "fit", "background", "on_bad", "validation", "seed", "limit",
                                         "vectors", "captions_file", "data_dir", "download"})
    options["channels"] = config.channels or 3
    train, held_out = load_captioned(config.data, size=config.size, **options).split()
    if loaded_size(config) != config.size:  # held-out pictures are not cut: they are read at their own size
        train, _ = load_captioned(config.data, size=loaded_size(config), **options).split()
    return train, held_out


def loaded_size(config) -> int:
    """Pixels of each side at which training pictures are loaded.

    Raises:
        ConfigError: fewer than the networks make.
    """
    loaded = config.load_size or round(config.size * JITTER)
    if loaded < config.size:
        raise ConfigError(f"`load_size` must be at least `size`. Received: load_size={loaded}, size={config.size}.")
    return loaded


def placeholder(config) -> tuple[Examples, None]:
    """Blank pictures with captions, of two classes: enough to build and describe a recipe without data."""
    count, size = max(config.batch_size, 2), loaded_size(config)
    columns: dict = {"real": np.zeros((count, size, size, config.image_channels), np.uint8),
                     "captions": [("a picture",)] * count, "label": np.arange(count, dtype=np.int32) % 2}
    fields: dict = {"real": Photo(config.image_channels), "captions": Captions(), "label": ClassLabel(("0", "1"))}
    if config.vector_size is not None:
        columns["text"] = np.ones((count, 1, config.vector_size), np.float32)
        fields["text"] = TextVectors(config.vector_size, 1)
    return Examples(Columns(columns), fields, "placeholder"), None


def complete(config, train: Examples):
    """The config with the channels of `train` and the length of the vectors that came with it.

    Raises:
        DataError: vectors of another length than the config says, or none.
    """
    kind = train.fields.get("text")
    found = kind.size if isinstance(kind, TextVectors) else None
    if config.vector_size not in (None, found):
        raise DataError(f"the vectors of {train.name} must be those of the config. Expected: vector_size="
                        f"{config.vector_size}. Found: {found or 'no vectors'}. Leave the setting out to take what the "
                        "data have.")
    return config.model_copy(update={"channels": train.channels, "vector_size": found})


@dataclasses.dataclass(frozen=True)
class Encoded:
    """Examples whose "text" the networks can read.

    Args:
        train: for training.
        validation: held out, or None.
        encoder: the run's own encoder of captions, or None where vectors come with the data.
        pictures: the encoder of pictures that learns beside it.
    """

    train: Examples
    validation: Examples | None
    encoder: Any = None
    pictures: Any = None

    def prepare(self, value_range: tuple[float, float]):
        """The `prepare` of the GAN."""
        from gan_vision.data.captioned_batches import MISMATCHED
        from gan_vision.training.caption_preparation import CaptionPreparation

        fields = {**self.train.fields, MISMATCHED: self.train.fields["real"]}
        preparation = Preparation(fields, value_range)
        return preparation if self.encoder is None else CaptionPreparation(preparation, self.encoder, self.pictures)


def encoded(config, train: Examples, validation: Examples | None) -> Encoded:
    """The examples as they are, or with an encoder for their captions."""
    if config.vector_size is not None:
        return Encoded(train, validation)
    from gan_vision.data.coded_captions import with_codes
    from gan_vision.models.caption_encoder import CaptionEncoder, build_picture_encoder

    encoder, pictures = CaptionEncoder(), build_picture_encoder(config.size, train.channels)
    return Encoded(with_codes(train, encoder), None if validation is None else with_codes(validation, encoder),
                   encoder, pictures)


def optimizers(config, examples: int):
    """The two optimizers; their rates are halved every so many epochs."""
    import keras

    if config.halve_every is None:
        return config.optimizers()
    updates = config.halve_every * max(examples // config.batch_size, 1)
    rate = keras.optimizers.schedules.ExponentialDecay(config.learning_rate, updates, 0.5, staircase=True)
    return config.optimizers(generator_rate=rate, discriminator_rate=rate)


def experiment(config, gan: core.GAN, data: Encoded, value_range: tuple[float, float]) -> core.Experiment:
    """Training with sheets of captions, what was made of them and their own pictures, and KID against held-out ones."""
    from gan_vision.data.captioned_batches import captioned_loader
    from gan_vision.data.kept_captions import CaptionFile
    from gan_vision.training.caption_matching import CaptionMatching
    from gan_vision.training.previews import SampleSheets
    from gan_vision.training.validation import KidAgainst

    crop = None if data.train.image_shape[0] == config.size else config.size
    loader = captioned_loader(data.train, config.batch_size, seed=config.seed, captions=config.captions_per_image,
                              mismatched=config.wrong if "cls" in config.mode else None, flip=config.flip, crop=crop)
    # Where captions have no pictures of their own the sheet shows those of the training.
    shown = data.validation or (data.train if crop is None else data.train.resized(config.size))
    sheet = dataclasses.replace(shown, fields={name: kind for name, kind in shown.fields.items() if name != "label"})
    scores = None if data.validation is None or len(data.validation) < 2 else KidAgainst(
        data.validation, value_range, extractor=config.extractor, seed=config.seed)
    before = None if data.encoder is None else CaptionMatching(
        data.encoder, data.pictures, data.train, data.validation, value_range, steps=config.encoder_steps,
        seed=config.seed, flip=config.flip, crop=crop)
    return core.Experiment(
        gan, [core.Phase(loader, config.steps)], before=before,
        previews=[CaptionFile(data.train), SampleSheets(sheet, value_range, target=True)], validation=scores,
        validation_hash=None if scores is None else scores.content_hash, best="kid", scores=("kid",), unit="images",
        value_range=value_range, representation={"value_range": str(value_range)},
        condition=lambda count: sheet.conditions(np.arange(count) % len(sheet), value_range))


def captioned_recipe(name: str, description: str | None, config, build, *, presets=None, run_class) -> Recipe:
    """A recipe on captioned pictures: what its module adds to the parts of this one."""
    return Recipe(name=name, description=description or "", config=config, load=load, placeholder=placeholder,
                  build=build, complete=complete, presets=presets or {}, run_class=run_class,
                  check_config=refuse_missing_extractor)
