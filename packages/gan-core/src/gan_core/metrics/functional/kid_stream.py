"""Kernel distance of two streams, in memory that does not grow with them."""

from __future__ import annotations

import warnings

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import MetricWarning, check_features, check_integer
from gan_core.metrics.functional.kid import KernelDistance, PartEstimates, warn_if_negative


class BlockwiseKernelDistance:
    """Mean of the kernel distances of successive blocks, from chunks of any size.

    Equals `kernel_distance(estimator="per_batch", batch_size=block_size)` of the concatenated streams. At most
    `block_size` rows wait for their partners while both streams advance together; a stream that runs ahead waits in
    memory, so feed them alternately.

    Args:
        block_size: int ≥ 2, rows of a block on each side.

    Example:
        >>> stream = BlockwiseKernelDistance(2)
        >>> stream.update(real=[[0.0], [1.0]], fake=[[1.0], [2.0]])
        >>> stream.result().value
        9.5
    """

    def __init__(self, block_size: int = 1000):
        self.block_size = check_integer("block_size", block_size, minimum=2)
        self._estimates = PartEstimates()
        self._waiting: dict[str, list[np.ndarray]] = {"real": [], "fake": []}
        self._dimension: int | None = None

    def update(self, real=None, fake=None) -> None:
        """Take in further rows of **shape (count, D)** on either side.

        Raises:
            DataError: not finite two-dimensional numbers, or another dimension than before.
        """
        arrived = {"real": real, "fake": fake}
        checked = {name: check_features(name, x, minimum=0) for name, x in arrived.items() if x is not None}
        for name, features in checked.items():
            self._dimension = self._dimension or features.shape[1]
            if features.shape[1] != self._dimension:
                raise DataError(
                    f"`{name}` must have {self._dimension} features as before. Received: {name}.shape={features.shape}."
                )
        for name, features in checked.items():
            if len(features):
                self._waiting[name].append(np.array(features, np.float64))  # a copy: callers reuse their buffers
        while min(self._count("real"), self._count("fake")) >= self.block_size:
            self._estimates.add(self._take("real", self.block_size), self._take("fake", self.block_size))

    def merge(self, other: BlockwiseKernelDistance) -> None:
        """Take in the blocks and the waiting rows of `other`.

        Raises:
            DataError: another block size or dimension.
        """
        if other.block_size != self.block_size:
            raise DataError(
                f"only streams of one `block_size` merge. Received: {self.block_size} and {other.block_size}."
            )
        if other._dimension is not None:
            empty = np.zeros((0, other._dimension))
            self.update(*(np.concatenate([empty, *other._waiting[name]]) for name in ("real", "fake")))
        self._estimates.merge(other._estimates)

    def result(self) -> KernelDistance:
        """The estimate so far; the rows of an unfinished block count as a smaller block.

        Raises:
            DataError: unequal counts on both sides, or not two samples on each.

        Warns:
            MetricWarning: a negative value; a last single row left out.
        """
        real, fake = self._count("real"), self._count("fake")
        if real != fake:
            raise DataError(
                "both streams must hold equally many samples. Received: "
                f"{abs(real - fake)} more {'real than fake' if real > fake else 'fake than real'}. Feed the other side."
            )
        total = PartEstimates()
        total.merge(self._estimates)
        if real >= 2:
            total.add(np.concatenate(self._waiting["real"]), np.concatenate(self._waiting["fake"]))
        if total.parts == 0:
            raise DataError(f"a kernel distance needs at least 2 samples on each side. Received: {real}.")
        if real == 1:
            warnings.warn(
                "KID per batch left out the last sample: a batch of one has no pairs", MetricWarning, stacklevel=2
            )
        result = total.result("per_batch")
        warn_if_negative(result.value)
        return result

    def _count(self, name: str) -> int:
        return sum(map(len, self._waiting[name]))

    def _take(self, name: str, count: int) -> np.ndarray:
        rows = np.concatenate(self._waiting[name])
        self._waiting[name] = [rows[count:].copy()] if len(rows) > count else []
        return rows[:count]
