"""How far a translation separates touching objects of one class: a run that sees instance edges, and one without.

gan-vision train pix2pix_hd --preset small --data scenes:300 --out runs/edges
gan-vision train pix2pix_hd --preset small --data scenes:300 --instances none --out runs/none
python docs/examples/touching_instances.py runs/edges runs/none

The scenes draw a dark line between objects. For each pair of objects of one class that touch in a held-out scene, the
line's contrast is the mean grey level inside both objects minus that on their common boundary; a pair counts as
separated if the generated picture has at least half of the contrast of the real one.
"""

from __future__ import annotations

import sys

import numpy as np

FEWEST = 4  # pixels of a boundary
INSIDE = 2  # pixels from any boundary


def contrasts(picture: np.ndarray, labels: np.ndarray, instances: np.ndarray) -> dict[tuple[int, int], float]:
    """(object, object) of one class that touch -> contrast of their boundary in grey levels.

    Args:
        picture: uint8 (height, width, 3).
        labels: ids of classes (height, width).
        instances: ids of objects (height, width).

    Example:
        >>> ids = np.array([[1, 1, 1, 1, 2, 2, 2, 2]] * 8)
        >>> contrasts(np.zeros((8, 8, 3), np.uint8), np.ones((8, 8), int), ids)
        {(1, 2): 0.0}
    """
    from skimage.segmentation import find_boundaries

    gray, ids = picture.mean(-1), instances.astype(int)
    inner = ~_widened(find_boundaries(ids, connectivity=1, mode="thick"), INSIDE - 1)
    found = {}
    for first, second in _touching(labels, ids):
        line = _beside(ids, first, second)
        inside = inner & np.isin(ids, (first, second))
        if line.sum() >= FEWEST and inside.any():
            found[first, second] = float(gray[inside].mean() - gray[line].mean())
    return found


def separated(pictures, real, labels, instances) -> dict[int, tuple[int, int]]:
    """Class -> (separated pairs, touching pairs) in some scenes; arguments as in `contrasts`, (count, ...)."""
    found: dict[int, tuple[int, int]] = {}
    for made, photo, kinds, ids in zip(pictures, real, labels, instances, strict=True):
        wanted, got = contrasts(photo, kinds, ids), contrasts(made, kinds, ids)
        for pair, contrast in wanted.items():
            if contrast > 0:
                kind = int(kinds[ids == pair[0]][0])
                good, total = found.get(kind, (0, 0))
                found[kind] = (good + bool(got[pair] >= contrast / 2), total + 1)
    return found


def _touching(labels, ids) -> list[tuple[int, int]]:
    """Objects of one class that are neighbours, each pair once."""
    pairs = set()
    for axis in (0, 1):
        one, other = np.moveaxis(ids, axis, 0)[:-1], np.moveaxis(ids, axis, 0)[1:]
        same = np.moveaxis(labels, axis, 0)[:-1] == np.moveaxis(labels, axis, 0)[1:]
        pairs |= {tuple(sorted(pair)) for pair in zip(one[same & (one != other)], other[same & (one != other)],
                                                      strict=True)}
    return sorted((int(first), int(second)) for first, second in pairs)


def _beside(ids, first: int, second: int) -> np.ndarray:
    """Pixels of either object that touch the other."""
    line = np.zeros(ids.shape, bool)
    for axis in (0, 1):
        moved, marks = np.moveaxis(ids, axis, 0), np.moveaxis(line, axis, 0)
        meet = ((moved[:-1] == first) & (moved[1:] == second)) | ((moved[:-1] == second) & (moved[1:] == first))
        marks[:-1] |= meet
        marks[1:] |= meet
    return line


def _widened(mask: np.ndarray, steps: int) -> np.ndarray:
    for _ in range(steps):
        grown = np.pad(mask, 1)
        mask = grown[1:-1, 1:-1] | grown[:-2, 1:-1] | grown[2:, 1:-1] | grown[1:-1, :-2] | grown[1:-1, 2:]
    return mask


def main(*runs: str) -> None:
    """Print a line for each run."""
    import gan_vision
    from gan_vision.data import make_scenes
    from gan_vision.data.scenes import CLASSES
    from gan_vision.training.translation import at_size, size_of
    from gan_vision.translation.evaluation import made_by

    for path in runs:
        run = gan_vision.open_run(path, data=True)
        held_out = at_size(run.data[1], size_of(run.gan))
        rows = np.arange(len(held_out))
        made, real = made_by(run.gan, held_out, rows, run.value_range), held_out.gather(rows, ("real",))["real"]
        # A run without instances has the same scenes: their maps say where objects touch.
        scenes = make_scenes(int(run.config.data.partition(":")[2]), size=run.config.sides, seed=run.config.seed)
        maps = scenes.split(run.config.validation, run.config.seed)[1].gather(rows, ("labels", "instances"))
        for kind, (good, total) in sorted(separated(made, real, maps["labels"], maps["instances"]).items()):
            print(f"{path}: {good} of {total} touching pairs of the class {CLASSES[kind]} separated")


if __name__ == "__main__":
    main(*sys.argv[1:])
