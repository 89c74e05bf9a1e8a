"""What metrics are computed from, and the protocol that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from gan_core.metrics.extractors.base import Extractor
from gan_core.metrics.feature_set import FeatureSet
from gan_core.metrics.result import Score


@dataclass(frozen=True)
class Inputs:
    """What metrics are computed from.

    Attributes:
        real: `FeatureSet`.
        fake: `FeatureSet` of the same extractor.
        train: images the generator was trained on, or None; see `extract_features` for the forms.
        draw: (count) -> float32 (count, D), features of so many new fakes; None draws from `fake`.
        seed: int, of subsets, pairs and draws.
        advance: (done, total) -> None, called by what takes long.
    """

    real: FeatureSet
    fake: FeatureSet
    train: object = None
    draw: Callable[[int], np.ndarray] | None = None
    seed: int = 0
    advance: Callable[[int, int], None] = field(default=lambda done, total: None)

    def score(self, metric: str, value: float, *, pixels: bool = False, **fields) -> Score:
        """A score that carries the protocol of these inputs; `pixels`: of images, without an extractor."""
        where = {} if pixels else {"extractor": self.fake.extractor, "extractor_hash": self.fake.extractor_hash,
                                   "resize": self.fake.resize}
        counts = {"real_count": len(self.real.features), "fake_count": len(self.fake.features)}
        reference = f"real:{self.real.fingerprint}"
        return Score(metric, value, **{**where, **counts, "reference": reference, "seed": self.seed, **fields})

    def following(self, advance: Callable[[int, int], None]) -> Inputs:
        """The same inputs, with `advance` told how far a metric is."""
        return replace(self, advance=advance)


class FreshFeatures:
    """Features of new samples, any number at a time; the sampler is asked for whole batches, which is much faster.

    Args:
        sampler: (count) -> uint8 (count, height, width, channels), new ones at every call.
        extractor: `Extractor`.
        batch_size: int ≥ 1.
    """

    def __init__(self, sampler: Callable[[int], np.ndarray], extractor: Extractor, batch_size: int):
        self.sampler, self.extractor, self.batch_size = sampler, extractor, batch_size
        self._waiting: np.ndarray | None = None

    def __call__(self, count: int) -> np.ndarray:
        """float32 (count, D), each row given once."""
        while self._waiting is None or len(self._waiting) < count:
            rows = self.extractor.features(self.sampler(self.batch_size), self.batch_size)
            self._waiting = rows if self._waiting is None else np.concatenate([self._waiting, rows])
        given, self._waiting = self._waiting[:count], self._waiting[count:]
        return given
