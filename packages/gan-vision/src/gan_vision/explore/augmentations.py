"""Pictures as a discriminator sees them: augmented by each preset, at several probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, choose
from gan_core.images.sheet import to_uint8
from gan_vision.explore.exploration import sheet
from gan_vision.explore.own_pictures import in_range

#: Preset -> the transforms of `gan_core.augment.Pipeline`; None for DiffAugment, which changes every picture.
PREVIEWED: dict[str, str | None] = {
    **{name: name for name in ("keras_example", "blit", "geom", "color", "filter", "noise", "cutout", "bg", "bgc",
                               "bgcf", "bgcfn", "bgcfnc")}, "paper": "bgc", "diffaugment": None}
ALIASES = ("paper",)  # rows that are there under another name
PROBABILITIES = (0.2, 0.5, 0.8)
POLICY = "color,translation,cutout"  # of DiffAugment
_RANGE = (-1.0, 1.0)


@dataclass(frozen=True)
class AugmentedRow:
    """The same pictures, augmented in one way.

    Args:
        preset: its name; None for the pictures themselves.
        probability: of each transform; None for the pictures themselves, and where every picture is changed.
        images: uint8 (n, height, width, channels).
        clipped: fraction of the values that lay below black or above white, where a sheet can show nothing; the
            discriminator sees them as they are.
    """

    preset: str | None
    probability: float | None
    images: np.ndarray
    clipped: float = 0.0

    @property
    def name(self) -> str:
        """What is printed beside it: "bgc  p 0.5"."""
        if self.preset is None:
            return "pictures"
        return self.preset if self.probability is None else f"{self.preset}  p {self.probability:g}"


def preview_presets(presets: Sequence[str] = ()) -> tuple[str, ...]:
    """The presets that are shown: those, each once, or all of them.

    Raises:
        ConfigError: there is no such preset; the message lists them.
    """
    for name in presets:
        choose("`preset`", name, PREVIEWED)
    return tuple(dict.fromkeys(presets)) or tuple(name for name in PREVIEWED if name not in ALIASES)


def augmented_rows(images: np.ndarray, presets: Sequence[str] = (), *,
                   probabilities: Sequence[float] = PROBABILITIES, seed: int = 0) -> list[AugmentedRow]:
    """The pictures themselves, and for each preset and probability the pictures as it changes them.

    Every row of a preset draws the same numbers: what a transform does to a picture at 0.2 it does to it at 0.5 too.

    Args:
        images: uint8 (n, height, width, 1, 3 or 4).
        presets: "keras_example", "paper", "diffaugment", or names of `gan_core.augment.PRESETS`; by default all.
        probabilities: in [0, 1], of each transform; DiffAugment has none, and one row.
        seed: of what is drawn; the same seed gives the same rows.

    Raises:
        ConfigError: an unknown preset, or a probability out of range.

    Example:
        >>> [row.name for row in augmented_rows(images, ["geom", "diffaugment"], probabilities=(0.5,))]
        ['pictures', 'geom  p 0.5', 'diffaugment']
    """
    chosen = preview_presets(presets)
    if wrong := [value for value in probabilities if not 0 <= value <= 1]:
        raise ConfigError(f"`probabilities` must be in [0, 1]. Received: {wrong[0]}.")
    from gan_core.augment import DiffAugment, Pipeline
    from gan_core.random import Stream

    values = in_range(images, _RANGE)
    rows = [AugmentedRow(None, None, images)]
    for preset in chosen:
        draws = Stream(seed, 0, "preview").scoped(preset)
        transforms = PREVIEWED[preset]
        if transforms is None:
            rows.append(_row(preset, None, DiffAugment(POLICY, value_range=_RANGE)(values, draws)))
            continue
        pipeline = Pipeline(transforms, value_range=_RANGE)
        rows += [_row(preset, probability, pipeline(values, probability, draws)) for probability in probabilities]
    return rows


def augmentation_sheet(rows: Sequence[AugmentedRow]) -> np.ndarray:
    """The rows beneath each other, each with its preset and probability at the left.

    Args:
        rows: as `augmented_rows` gives them.

    Returns:
        uint8 (H, W) or (H, W, 3).
    """
    columns = len(rows[0].images)
    return sheet(np.concatenate([row.images for row in rows]), columns, row_names=[row.name for row in rows])


def _row(preset: str, probability: float | None, seen) -> AugmentedRow:
    seen = np.asarray(seen, np.float64)
    low, high = _RANGE
    slack = 1e-5  # of rounding, which is no clipping
    outside = (seen < low - slack) | (seen > high + slack)
    return AugmentedRow(preset, probability, to_uint8(seen, _RANGE), float(outside.mean()))
