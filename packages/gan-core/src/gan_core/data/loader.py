"""Batches whose order is a pure function of (seed, step).

The k-th batch depends on (seed, k) alone: every epoch is a permutation without replacement, and a run that
resumes at step k asks for batch k and gets the one it would have got. There is no iterator state to save.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import tensorflow as tf

from gan_core.data.content_hash import content_hash
from gan_core.errors import DataError
from gan_core.random import fold

PARALLEL_BATCHES = 2  # drawn ahead of the step


class Source(Protocol):
    """Indexable data.

    A source may have a `content_hash`, a str that changes with its data: a run does not resume on other data.
    """

    def __len__(self) -> int:
        """How many examples there are."""
        ...

    def gather(self, indices: tf.Tensor, seeds: tf.Tensor) -> dict[str, tf.Tensor]:
        """The batch of these examples, inside a tf.data graph.

        Args:
            indices: int64 (batch,), positions in 0..len-1.
            seeds: int64 (batch, 2), for stateless per-example randomness: depends on (seed, epoch, index).
        """
        ...


class _Fetches:
    """Lets the calls of `fetch` end before the interpreter does.

    An endless data set draws ahead of its reader. A call that is under way when the interpreter shuts down would wait
    for the lock of the interpreter, and TensorFlow for the call: the process would never end. So leaving waits until
    the pipelines have filled their buffers, with batches that nobody will see.
    """

    SETTLED_SECONDS, MOST_SECONDS = 0.5, 30.0

    def __init__(self):
        self._lock, self._running, self._leaving, self._registered = threading.Lock(), 0, False, False

    @contextlib.contextmanager
    def one(self):
        """Around a call; gives whether the interpreter is leaving."""
        with self._lock:
            if not self._registered:
                atexit.register(self._settle)
                self._registered = True
            self._running += 1
        try:
            yield self._leaving
        finally:
            with self._lock:
                self._running -= 1

    def _settle(self):
        self._leaving = True
        busy = started = time.monotonic()
        while (now := time.monotonic()) < min(busy + self.SETTLED_SECONDS, started + self.MOST_SECONDS):
            if self._running:
                busy = now
            time.sleep(0.005)


_fetches = _Fetches()


class FetchedSource:
    """Examples that NumPy code fetches by their positions: from arrays, from files that are decoded on demand.

    `failure` is the error that ended the last call of `fetch`, None if none did.

    Args:
        fetch: int64 (batch,) positions -> name -> array (batch, ...); called from the threads of the input pipeline.
        count: int, how many examples there are.
        spec: name -> (shape of one example, dtype) of what `fetch` returns.
        transform: (batch dict, seeds (batch, 2)) -> batch dict, run in the input pipeline: flips, crops.
        content_hash: () -> what identifies the data, asked when it is needed; None where it is not known.
    """

    def __init__(self, fetch: Callable[[np.ndarray], Mapping[str, np.ndarray]], count: int,
                 spec: Mapping[str, tuple[tuple[int, ...], np.dtype]], transform: Callable | None = None, *,
                 content_hash: Callable[[], str | None] = lambda: None):
        self.fetch, self.spec, self.transform, self._count = fetch, dict(spec), transform, count
        self._find_hash = content_hash
        self.failure: Exception | None = None

    def __len__(self):
        return self._count

    @functools.cached_property
    def content_hash(self) -> str | None:
        """What identifies the data."""
        return self._find_hash()

    def gather(self, indices, seeds):  # noqa: D102
        # NumPy instead of tf.gather: memory maps stay on disk, and a copy of the data in TensorFlow is spared.
        names = list(self.spec)

        def fetched(rows):
            with _fetches.one() as leaving:
                if leaving:
                    return [np.zeros((len(rows), *shape), dtype) for shape, dtype in self.spec.values()]
                try:
                    found = self.fetch(rows)
                except Exception as error:
                    self.failure = error  # TensorFlow passes on no more than its text
                    raise
                return [np.ascontiguousarray(found[name]) for name in names]

        values = tf.numpy_function(fetched, [indices], [tf.as_dtype(dtype) for _, dtype in self.spec.values()],
                                   stateful=False)
        for value, (shape, _) in zip(values, self.spec.values(), strict=True):
            value.set_shape((indices.shape[0], *shape))
        batch = dict(zip(names, values, strict=True))
        return batch if self.transform is None else self.transform(batch, seeds)


class ArraySource(FetchedSource):
    """Examples held in arrays (or memory maps, which are read batch by batch).

    Args:
        arrays: name -> array (n, ...); at least "real".
        transform: as in `FetchedSource`.

    Raises:
        DataError: no array, or arrays of different lengths.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], transform: Callable | None = None):
        lengths = {name: len(array) for name, array in arrays.items()}
        if not lengths:
            raise DataError("a data set needs at least one array. Received: none. Pass {'real': samples}.")
        if len(set(lengths.values())) != 1:
            raise DataError(f"all arrays of a data set must have equal length. Received: {lengths}.")
        self.arrays = dict(arrays)
        super().__init__(lambda rows: {name: array[rows] for name, array in self.arrays.items()},
                         next(iter(lengths.values())),
                         {name: (array.shape[1:], array.dtype) for name, array in arrays.items()}, transform,
                         content_hash=lambda: content_hash(self.arrays))


