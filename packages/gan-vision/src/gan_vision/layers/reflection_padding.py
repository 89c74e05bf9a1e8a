"""Padding that mirrors a picture at its borders."""

from __future__ import annotations

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="gan_vision")
class ReflectionPadding2D(layers.Layer):
    """Lengthen each side at both ends by what lies inside, mirrored; the border itself is not repeated.

    A row 1 2 3 padded by 2 becomes 3 2 1 2 3 2 1. No dark frame grows into the picture, as it does with zeros.

    Args:
        padding: int of at least 1, pixels at each end; smaller than the height and width of what is padded.

    Called with:
        inputs: float (batch, height, width, channels).

    Raises:
        ValueError: a padding below 1, or a side that is not longer than it.

    Example:
        >>> ReflectionPadding2D(3)(pictures).shape      # (8, 64, 64, 3) before
        (8, 70, 70, 3)
    """

    def __init__(self, padding: int, **options):
        super().__init__(**options)
        if isinstance(padding, bool) or not isinstance(padding, int) or padding < 1:
            raise ValueError(f"`padding` must be a positive whole number. Received: padding={padding!r}.")
        self.padding = padding

    def build(self, shape):
        """Check the sides."""
        for side in shape[1:3]:
            if side is not None and side <= self.padding:
                raise ValueError(f"both sides must be longer than `padding`. Received: sides={tuple(shape[1:3])}, "
                                 f"padding={self.padding}. Use larger pictures or fewer halvings.")

    def call(self, inputs):  # noqa: D102
        each = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), each, each, (0, 0)), mode="reflect")

    def compute_output_shape(self, shape):  # noqa: D102
        height, width = (None if side is None else side + 2 * self.padding for side in shape[1:3])
        return (shape[0], height, width, shape[3])

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "padding": self.padding}
