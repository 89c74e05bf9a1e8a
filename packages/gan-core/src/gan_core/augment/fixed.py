"""The transformations of ADA at a fixed probability."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from gan_core.augment.base import Augmentation
from gan_core.augment.pipeline import Pipeline
from gan_core.errors import ConfigError
from gan_core.game.schedules import Scheduled, value_at


@keras.saving.register_keras_serializable(package="gan_core")
class FixedAugment(Augmentation):
    """The lines of `Pipeline`, each with the same probability, which is fixed beforehand.

    Args:
        probability: float in [0, 1], of each line, or a function of the step such as `Cosine(0, 0.55, steps)`. Close to
            1 the generator begins to copy the augmentation.
        transforms: a name of `PRESETS`, or names of `LINES`.
        value_range: (low, high) of the samples.
        resample: "bilinear" or "antialiased".

    Raises:
        ConfigError: a probability outside [0, 1], an unknown name, a range that is not one.

    Example:
        >>> augment = FixedAugment(0.4, transforms="bgc")
        >>> augment(tf.zeros((2, 8, 8, 3)), Stream(seed=0, step=0)).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(self, probability: Scheduled | dict = 0.4, *, transforms: str | Sequence[str] = "bgc",
                 value_range=(-1.0, 1.0), resample: str = "bilinear", **kwargs):
        super().__init__(**kwargs)
        self.probability = _checked(probability)
        self.pipeline = Pipeline(transforms, value_range=value_range, resample=resample)
        self.transforms = transforms
        self.value_range, self.resample = tuple(self.pipeline.value_range), resample

    def call(self, samples, maps, stream):  # noqa: D102
        return self.pipeline.pair(samples, maps, value_at(self.probability, stream.step), stream)

    def get_config(self):  # noqa: D102
        probability = self.probability
        if callable(probability):
            probability = keras.saving.serialize_keras_object(probability)
        return {**super().get_config(), "probability": probability, "transforms": self.transforms,
                "value_range": self.value_range, "resample": self.resample}


def _checked(probability) -> Scheduled:
    if isinstance(probability, dict):  # of a saved schedule
        return keras.saving.deserialize_keras_object(probability)
    if not callable(probability) and not 0.0 <= probability <= 1.0:
        raise ConfigError(f"`probability` must lie in [0, 1]. Received: probability={probability!r}. Try 0.4.")
    return probability
