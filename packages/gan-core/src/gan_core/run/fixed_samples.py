"""The same noise, conditions and real samples at every look at a generator."""

from __future__ import annotations

import numpy as np

from gan_core.data.loader import Loader
from gan_core.game.batch import as_batch
from gan_core.game.gan import GAN
from gan_core.random import Stream

COUNT = 64
BUDGET = 2**22  # elements per set, so that a look at a large image or a long recording stays cheap
FEWEST = 8


class FixedSamples:
    """The first examples of a stream, and what a generator makes of their conditions and fixed noise.

    Args:
        loader: the batches of the current phase.
    """

    def __init__(self, loader: Loader):
        self.loader = loader
        self._batch: dict | None = None

    def draw(self, gan: GAN) -> tuple[np.ndarray, np.ndarray]:
        """Generated and real samples, (n, ...) each; n is 64, or fewer (at least 8) if samples are large.

        The trained generator is asked, not its average: an average is slow to leave its start and slow to collapse.
        """
        if self._batch is None:
            self._batch = self._first(gan)
        real, condition = gan.prepared(self._batch, _stream(gan))
        fakes = gan.generate({**condition, "real": real}, len(real), raw=True,
                             batch_size=min(self.loader.batch_size, COUNT))
        return fakes, np.asarray(real)

    def _first(self, gan: GAN) -> dict:
        first = as_batch(next(iter(self.loader.dataset(0, 1))))
        real, _ = gan.prepared({name: value[:1] for name, value in first.items()}, _stream(gan))
        count = int(np.clip(BUDGET // max(int(np.prod(real.shape)), 1), FEWEST, COUNT))
        batches = [as_batch(batch) for batch in self.loader.dataset(0, -(-count // self.loader.batch_size))]
        return {name: np.concatenate([np.asarray(batch[name]) for batch in batches])[:count] for name in first}


def _stream(gan: GAN) -> Stream:
    """Of the noise in `prepare`: the same at every look."""
    return Stream(gan.seed, 0, "fixed")
