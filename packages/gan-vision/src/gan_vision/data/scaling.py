"""What the input pipeline does to a batch of decoded images: random mirroring, and uint8 to the generator's range."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import fold

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def coin(seeds: tf.Tensor, purpose: str) -> tf.Tensor:
    """Coins (bool, (batch,)), True with probability 1/2: a hash (splitmix64) of each example's seed and the purpose.

    `tf.random.stateless_uniform` takes one seed per call; a call per example would cost more than the batch.

    Args:
        seeds: int64 (batch, 2), as a Loader gives them.
        purpose: str; other purposes give independent coins.
    """
    seeds = tf.bitcast(seeds, tf.uint64)
    state = tf.zeros_like(seeds[:, 0]) + tf.constant(fold(purpose), tf.uint64)
    for part in (seeds[:, 0], seeds[:, 1]):
        state = (state ^ part) + tf.constant(_GOLDEN, tf.uint64)
        for shift, factor in ((30, _MIX_1), (27, _MIX_2)):
            state = (state ^ _shift_right(state, shift)) * tf.constant(factor, tf.uint64)
        state ^= _shift_right(state, 31)
    return tf.cast(_shift_right(state, 63), tf.bool)


def _shift_right(value: tf.Tensor, bits: int) -> tf.Tensor:
    return tf.bitwise.right_shift(value, tf.constant(bits, tf.uint64))


class ScaleAndFlip:
    """uint8 images to float32 in `value_range`, mirrored at random.

    x -> low + x (high - low) / 255.

    Args:
        value_range: (low, high), low < high.
        flip: bool, mirror left-right with probability 1/2, by the example's own seed.

    Raises:
        ConfigError: the range is empty.
    """

    def __init__(self, value_range: tuple[float, float] = (-1, 1), *, flip: bool = False):
        low, high = value_range
        if not low < high:
            raise ConfigError(f"`value_range` must be (low, high) with low < high. "
                              f"Received: value_range={value_range}.")
        self.low, self.scale, self.flip = float(low), (float(high) - float(low)) / 255, flip

    def __call__(self, batch: dict, seeds: tf.Tensor) -> dict:
        """Replace `batch["real"]`, uint8 (batch, h, w, c), by its float32 form."""
        images = batch["real"]
        if self.flip:  # gathering columns of uint8 is about five times faster than reversing and selecting
            column = tf.range(tf.shape(images)[2])
            columns = tf.where(coin(seeds, "flip")[:, None], column[::-1], column)
            images = tf.gather(images, columns, axis=2, batch_dims=1)
        return {**batch, "real": tf.cast(images, tf.float32) * self.scale + self.low}
