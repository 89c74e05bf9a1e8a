"""Scores while a run trains: KID against held-out images, on features that need no download."""

from __future__ import annotations

import warnings

import numpy as np

from gan_core.data.content_hash import content_hash
from gan_core.images.sheet import to_uint8
from gan_core.metrics.extractors import Extractor, RandomConvolution
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.functional.kid import kernel_distance
from gan_vision.data.image_set import choose_rows

COUNT = 1000


class KidAgainst:
    """A validation of an experiment: kernel distance of generated against held-out images, smaller is better.

    Args:
        held_out: an `ImageSet`, at least two images; a conditional generator is asked for images of their labels.
        value_range: (low, high) of the generator.
        extractor: features; a fixed random convolutional network by default, which ranks the sheets of one run but
            compares with nothing else.
        count: at most so many images on either side.
        seed: draws those held-out images if there are more: the first of a sorted set would all be of one class.
    """

    def __init__(self, held_out, value_range: tuple[float, float], *, extractor: Extractor | None = None,
                 count: int = COUNT, seed: int = 0):
        self.extractor = extractor or RandomConvolution()
        self.value_range = value_range
        self.content_hash = content_hash({"images": held_out.images})
        rows = choose_rows(len(held_out), count, seed)
        self.count = len(rows)
        self.real = self.extractor.features(np.asarray(held_out.images[rows]))
        self.condition = None if held_out.labels is None else {"label": held_out.labels[rows]}

    def __call__(self, gan) -> dict[str, float]:
        """{"kid": value}."""
        fake = to_uint8(gan.generate(self.condition, self.count), self.value_range)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MetricWarning)  # slightly negative is normal for an unbiased estimate
            return {"kid": kernel_distance(self.real, self.extractor.features(fake), estimator="full").value}