class Loader:
    """An endless, shuffled, restartable stream of batches.

    Args:
        source: what to draw from.
        batch_size: int, 1..len(source).
        seed: int.
        shuffle: bool; False keeps the order of the source.
        name: str, for error messages.

    Raises:
        DataError: the source has fewer examples than one batch.

    Example:
        >>> loader = Loader(ArraySource({"real": images}), batch_size=32, seed=1)
        >>> batch = next(iter(loader.dataset(start=100)))     # batch number 100, at once
    """

    def __init__(self, source: Source, batch_size: int, *, seed: int = 0, shuffle: bool = True, name: str = "data set"):
        if batch_size < 1:
            raise DataError(f"`batch_size` must be at least 1. Received: batch_size={batch_size}.")
        if len(source) < batch_size:
            raise DataError(f"the {name} has {len(source)} examples but the batch size is {batch_size}. "
                            f"Add data, or lower the batch size to {max(len(source), 1)} or less.")
        self.source, self.batch_size, self.seed, self.shuffle = source, batch_size, seed, shuffle
        self.steps_per_epoch = len(source) // batch_size

    def __len__(self):
        """Full batches in one pass."""
        return self.steps_per_epoch

    @functools.cached_property
    def content_hash(self) -> str | None:
        """What identifies the data; None where the source does not say."""
        return getattr(self.source, "content_hash", None)

    @property
    def failure(self) -> Exception | None:
        """What was wrong with the data, where the source knows it, when TensorFlow says that reading a batch failed."""
        return getattr(self.source, "failure", None)

    def indices(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """int64 (batch,) positions of batch `step`, and (batch, 2) seeds of its examples."""
        count = len(self.source)
        position = tf.cast(step, tf.int64) * self.batch_size + tf.range(self.batch_size, dtype=tf.int64)
        epoch, index = position // count, position % count  # an epoch ends inside a batch: nothing is dropped
        key = tf.constant(fold(self.seed, "order"), tf.int64)
        if self.shuffle:
            # The shuffle reads only some low bits of each of its three seed words, so all three must be random: the
            # epoch's number itself would give 256 different orders. A batch touches two epochs at most.
            words = tf.stack([tf.random.stateless_uniform([3], tf.stack([key, number]), None, None, tf.int32)
                              for number in (epoch[0], epoch[0] + 1)])
            # The raw op: its wrapper pads a matrix of seeds along the wrong axis.
            index = tf.raw_ops.RandomIndexShuffle(
                index=index, seed=tf.gather(words, epoch - epoch[0]), max_index=tf.constant(count - 1, tf.int64))
        seeds = tf.stack([key + epoch * 2_654_435_761, tf.cast(index, tf.int64)], axis=1)
        return tf.cast(index, tf.int64), seeds

    def dataset(self, start: int = 0, steps: int | None = None) -> tf.data.Dataset:
        """The batches start, start + 1, ... (`steps` of them, or endless) as dicts."""
        stop = np.iinfo(np.int64).max if steps is None else start + steps
        options = tf.data.Options()
        # With tf.data's autotuning, about half of all iterators left one of two cores idle in the steps that they fed,
        # for as long as they lived: 427 ms against 260 ms (ada, 64 pixels). Without it, none did.
        options.autotune.enabled = False
        return (tf.data.Dataset.range(start, stop)
                .map(lambda step: self.source.gather(*self.indices(step)), PARALLEL_BATCHES, deterministic=True)
                .prefetch(PARALLEL_BATCHES).with_options(options))
