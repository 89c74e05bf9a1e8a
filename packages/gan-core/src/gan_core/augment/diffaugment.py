"""Differentiable augmentation without a controller (Zhao et al. 2020, 2006.10738)."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_core.augment.value_range import ValueRange
from gan_core.errors import ConfigError, choose


def _scalar(stream, images, purpose, low, high):
    return stream.uniform((tf.shape(images)[0], 1, 1, 1), purpose, low, high)


def color(images, maps, stream):
    """Brightness + U(-1/2, 1/2), saturation × U(0, 2) about a pixel's mean, contrast × U(1/2, 3/2) about an image's.

    Args:
        images: float32 (batch, height, width, channels) in [-1, 1]; a fourth channel is opacity, and stays as it is.
        maps: what lies on them; stays as it is.
        stream: random numbers.
    """
    opacity = images[..., 3:] if images.shape[-1] == 4 else None
    images = images if opacity is None else images[..., :3]
    images += _scalar(stream, images, "brightness", -0.5, 0.5)
    mean = tf.reduce_mean(images, axis=3, keepdims=True)
    images = mean + (images - mean) * _scalar(stream, images, "saturation", 0.0, 2.0)
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    images = mean + (images - mean) * _scalar(stream, images, "contrast", 0.5, 1.5)
    return images if opacity is None else tf.concat([images, opacity], axis=-1), maps


def _shift(images, offset, axis):
    """Images moved by `offset` (batch,) pixels along `axis` (1 or 2), zeros moved in."""
    size = tf.shape(images)[axis]
    source = tf.range(size) - offset[:, tf.newaxis]
    inside = tf.cast((source >= 0) & (source < size), images.dtype)
    moved = tf.gather(images, tf.clip_by_value(source, 0, size - 1), axis=axis, batch_dims=1)
    return moved * (inside[:, :, tf.newaxis, tf.newaxis] if axis == 1 else inside[:, tf.newaxis, :, tf.newaxis])


def translation(images, maps, stream):
    """A shift by whole pixels, uniform on ±⌊size/8 + 1/2⌋ for each axis, zeros moved in; of maps too."""
    for axis, name in ((1, "y"), (2, "x")):
        reach = (tf.shape(images)[axis] + 4) // 8
        offset = stream.integers((tf.shape(images)[0],), name, reach + 1, -reach)
        images = _shift(images, offset, axis)
        maps = {key: moving._replace(values=_shift(moving.values, offset, axis)) for key, moving in maps.items()}
    return images, maps


def cutout(images, maps, stream):
    """A rectangle of half the height and half the width set to zero, its centre uniform over the image; not of maps."""
    shape = tf.shape(images)

    def inside(size, name):
        length = (size + 1) // 2
        start = stream.integers((shape[0], 1), name, size + 1 - length % 2) - length // 2
        position = tf.range(size)
        return (position >= start) & (position < start + length)

    hole = inside(shape[1], "y")[:, :, tf.newaxis, tf.newaxis] & inside(shape[2], "x")[:, tf.newaxis, :, tf.newaxis]
    return tf.where(hole, 0.0, images), maps


POLICIES = {"color": color, "translation": translation, "cutout": cutout}


@keras.saving.register_keras_serializable(package="gan_core")
class DiffAugment(Augmentation):
    """Colour, shift and cutout of every image, without state: the choice when data are few and tuning time is short.

    Args:
        policy: str, comma-separated names out of "color", "translation" and "cutout", applied in this order.
        value_range: (low, high) of the samples; zeros are the middle of it.

    Raises:
        ConfigError: an unknown or no policy, a range that is not one.

    Example:
        >>> DiffAugment("translation,cutout")(tf.ones((2, 8, 8, 3)), Stream(seed=0, step=0)).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(self, policy: str = "color,translation,cutout", *, value_range=(-1.0, 1.0), **kwargs):
        super().__init__(**kwargs)
        names = [name.strip() for name in policy.split(",") if name.strip()]
        if not names:
            raise ConfigError(f"`policy` must name at least one part. Received: policy={policy!r}. "
                              f"Known: {', '.join(POLICIES)}; `augment=None` augments nothing.")
        self._range = ValueRange.parse(value_range)
        self.policy, self.value_range = policy, tuple(self._range)
        self._parts = [(name, choose("part of `policy`", name, POLICIES)) for name in names]

    def call(self, samples, maps, stream):  # noqa: D102
        images = self._range.to_signed(samples)
        for name, apply in self._parts:
            images, maps = apply(images, maps, stream.scoped(name))
        images = self._range.from_signed(images)
        if samples.shape[-1] == 4 and all(name == "color" for name, _ in self._parts):  # the range rounds
            images = tf.concat([images[..., :3], samples[..., 3:]], axis=-1)
        return images, maps

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "policy": self.policy, "value_range": self.value_range}
