"""Random geometry of examples in the input pipeline: the same draws for every map of an example."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size
from gan_core.random import row_uniform


class JointGeometry:
    """Mirrors and crops all maps of an example alike, by the example's own seed.

    Pixels are taken as they are, so that ids stay ids.

    Args:
        maps: the names of the fields that have pixels, (batch, height, width, ...).
        size: (height, width) of all of them.
        flip: bool, mirror left-right with probability 1/2.
        crop: int or (height, width), a part of that size from anywhere in the picture; None takes all of it.

    Raises:
        ConfigError: the crop is no size, or larger than the pictures.
    """

    def __init__(self, maps: Sequence[str], size: tuple[int, int], *, flip: bool = False,
                 crop: int | tuple[int, int] | None = None):
        self.maps, self.size, self.flip = tuple(maps), size, flip
        self.crop = None if crop is None else image_size(crop)
        if self.crop is not None and (self.crop[0] > size[0] or self.crop[1] > size[1]):
            raise ConfigError(f"`crop` must fit into the pictures. Received: crop={self.crop} for {size[0]} x "
                              f"{size[1]} pixels. Load them larger, or crop less.")

    def __call__(self, batch: dict, seeds: tf.Tensor) -> dict:
        """Replace the maps of `batch`; `seeds` is int64 (batch, 2)."""
        if not self.flip and self.crop is None:
            return batch
        height, width = self.size
        rows, columns = None, tf.range(width)
        if self.crop is not None:
            rows = _offset(seeds, "crop row", height - self.crop[0])[:, None] + tf.range(self.crop[0])
            columns = _offset(seeds, "crop column", width - self.crop[1])[:, None] + tf.range(self.crop[1])
        if self.flip:  # gathering columns of uint8 is about five times faster than reversing and selecting
            mirrored = tf.reverse(columns, [-1])
            columns = tf.where(row_uniform(seeds, "flip")[:, None] >= 0.5, mirrored, columns)
        moved = {}
        for name in self.maps:
            picture = batch[name] if rows is None else tf.gather(batch[name], rows, axis=1, batch_dims=1)
            moved[name] = tf.gather(picture, columns, axis=2, batch_dims=1)
        return {**batch, **moved}


def _offset(seeds: tf.Tensor, purpose: str, largest: int) -> tf.Tensor:
    """int32 (batch,) of 0..largest, each as likely as the others."""
    drawn = tf.cast(row_uniform(seeds, purpose) * (largest + 1), tf.int32)
    return tf.minimum(drawn, largest)  # a number just below 1 may be rounded up
