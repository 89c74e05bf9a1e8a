"""Synthetic captioned pictures: one coloured shape, with or without a border. No file, no network needed.

For demonstrations and tests: a caption says the colour, the shape and the border, and some combinations of them are
never shown in training.
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from PIL import Image, ImageDraw

from gan_core.errors import ConfigError
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.captions import Captions
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.photo import Photo
from gan_vision.data.row_choice import shuffled

COLORS = {"red": (220, 40, 40), "green": (40, 160, 60), "blue": (50, 80, 220), "yellow": (240, 210, 50),
          "purple": (150, 60, 180), "white": (250, 250, 250)}
SHAPES = ("circle", "square", "triangle", "cross")
SMOOTH = 4  # drawn so much larger, and reduced


@dataclasses.dataclass(frozen=True)
class Combination:
    """What a picture shows.

    Args:
        color: of the shape, a name in COLORS.
        shape: a name in SHAPES.
        border: a name in COLORS, or None.
    """

    color: str
    shape: str
    border: str | None = None

    @property
    def captions(self) -> tuple[str, ...]:
        """Ways to say it."""
        color, shape, border = self.color, self.shape, self.border
        if border is None:
            return f"a {color} {shape} without a border", f"{color} {shape}, no border", f"a plain {color} {shape}"
        return (f"a {color} {shape} with a {border} border", f"{color} {shape}, {border} border",
                f"a {border} border around a {color} {shape}")

    @property
    def name(self) -> str:
        """Of the class."""
        return f"{self.color} {self.shape}, {self.border or 'no'} border"


COMBINATIONS = tuple(Combination(color, shape, border)
                     for color, shape, border in itertools.product(COLORS, SHAPES, (None, *COLORS)) if color != border)
HELD_OUT = 0.15  # share of the combinations


def make_shapes(count: int = 4000, *, size: int = 32, channels: int = 3, seed: int = 0) -> Examples:
    """Captioned shapes of many sizes and places on gray, a function of (size, seed, number of the picture) alone.

    Args:
        count: int, how many to train on; one to every ten of them is held out, of combinations that are not trained on.
        size: int, pixels of each side, at least 16.
        channels: 3; without colours the captions would not be true.
        seed: int.

    Returns:
        Examples with "real" (Photo), "captions" (three each) and "label" (the combination), in memory; those of
        `held_out` show combinations of colour, shape and border that no other example shows.

    Raises:
        ConfigError: too few, too small, or gray.

    Example:
        >>> make_shapes(100).gather([0])["captions"][0][0]
        'a white circle with a purple border'
    """
    if count < 2 or size < 16 or channels != 3:
        raise ConfigError("shapes need a `count` of at least 2, a `size` of at least 16 pixels and 3 `channels`. "
                          f"Received: count={count!r}, size={size!r}, channels={channels!r}.")
    order = shuffled(len(COMBINATIONS), 0)  # the same ones are held out, whatever the seed: runs can be compared
    unseen = round(HELD_OUT * len(COMBINATIONS))
    held_out = _examples(max(2, count // 10), np.sort(order[:unseen]), size, [seed, 1], "shapes, held out")
    train = _examples(count, np.sort(order[unseen:]), size, [seed, 0], "shapes")
    return dataclasses.replace(train, held_out=held_out, seed=seed)


def _examples(count: int, combinations: np.ndarray, size: int, seed: list[int], name: str) -> Examples:
    numbers = combinations[np.random.default_rng(seed).integers(len(combinations), size=count)]
    pictures = np.stack([draw(COMBINATIONS[number], size, np.random.default_rng([*seed, row]))
                         for row, number in enumerate(numbers)])
    columns: dict = {"real": pictures, "captions": [COMBINATIONS[number].captions for number in numbers],
                     "label": numbers.astype(np.int32)}
    names = tuple(combination.name for combination in COMBINATIONS)
    return Examples(Columns(columns), {"real": Photo(3), "captions": Captions(), "label": ClassLabel(names)}, name=name)


def draw(combination: Combination, size: int, random: np.random.Generator) -> np.ndarray:
    """One picture, uint8 (size, size, 3); place, size and the gray behind it are drawn with `random`."""
    side = size * SMOOTH
    gray = int(random.integers(70, 131))
    picture = Image.new("RGB", (side, side), (gray, gray, gray))
    radius = random.uniform(0.28, 0.38) * side
    x, y = random.uniform(0.4 * side, 0.6 * side, size=2)
    pen, width = ImageDraw.Draw(picture), 0.28 * radius
    if combination.border is not None:
        _put(pen, combination.shape, x, y, radius, COLORS[combination.border])
        radius -= width
    _put(pen, combination.shape, x, y, radius, COLORS[combination.color])
    return np.asarray(picture.resize((size, size), Image.Resampling.BOX))


def _put(pen: ImageDraw.ImageDraw, shape: str, x: float, y: float, radius: float, color) -> None:
    if shape == "circle":
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    elif shape == "square":
        half = 0.85 * radius
        pen.rectangle((x - half, y - half, x + half, y + half), fill=color)
    elif shape == "triangle":
        pen.polygon([(x, y - radius), (x + 0.95 * radius, y + 0.75 * radius), (x - 0.95 * radius, y + 0.75 * radius)],
                    fill=color)
    else:
        arm = 0.38 * radius
        pen.rectangle((x - radius, y - arm, x + radius, y + arm), fill=color)
        pen.rectangle((x - arm, y - radius, x + arm, y + radius), fill=color)
