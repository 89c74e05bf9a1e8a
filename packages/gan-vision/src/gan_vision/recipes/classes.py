"""What recipes share that can be told the class of each picture, or not."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.run.config import RunConfig
from gan_core.run.recipe import Recipe
from gan_vision import data
from gan_vision.data.labels import Labels
from gan_vision.image_run import ClassRun
from gan_vision.recipes import images

PLACEHOLDERS = tuple("0123456789")  # before the data are read


class ClassConfig(RunConfig):
    """Settings of a recipe whose networks may be told the class of each picture."""

    conditional: bool | None = False
    """Whether the networks are told the class of each picture; null if the data have classes."""
    classes: tuple[str, ...] | None = None
    """Names of the classes; by default those of the data."""


def placeholder(config):
    """Blank images, with labels for networks that read some."""
    blank, _ = images.placeholder(config)
    if not config.conditional:
        return blank, None
    return data.Examples.of_images(blank.images, np.zeros(len(blank), np.int32), config.classes or PLACEHOLDERS,
                                   name=blank.name), None


def complete(config, train):
    """The config with the channels of `train` and its classes, if the networks are told them.

    Raises:
        DataError: no classes, or others than those of the config.
        ConfigError: attributes instead of classes.
    """
    config = images.complete(config, train)
    has_classes = train.labels is not None and train.labels.ndim == 1 and len(np.unique(train.labels)) > 1
    if not (has_classes if config.conditional is None else config.conditional):
        return config.model_copy(update={"conditional": False})
    found = Labels.of(train)
    if found.attributes:
        raise ConfigError(f"this recipe knows classes, of which each picture has one. Received: the attributes of "
                          f"{train.name}. Use --no-conditional, or the recipe `conditional` with --mode acgan.")
    if config.classes not in (None, found.names):
        raise DataError(f"the labels of {train.name} must be those of the config. Expected: classes={config.classes}. "
                        f"Found: {found.names}. Leave the setting out to take what the data have.")
    return config.model_copy(update={"conditional": True, "classes": found.names})


def class_labels(config: ClassConfig, train) -> Labels | None:
    """The classes that the networks are told; None without."""
    return Labels.of(train) if config.conditional else None


def class_recipe(name: str, description: str | None, config: type[images.ImageConfig], build, *,
                 run_class: type[ClassRun] = ClassRun, complete=complete, placeholder=placeholder,
                 **options) -> Recipe:
    """A recipe on plain images with or without classes."""
    return images.image_recipe(name, description, config, build, placeholder=placeholder, complete=complete,
                               run_class=run_class, **options)
