"""Styles of objects: what an encoder of features saw in the training pictures, a few clusters for each class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import DataError
from gan_core.files import write_whole
from gan_core.random import fold

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

FILE = "styles.json"
CLUSTERS = 10
CHUNK = 8  # examples that are encoded at a time


class Styles:
    """Cluster centres of features by class; each object of a picture gets one of those of its class.

    Wang et al. 2018, arXiv:1711.11585, section 3.4.

    Args:
        centers: class -> float32 (clusters, features) in -1..1.
        chosen: class -> which of them all its objects get, for a choice of one's own; others are drawn from the seed.
    """

    def __init__(self, centers: Mapping[int, np.ndarray], chosen: Mapping[int, int] | None = None):
        self.centers, self.chosen = dict(centers), dict(chosen or {})
        self.size = len(next(iter(self.centers.values()))[0])

    @classmethod
    def found(cls, encoder, examples: Examples, value_range: tuple[float, float], *, clusters: int = CLUSTERS,
              count: int = 500, seed: int = 0) -> Styles:
        """The clusters of what an encoder gives the objects of some examples (k-means).

        Args:
            encoder: of `build_feature_encoder`, for the size of the examples.
            examples: with "real", "labels" and "instances".
            value_range: (low, high) of the pictures.
            clusters: int, at most so many for a class.
            count: int, at most so many examples.
            seed: int.
        """
        from scipy.cluster.vq import kmeans2

        from gan_vision.data.row_choice import choose_rows

        seen: dict[int, list[np.ndarray]] = {}
        rows = choose_rows(len(examples), count, seed)
        for start in range(0, len(rows), CHUNK):
            found = examples.gather(rows[start:start + CHUNK])
            real = examples.fields["real"].prepared("real", _tensor(found["real"]), value_range)["real"]
            features = np.asarray(encoder([real, _tensor(found["instances"].astype(np.int32))], training=False))
            for maps, values in zip(zip(found["labels"], found["instances"], strict=True), features, strict=True):
                for kind, (row, column) in _objects(*maps):
                    seen.setdefault(kind, []).append(values[row, column])
        centers = {}
        for kind, values in sorted(seen.items()):
            points = np.stack(values).astype(np.float64)
            wanted = min(clusters, len(np.unique(points, axis=0)))
            centers[kind] = kmeans2(points, wanted, minit="++", seed=seed, missing="warn")[0].astype(np.float32)
        return cls(centers)

    def drawn(self, maps: Mapping[str, np.ndarray], *, seed: int = 0) -> np.ndarray:
        """Features of one picture, float32 (height, width, features): those of a style at all pixels of an object.

        Args:
            maps: "labels" and "instances", ids (height, width).
            seed: of the draw.
        """
        labels, instances = np.asarray(maps["labels"]), np.asarray(maps["instances"])
        features = np.zeros((*labels.shape, self.size), np.float32)
        draw = np.random.default_rng(fold(seed, "styles"))
        for kind, (row, column) in _objects(labels, instances):
            known = self.centers.get(kind)
            if known is not None:
                number = self.chosen.get(kind, int(draw.integers(len(known))))
                features[instances == instances[row, column]] = known[number % len(known)]
        return features

    def with_choice(self, chosen: Mapping[int, int]) -> Styles:
        """The same centres, with these for all objects of a class: class -> number of the cluster."""
        return Styles(self.centers, {**self.chosen, **chosen})

    def write(self, path: Path) -> Path:
        """Write the centres to a file that appears complete or not at all."""
        return write_whole(path, json.dumps({str(kind): values.tolist() for kind, values in self.centers.items()}))

    @classmethod
    def read(cls, path: Path) -> Styles:
        """The centres of a file that `write` wrote.

        Raises:
            DataError: it holds something else.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls({int(kind): np.array(values, np.float32).reshape(len(values), -1)
                        for kind, values in found.items()})
        except (OSError, ValueError, TypeError, AttributeError, StopIteration) as error:
            raise DataError(f"{path} holds no styles: {error}. Find them again with gan-vision styles RUN.") from None


def _objects(labels: np.ndarray, instances: np.ndarray) -> list[tuple[int, tuple[int, int]]]:
    """Class and first pixel of each object, in the order of their ids."""
    _, first = np.unique(instances, return_index=True)
    places = [(int(place) // instances.shape[1], int(place) % instances.shape[1]) for place in first]
    return [(int(labels[place]), place) for place in places]


def _tensor(values):
    import tensorflow as tf

    return tf.convert_to_tensor(values)
