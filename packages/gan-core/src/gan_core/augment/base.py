"""What every augmentation offers to the loop."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream


class Augmentation(keras.layers.Layer):
    """A random, differentiable map of samples, applied alike to real and generated ones.

    A Keras layer only so that a model which holds it as an attribute tracks, saves and restores its state.
    Subclasses implement `call(samples, stream)`.

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
        with tf.name_scope(self.name):
            result = self.call(tf.cast(samples, tf.float32), stream)
        return tf.ensure_shape(result, samples.shape)

    def call(self, samples: tf.Tensor, stream: Stream) -> tf.Tensor:
        """float32 samples -> augmented samples of the same shape."""
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
