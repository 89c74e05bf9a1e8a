"""Stateless random numbers: the same (seed, purpose, step) always gives the same draw.

Nothing is stored, so a resumed run continues with exactly the numbers it would have seen, and two parts of
a step never share a draw by accident: each names its purpose.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import tensorflow as tf

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64


def fold(*parts: int | str) -> int:
    """A 31-bit number made from seeds and names; equal on every machine and Python version."""
    return zlib.crc32("/".join(str(part) for part in parts).encode()) & 0x7FFFFFFF


def row_uniform(seeds: tf.Tensor, purpose: str, shape: Sequence[int] = ()) -> tf.Tensor:
    """Numbers for each example of a batch, by the example's own seed: a hash (splitmix64) of seed and purpose.

    `tf.random.stateless_uniform` takes one seed per call; a call per example would cost more than the batch.

    Args:
        seeds: int64 (batch, 2), as a Loader gives them.
        purpose: str; other purposes give independent numbers.
        shape: of the numbers of one example; one number by default. A tensor for sizes that only the step knows.

    Returns:
        float32 (batch, *shape) in [0, 1), multiples of 2^-24.
    """
    seeds = tf.bitcast(seeds, tf.uint64)
    state = tf.zeros_like(seeds[:, 0]) + tf.constant(fold(purpose), tf.uint64)
    for part in (seeds[:, 0], seeds[:, 1]):
        state = _mixed((state ^ part) + tf.constant(_GOLDEN, tf.uint64))
    if not isinstance(shape, tf.Tensor) and not shape:
        return _fraction(state)
    shape = tf.cast(shape, tf.int32)
    # The generator that splitmix64 is: its n-th number is the hash of state + n · the golden ratio.
    steps = tf.cast(tf.range(1, tf.reduce_prod(shape) + 1), tf.uint64) * tf.constant(_GOLDEN, tf.uint64)
    return tf.reshape(_fraction(_mixed(state[:, None] + steps)), tf.concat([tf.shape(state), shape], 0))


def _mixed(state: tf.Tensor) -> tf.Tensor:
    for shift, factor in ((30, _MIX_1), (27, _MIX_2)):
        state = (state ^ _shift_right(state, shift)) * tf.constant(factor, tf.uint64)
    return state ^ _shift_right(state, 31)


def _fraction(state: tf.Tensor) -> tf.Tensor:
    return tf.cast(_shift_right(state, 40), tf.float32) / 2**24


def _shift_right(value: tf.Tensor, bits: int) -> tf.Tensor:
    return tf.bitwise.right_shift(value, tf.constant(bits, tf.uint64))


class Stream:
    """Random numbers of one step.

    Args:
        seed: int, the run's seed.
        step: int or scalar integer tensor, the counter that makes the draws of each step new.
        scope: str, the name of the phase that draws ("discriminator", "generator", ...).

    Every method takes a `purpose`: calls with equal purposes give equal numbers, others independent ones. The algorithm
    is always Philox: left to itself, TensorFlow takes another one under XLA.

    Example:
        >>> draw = Stream(seed=1, step=0)
        >>> bool(tf.reduce_all(draw.normal((2, 3), "latent") == draw.normal((2, 3), "latent")))
        True
    """

    def __init__(self, seed: int, step: int | tf.Tensor, scope: str = ""):
        self.seed, self.step, self.scope = seed, tf.cast(step, tf.int64), scope

    def scoped(self, scope: str) -> Stream:
        """The same step under a longer scope: independent of this one."""
        return Stream(self.seed, self.step, f"{self.scope}/{scope}")

    def key(self, purpose: str) -> tf.Tensor:
        """The (2,) int64 seed that `tf.random.stateless_*` takes."""
        key = tf.constant(fold(self.seed, self.scope, purpose), tf.int64)
        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:  # replicas must not draw the same numbers
            key += tf.cast(context.replica_id_in_sync_group, tf.int64) * 2**32
        return tf.stack([key, self.step])

    def row_seeds(self, count, purpose: str) -> tf.Tensor:
        """int64 (count, 2): a seed for each row of a batch, as `row_uniform` takes them."""
        key = self.key(purpose)
        return tf.stack([tf.fill([count], key[0]), key[1] * 2**32 + tf.range(count, dtype=tf.int64)], axis=1)

    def normal(self, shape, purpose: str, mean=0.0, stddev=1.0) -> tf.Tensor:
        """float32 draws from N(mean, stddev²)."""
        return tf.random.stateless_normal(shape, self.key(purpose), mean, stddev, alg="philox")

    def uniform(self, shape, purpose: str, low=0.0, high=1.0) -> tf.Tensor:
        """float32 draws from U[low, high)."""
        return tf.random.stateless_uniform(shape, self.key(purpose), low, high, alg="philox")

    def integers(self, shape, purpose: str, high: int, low: int = 0) -> tf.Tensor:
        """int32 draws from low, ..., high - 1."""
        return tf.random.stateless_uniform(shape, self.key(purpose), low, high, tf.int32, alg="philox")

    def chance(self, shape, purpose: str, probability) -> tf.Tensor:
        """Boolean draws, True with `probability`."""
        return self.uniform(shape, purpose) < probability
