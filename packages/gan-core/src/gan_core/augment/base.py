"""What every augmentation offers to the loop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import keras
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream


class MovingMap(NamedTuple):
    """A condition that lies on the sample's pixels, so that it must move with them.

    Args:
        values: (batch, height, width, channels), float or integer.
        nearest: bool, whether it is moved without interpolation: a map of classes or edges.
    """

    values: tf.Tensor
    nearest: bool


Maps = Mapping[str, MovingMap]


class Augmentation(keras.layers.Layer):
    """A random, differentiable map of samples, applied alike to real and generated ones.

    A Keras layer only so that a model which holds it as an attribute tracks, saves and restores its state.
    Subclasses implement `call(samples, maps, stream)`.

    Attributes:
        needs_boundary: bool, whether `update` must be fed with margins: only losses with a decision boundary
            have them, so that a Wasserstein critic cannot use this augmentation.
        image_only: bool, whether samples must be images (batch, height, width, channels).
    """

    needs_boundary: bool = False
    image_only: bool = True

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.built = True

    def __call__(self, samples: tf.Tensor, stream: Stream) -> tf.Tensor:
        """Augment a batch, each sample by draws of its own.

        Args:
            samples: float (batch, ...); (batch, height, width, channels) for images.
            stream: the random numbers of this step; `stream.step` counts discriminator steps.

        Returns:
            float32, the shape of `samples`. Not clipped to the value range: clipping cannot be undone, so the
            generator could learn it.

        Raises:
            ConfigError: integer samples, or samples that are not images where images are needed.
        """
        return self.pair(samples, {}, stream)[0]

    def pair(self, samples: tf.Tensor, condition: Mapping[str, tf.Tensor], stream: Stream, *,
             label_maps: Collection[str] = ()) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Augment samples and what of their condition lies on their pixels.

        Pictures (batch, height, width, channels) and maps of ids, integer (batch, height, width), of the samples'
        height and width get the same geometry as the samples; ids and `label_maps` without interpolation. Colour, noise
        and cutout touch the samples only. Classes, vectors and texts (rank 1 and 2, and sequences) stay as they are.

        Args:
            samples: as in `__call__`.
            condition: named tensors (batch, ...).
            stream: as in `__call__`.
            label_maps: names of pictures that are one-hot maps of classes, or edges.

        Returns:
            (samples, condition), of the shapes and types that came in.

        Raises:
            ConfigError: as `__call__`, or a picture of another size, which cannot move with the samples.
        """
        # Not Keras' own __call__: it refuses a Stream as second positional argument, and under a mixed policy
        # it would round samples and coordinates to 16 bits.
        samples = tf.convert_to_tensor(samples)
        if not samples.dtype.is_floating:
            raise ConfigError(
                f"{type(self).__name__} augments float samples. Received: samples.dtype={samples.dtype.name}. "
                "Scale them to the generator's range first."
            )
        if self.image_only and samples.shape.rank not in (4, None):
            raise ConfigError(
                f"{type(self).__name__} augments images (batch, height, width, channels). Received: "
                f"samples.shape={tuple(samples.shape)}. Use InstanceNoise for other samples, or `augment=None`."
            )
        maps = moving_maps(samples, condition, label_maps) if self.image_only else {}
        with tf.name_scope(self.name):
            result, moved = self.call(tf.cast(samples, tf.float32), maps, stream)
        back = {name: tf.cast(tf.reshape(value.values, tf.shape(condition[name])), condition[name].dtype)
                for name, value in moved.items()}
        return tf.ensure_shape(result, samples.shape), {**condition, **{
            name: tf.ensure_shape(value, condition[name].shape) for name, value in back.items()}}

    def call(self, samples: tf.Tensor, maps: Maps, stream: Stream) -> tuple[tf.Tensor, Maps]:
        """float32 samples, and maps that lie on them -> both augmented, of the same shapes."""
        raise NotImplementedError

    def update(self, margins: tf.Tensor) -> None:
        """Adapt to the discriminator, once per discriminator step. Does nothing by default.

        Args:
            margins: float (batch, ...), logits of augmented *real* samples minus the loss's boundary.
        """

    def report(self) -> dict[str, tf.Tensor]:
        """Scalars worth logging at each step, by name."""
        return {}

    def warning(self) -> str | None:
        """What the user should know about the state by now, or None. Call it on the host, not in a graph."""
        return None


def moving_maps(samples: tf.Tensor, condition: Mapping[str, tf.Tensor], label_maps: Collection[str] = ()) -> dict[
        str, MovingMap]:
    """The conditions that lie on the pixels of `samples` (batch, height, width, channels), float32.

    Raises:
        ConfigError: a picture of another size, or a `label_map` that is no map.
    """
    found = {}
    for name, value in condition.items():
        integer = not value.dtype.is_floating
        lies_on = value.shape.rank in (3, 4) and all(
            None in (ours, theirs) or ours == theirs for ours, theirs in zip(value.shape[1:3], samples.shape[1:3],
                                                                             strict=True))
        if lies_on and (value.shape.rank == 4 or integer):
            values = value if value.shape.rank == 4 else value[..., tf.newaxis]
            found[name] = MovingMap(tf.cast(values, tf.float32), integer or name in label_maps)
        elif value.shape.rank in (4, 5) or name in label_maps:
            raise ConfigError(f"the condition `{name}` must have the height and width of the samples to be augmented "
                              f"with them. Received: {name}.shape={tuple(value.shape)}, samples.shape="
                              f"{tuple(samples.shape)}. Resize it in `prepare`, or use `augment=None`.")
    return found
