"""Photographs and drawings: bytes in storage, floats in the generator's range on the device."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.images.background import hidden_as_white
from gan_core.images.resize import resize_image
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class Photo(Kind):
    """A picture, stored as uint8 (height, width, channels).

    It is mirrored and cropped as it is, and resized with antialiasing. On the device 0..255 becomes low..high:
    x -> low + x (high - low) / 255. With opacity it is resized without fringes, white where nothing is visible; a sheet
    shows it over a checkerboard.

    Args:
        channels: 1 for gray, 3 for RGB, 4 for RGB with opacity.
    """

    is_map: ClassVar[bool] = True
    channels: int = 3

    def __post_init__(self):
        if self.channels not in (1, 3, 4):
            raise ConfigError(f"`channels` must be 1 (gray), 3 (RGB) or 4 (RGB and opacity). "
                              f"Received: channels={self.channels!r}.")

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(np.uint8)

    def shape(self, size):  # noqa: D102
        return (*size, self.channels)

    def checked(self, values, field: str, origin: Origin):  # noqa: D102
        if values.ndim != 4 or values.dtype != np.uint8 or values.shape[-1] != self.channels:
            raise DataError(f"`{field}` of {origin.name} must be photos, uint8 (n, height, width, {self.channels}). "
                            f"Received: {values.dtype} {values.shape}. Values are 0..255.")
        return values

    def resized(self, value, size, *, fit="center_crop"):  # noqa: D102
        return resize_image(hidden_as_white(value) if self.channels == 4 else value, size, fit=fit)

    def prepared(self, field, values, value_range):  # noqa: D102
        import tensorflow as tf

        if values.dtype != tf.uint8:
            raise ConfigError(f"`{field}` must come as bytes, which are scaled here. Received: dtype={values.dtype}. "
                              "Use batches of `examples.loader(...)`, or a GAN without this `prepare` for samples that "
                              "are in its range already.")
        low, high = value_range
        return {field: tf.cast(values, tf.float32) * ((float(high) - float(low)) / 255) + float(low)}

    def pictures(self, values):  # noqa: D102
        return np.asarray(values)
