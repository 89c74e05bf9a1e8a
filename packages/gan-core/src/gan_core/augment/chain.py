"""Several augmentations one after the other."""

from __future__ import annotations

import keras

from gan_core.augment.base import Augmentation
from gan_core.errors import ConfigError


@keras.saving.register_keras_serializable(package="gan_core")
class Chain(Augmentation):
    """Augmentations applied in the given order, each with random numbers of its own.

    Args:
        *augmentations: `Augmentation`, at least one.

    Raises:
        ConfigError: none given, or something else among them.

    Example:
        >>> augment = Chain(AdaptiveAugment("paper"), InstanceNoise(0.1, steps=10_000))
    """

    def __init__(self, *augmentations: Augmentation, **kwargs):
        super().__init__(**kwargs)
        for augmentation in augmentations or (None,):
            if not isinstance(augmentation, Augmentation):
                raise ConfigError(f"Chain takes one or more `augmentations`. Received: {augmentation!r}. "
                                  "Write Chain(AdaptiveAugment(), InstanceNoise()).")
        self.augmentations = list(augmentations)
        self.needs_boundary = any(augmentation.needs_boundary for augmentation in augmentations)
        self.image_only = any(augmentation.image_only for augmentation in augmentations)

    def call(self, samples, maps, stream):  # noqa: D102
        for index, augmentation in enumerate(self.augmentations):
            samples, maps = augmentation.call(samples, maps, stream.scoped(str(index)))
        return samples, maps

    def update(self, margins):  # noqa: D102
        for augmentation in self.augmentations:
            augmentation.update(margins)

    def report(self):  # noqa: D102
        return {name: value for augmentation in self.augmentations for name, value in augmentation.report().items()}

    def warning(self):  # noqa: D102
        messages = [message for augmentation in self.augmentations if (message := augmentation.warning())]
        return " ".join(messages) or None

    def get_config(self):  # noqa: D102
        return {**super().get_config(),
                "augmentations": [keras.saving.serialize_keras_object(part) for part in self.augmentations]}

    @classmethod
    def from_config(cls, config):  # noqa: D102
        config = dict(config)
        return cls(*map(keras.saving.deserialize_keras_object, config.pop("augmentations")), **config)
