"""Pictures beside their nearest training pictures: as a sheet, and as the rows of a JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.images.resize import resize_image
from gan_core.metrics.functional.neighbours import Neighbours
from gan_vision.data.examples import Examples
from gan_vision.explore.exploration import pictures_of, sheet
from gan_vision.explore.own_pictures import asked_inputs, names_of, read_pictures
from gan_vision.image_run import ImageRun


@dataclasses.dataclass(frozen=True)
class Queries:
    """Pictures that neighbours are looked for, and what they are called.

    Args:
        images: uint8 (n, height, width, channels), at the size of the training pictures.
        names: n texts.
        facts: n: what a JSON says of each.
    """

    images: np.ndarray
    names: list[str]
    facts: list[dict]


def queries_of(run: ImageRun, shape: tuple[int, int, int], paths: Sequence[Path] | None = None, *, count: int = 8,
               seed: int = 0, label: str | None = None, text: str | None = None, raw: bool = False) -> Queries:
    """Samples of a run, or pictures of one's own.

    Args:
        run: as `open_for` gives it.
        shape: (height, width, channels) of the training pictures.
        paths: of one's own pictures, which are fitted as the run's data were; None for samples.
        count: of the samples.
        seed: of their noise.
        label: theirs, as in `asked_inputs`.
        text: theirs.
        raw: whether to use the trained generator instead of its average.

    Raises:
        ConfigError: a label or text beside paths, or as `asked_inputs`.
        DataError: a file that cannot be read.
    """
    if paths is not None:
        if label is not None or text is not None:
            raise ConfigError("`--label` and `--text` are for samples. Received: `--images` too. Leave one out.")
        images = read_pictures(paths, run, shape)
        return Queries(images, [path.name for path in paths], [{"file": str(path)} for path in paths])
    inputs = asked_inputs(run, count, seed=seed, label=label, text=text)
    names = names_of(run, inputs, text)
    made = pictures_of(run, inputs, raw=raw)
    # A run that grows may stand at a smaller size than its data: every pixel is then repeated.
    large = np.stack([_enlarged(image, shape) for image in made])
    facts = [{"sample": number, "seed": seed, **({"of": name} if name else {})} for number, name in enumerate(names)]
    return Queries(large, [f"{number}\n{name}".strip() for number, name in enumerate(names)], facts)


def neighbour_sheet(queries: Queries, examples: Examples, found: Neighbours) -> np.ndarray:
    """A row for each picture: itself, then its neighbours with their distances beneath.

    Returns:
        uint8 (H, W) or (H, W, 3).
    """
    count, k = found.indices.shape
    near = examples.gather(found.indices.reshape(-1), ["real"])["real"].reshape(count, k, *queries.images.shape[1:])
    rows = np.concatenate([queries.images[:, None], near], axis=1)
    labels = [text for name, distances in zip(queries.names, found.distances, strict=True)
              for text in (name, *(f"{distance:.3g}" for distance in distances))]
    return sheet(rows.reshape(count * (k + 1), *rows.shape[2:]), k + 1, labels=labels, label_lines=2,
                 column_names=["picture", "nearest", *map(str, range(2, k + 1))])


def facts_of(queries: Queries, examples: Examples, found: Neighbours) -> list[dict]:
    """What a JSON says: for each picture its neighbours, nearest first, by row and place."""
    return [{**facts, "neighbours": [{"row": int(row), "place": examples.place(int(row)), "distance": float(distance)}
                                     for row, distance in zip(rows, distances, strict=True)]}
            for facts, rows, distances in zip(queries.facts, found.indices, found.distances, strict=True)]


def _enlarged(image: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    height, width, _ = shape
    rows, columns = image.shape[:2]
    if height % rows == 0 and width % columns == 0:
        return image.repeat(height // rows, axis=0).repeat(width // columns, axis=1)
    return resize_image(image, (height, width), fit="stretch")
