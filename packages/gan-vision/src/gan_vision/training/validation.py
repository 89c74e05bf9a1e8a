"""Scores while a run trains: KID against held-out images, by default on features that need no file."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable

import numpy as np

from gan_core.images.sheet import to_uint8
from gan_core.metrics.extractors import Extractor, extractor_by_name
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.functional.kid import kernel_distance
from gan_core.progress import say
from gan_vision.data.examples import Examples
from gan_vision.data.row_choice import choose_rows
from gan_vision.training.enlargement import enlarged
from gan_vision.training.matching_samples import BATCH, matching_samples

COUNT = 1000
RANDOM = "random"
ESTIMATOR = "full"


class KidAgainst:
    """A validation of an experiment: kernel distance of generated against held-out images, smaller is better.

    Images with opacity are compared as they look over white.

    Args:
        held_out: at least two examples, of which "real" is compared; a generator is asked for images of the other
            fields.
        value_range: (low, high) of the generator.
        extractor: features, or the name of some for `extractor_by_name`; a fixed random convolutional network by
            default, which ranks the sheets of one run but compares with nothing else. A named one is loaded at the
            first score: a run can be sampled and evaluated where its file is not.
        count: at most so many images on either side.
        seed: draws those held-out images if there are more: the first of a sorted set would all be of one class.
    """

    def __init__(self, held_out: Examples, value_range: tuple[float, float], *, extractor: Extractor | str = RANDOM,
                 count: int = COUNT, seed: int = 0):
        self._extractor = extractor
        self.value_range, self.held_out = value_range, held_out
        self.content_hash = held_out.content_hash
        self.rows = choose_rows(len(held_out), count, seed)

    @functools.cached_property
    def extractor(self) -> Extractor:
        """What features come from; another than the random one is named when it is loaded."""
        if not isinstance(self._extractor, str):
            return self._extractor
        found = extractor_by_name(self._extractor, say=say)
        if self._extractor != RANDOM:
            say(f"kid is measured with {found.identity}, against {len(self.rows):,} held-out images")
        return found

    @functools.cached_property
    def real(self) -> np.ndarray:
        """float32 (n, dimension), the features of the held-out images."""
        return self._features(np.asarray(self.held_out.gather(self.rows[start:start + BATCH], ("real",))["real"])
                              for start in range(0, len(self.rows), BATCH))

    @property
    def identity(self) -> str:
        """What a comparable score must share: the features, how many images, and the estimate."""
        seen = "/over white" if self.held_out.channels == 4 else ""
        return f"KID[{self.extractor.identity}/n={len(self.rows)}/{ESTIMATOR}{seen}]"

    def __call__(self, gan) -> dict[str, float]:
        """{"kid": value}."""
        made = matching_samples(gan, self.held_out, self.rows, self.value_range)
        size = max(self.held_out.image_shape[:2])  # a growing generator begins with smaller pictures
        return {"kid": self._distance(self._features(
            enlarged(to_uint8(samples, self.value_range), size) for samples in made))}

    def of(self, images: np.ndarray) -> float:
        """The distance of images made already, uint8 (n, height, width, channels)."""
        return self._distance(self._features(images[start:start + BATCH] for start in range(0, len(images), BATCH)))

    def _distance(self, fakes: np.ndarray) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MetricWarning)  # slightly negative is normal for an unbiased estimate
            return kernel_distance(self.real, fakes, estimator=ESTIMATOR).value

    def _features(self, batches: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate([self.extractor.features(images) for images in batches])
