"""Synthetic scenes: coloured shapes with outlines, the class and the object at each pixel. No file, no network needed.

For demonstrations and tests: objects of one class touch in many scenes, and only their instance map tells them apart.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.instance_ids import InstanceIds
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.photo import Photo

CLASSES = ("sky", "ground", "house", "ball", "tree")
SKY, GROUND, HOUSE, BALL, TREE = range(len(CLASSES))
COLORS = {SKY: (150, 200, 240), GROUND: (120, 170, 90), HOUSE: (205, 120, 80), BALL: (225, 200, 60),
          TREE: (40, 110, 60)}
OUTLINE = (30, 30, 40)
SPREAD = 60  # of the colours of objects, in grey levels, when they vary


def make_scenes(count: int = 500, *, size: int | tuple[int, int] = 64, seed: int = 0, varied: bool = False,
                form: str = "edges") -> Examples:
    """Scenes of houses, balls and trees, a function of (size, seed, number of the scene) alone.

    Args:
        count: int, how many.
        size: int or (height, width) in pixels, at least 32.
        seed: int.
        varied: bool; True gives each object a colour of its own around that of its class.
        form: of the instances, see `InstanceIds`.

    Returns:
        Examples with "real" (Photo), "labels" (LabelMap of 5 classes) and "instances" (InstanceIds, class · 1000 +
        number; sky and ground have their class), in memory.

    Raises:
        ConfigError: fewer than one scene, or a smaller size.

    Example:
        >>> make_scenes(2, size=(64, 128)).gather([0])["labels"].shape
        (1, 64, 128)
    """
    sides = image_size(size)
    if count < 1 or min(sides) < 32:
        raise ConfigError("scenes need a `count` of at least 1 and a `size` of at least 32 pixels. "
                          f"Received: count={count!r}, size={size!r}.")
    scenes = [_scene(sides, np.random.default_rng([seed, number]), varied) for number in range(count)]
    names = ("real", "labels", "instances")
    columns: dict = {name: np.stack(values) for name, values in zip(names, zip(*scenes, strict=True), strict=True)}
    return Examples(Columns(columns), {"real": Photo(3), "labels": LabelMap(len(CLASSES)),
                                       "instances": InstanceIds(form)}, name="scenes", seed=seed)


def _scene(sides: tuple[int, int], draw: np.random.Generator, varied: bool):
    height, width = sides
    photo = Image.new("RGB", (width, height), COLORS[SKY])
    labels, instances = Image.new("I", (width, height), SKY), Image.new("I", (width, height), SKY)
    horizon = int(height * draw.uniform(0.35, 0.55))
    for picture, fill in ((photo, COLORS[GROUND]), (labels, GROUND), (instances, GROUND)):
        ImageDraw.Draw(picture).rectangle((0, horizon, width, height), fill=fill)
    numbers = dict.fromkeys((HOUSE, BALL, TREE), 0)
    line = max(1, round(min(sides) / 64))

    def put(kind: int, shape: str, points) -> None:
        numbers[kind] += 1
        color = COLORS[kind]
        if varied:
            color = tuple(int(np.clip(part + draw.uniform(-SPREAD, SPREAD), 0, 255)) for part in color)
        for picture, fill, outline in ((photo, color, OUTLINE), (labels, kind, None),
                                       (instances, 1000 * kind + numbers[kind], None)):
            pen = ImageDraw.Draw(picture)
            if shape == "polygon":
                pen.polygon(points, fill=fill, outline=outline, width=line)
            else:
                getattr(pen, shape)(points, fill=fill, outline=outline, width=line if outline else 0)

    # A row of houses of one height that share walls: nothing in the label map tells where one ends.
    left, bottom = draw.uniform(0, 0.3) * width, horizon + draw.uniform(0.02, 0.15) * height
    top = bottom - draw.uniform(0.25, 0.42) * height
    for _ in range(int(draw.integers(2, 4))):
        breadth = draw.uniform(0.14, 0.25) * width
        put(HOUSE, "rectangle", (round(left), round(top), round(left + breadth), round(bottom)))
        left += breadth
    for _ in range(int(draw.integers(0, 3))):
        middle, foot = draw.uniform(0.05, 0.95) * width, draw.uniform(0.6, 0.9) * height
        half, tall = draw.uniform(0.06, 0.1) * width, draw.uniform(0.25, 0.4) * height
        put(TREE, "polygon", [(round(middle - half), round(foot)), (round(middle), round(foot - tall)),
                              (round(middle + half), round(foot))])
    radius = draw.uniform(0.07, 0.11) * min(sides)
    across, down = draw.uniform(0.1, 0.7) * width, draw.uniform(0.75, 0.88) * height
    for number in range(int(draw.integers(1, 4))):  # side by side: each touches the next
        center = across + 1.8 * radius * number
        put(BALL, "ellipse", (round(center - radius), round(down - radius), round(center + radius),
                              round(down + radius)))
    return (np.asarray(photo), np.asarray(labels).astype(np.uint8), np.asarray(instances).astype(np.uint16))
