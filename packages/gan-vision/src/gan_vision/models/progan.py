"""The growing networks of ProGAN (Karras et al. 2018, arXiv:1710.10196), 4 to 1024 pixels.

They have the layers of all levels from the start, and run those of the level at hand. Trainable parameters with RGB,
without labels, the latent as long as the smallest map has channels:

    fmap_base, fmap_max   size   generator     discriminator
    8192, 512               32   20,719,628    20,726,785
                            64   22,490,383    22,498,049
                           128   22,933,394    22,941,313
                           256   23,044,309    23,052,353
                          1024   23,079,115    23,087,249
    4096, 128               32    1,296,908     1,298,689
                            64    1,592,463     1,594,369

The authors' code decides where the paper is silent. Not repeated from Rafael Valle, "Hands-On Generative Adversarial
Networks with Keras" (Packt 2019), chapter 7: every level computed at every step, a standard deviation over the whole
batch, a latent that is normalised before the label joins it.
"""

from __future__ import annotations

import math

import keras
import tensorflow as tf
from keras import layers, ops

from gan_core.layers import LabelEncoding
from gan_vision.layers import EqualizedConv2D, EqualizedDense, MinibatchStandardDeviation, PixelNormalization
from gan_vision.layers.equalized import HE_GAIN
from gan_vision.models.size import count_doublings, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest pictures
FMAP_BASE, FMAP_MAX = 8192, 512
SLOPE = 0.2


def feature_maps(size: int, fmap_base: int = FMAP_BASE, fmap_max: int = FMAP_MAX) -> int:
    """Channels at `size` pixels: fmap_base / (size / 2), at most fmap_max; at least 1.

    Example:
        >>> feature_maps(4), feature_maps(64), feature_maps(1024)
        (512, 256, 16)
    """
    return max(1, min(2 * fmap_base // size, fmap_max))


class _GrowingNetwork(keras.Model):
    """Layers of all levels, of which those up to `current_size` run; `alpha` blends the newest level in.

    `current_size` and `fading` are plain attributes: a step is traced for each value, and computes nothing else.
    """

    grows = True  # its weights are found by name: see `gan_core.run.initial_weights`

    def __init__(self, size: int, channels: int, *, fmap_base: int, fmap_max: int, classes: int,
                 current_size: int | None, fading: bool, name: str, **options):
        doublings = count_doublings(size, START, least=0)
        require_positive(channels=channels, fmap_base=fmap_base, fmap_max=fmap_max)
        super().__init__(name=name, **options)
        self.sizes = tuple(START << level for level in range(doublings + 1))
        self.channels, self.fmap_base, self.fmap_max, self.classes = channels, fmap_base, fmap_max, classes
        self.alpha = self.add_weight((), "ones", trainable=False, name="alpha", aggregation="only_first_replica")
        self.show(size if current_size is None else current_size, fading=fading)

    def show(self, size: int, *, fading: bool) -> None:
        """Run the layers up to `size` pixels from now on, which `fading` blends with the size before.

        Functions that were traced before do not know it: call `GAN.compile` afterwards.
        """
        self.current_size, self.fading = size, fading

    @property
    def level(self) -> int:
        """The index of `current_size` in `sizes`."""
        return self.sizes.index(self.current_size)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Of the conditions."""
        return tuple(self.input_specs)

    def _maps(self, size: int) -> int:
        return feature_maps(size, self.fmap_base, self.fmap_max)

    def _made(self, layer: layers.Layer, *shape: int | None) -> layers.Layer:
        layer.build((None, *shape))
        return layer

    def _conv(self, name: str, width: int, kernel: int, read: int, **options) -> layers.Layer:
        return self._made(EqualizedConv2D(width, kernel, padding="same", name=name, **options), None, None, read)

    def _running(self) -> list[layers.Layer]:
        """The layers of the level at hand."""
        raise NotImplementedError

    def learning_variables(self) -> list[keras.Variable]:
        """The trainable weights of the layers that run."""
        return [weight for layer in self._running() for weight in layer.trainable_weights]

    def get_config(self):
        """All arguments, and what runs by now."""
        return {"name": self.name, "size": self.sizes[-1], "channels": self.channels, "fmap_base": self.fmap_base,
                "fmap_max": self.fmap_max, "classes": self.classes, "current_size": self.current_size,
                "fading": self.fading}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A network with new weights."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="gan_vision")
class ProGANGenerator(_GrowingNetwork):
    """Pictures of the current size from latents, and from labels if there are classes. See `build_generator`."""

    def __init__(self, size: int, channels: int = 3, *, fmap_base: int = FMAP_BASE, fmap_max: int = FMAP_MAX,
                 latent: int | None = None, classes: int = 0, current_size: int | None = None, fading: bool = False,
                 name: str = "generator", **options):
        super().__init__(size, channels, fmap_base=fmap_base, fmap_max=fmap_max, classes=classes,
                         current_size=current_size, fading=fading, name=name, **options)
        self.latent = min(fmap_base, fmap_max) if latent is None else latent
        require_positive(latent=self.latent)
        first = self._maps(START)
        self.code = LabelEncoding(classes, name="code") if classes else None
        self.normalize = PixelNormalization(name="normalize")
        self.start_dense = self._made(EqualizedDense(START * START * first, use_bias=False, gain=HE_GAIN / 4,
                                                     name="start_dense"), self.latent + classes)
        self.start_bias = self._made(_Bias(name="start_bias"), START, START, first)
        self.start_conv = self._conv("start_conv", first, 3, first)
        self.convolutions, self.to_rgb = [], []
        for size_here in self.sizes:
            width = self._maps(size_here)
            if size_here > START:
                self.convolutions.append([self._conv(f"size_{size_here}_conv_1", width, 3, self._maps(size_here // 2)),
                                          self._conv(f"size_{size_here}_conv_2", width, 3, width)])
            self.to_rgb.append(self._conv(f"size_{size_here}_to_rgb", channels, 1, width, gain=1.0, dtype="float32"))
        self.built = True

    @property
    def input_specs(self) -> dict[str, tf.TensorSpec]:
        """What it reads."""
        label = {"label": tf.TensorSpec((None,), tf.int32)} if self.classes else {}
        return {"latent": tf.TensorSpec((None, self.latent), tf.float32), **label}

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Of the pictures of the current size."""
        return (None, self.current_size, self.current_size, self.channels)

    def call(self, inputs, training=None):
        """float32 (batch, current_size, current_size, channels), unbounded."""
        x = inputs["latent"] if self.classes else inputs
        if self.code is not None:
            x = ops.concatenate([x, ops.cast(self.code(inputs["label"]), x.dtype)], axis=-1)
        x = ops.reshape(self.start_dense(self.normalize(x)), (-1, START, START, self._maps(START)))
        x = self._activated(self.start_conv(self._activated(self.start_bias(x))))
        before = x
        for pair in self.convolutions[:self.level]:
            before, x = x, _doubled(x)
            for convolution in pair:
                x = self._activated(convolution(x))
        image = self.to_rgb[self.level](x)
        if not self.fading:
            return image
        return _blend(_doubled(self.to_rgb[self.level - 1](before)), image, self.alpha)

    def _activated(self, x):
        return self.normalize(ops.leaky_relu(x, SLOPE))

    def _running(self):
        pairs = [convolution for pair in self.convolutions[:self.level] for convolution in pair]
        return [self.start_dense, self.start_bias, self.start_conv, *pairs,
                *self.to_rgb[self.level - self.fading:self.level + 1]]

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "latent": self.latent}


@keras.saving.register_keras_serializable(package="gan_vision")
class ProGANDiscriminator(_GrowingNetwork):
    """Logits of pictures of the current size, and of their classes. See `build_discriminator`."""

    def __init__(self, size: int, channels: int = 3, *, fmap_base: int = FMAP_BASE, fmap_max: int = FMAP_MAX,
                 classes: int = 0, group_size: int = 4, current_size: int | None = None, fading: bool = False,
                 name: str = "discriminator", **options):
        super().__init__(size, channels, fmap_base=fmap_base, fmap_max=fmap_max, classes=classes,
                         current_size=current_size, fading=fading, name=name, **options)
        self.group_size = group_size
        self.convolutions, self.from_rgb = [], []
        for size_here in self.sizes:
            width = self._maps(size_here)
            self.from_rgb.append(self._conv(f"size_{size_here}_from_rgb", width, 1, channels))
            if size_here > START:
                self.convolutions.append([
                    self._conv(f"size_{size_here}_conv_1", width, 3, width),
                    self._conv(f"size_{size_here}_conv_2", self._maps(size_here // 2), 3, width)])
        last = self._maps(START)
        self.deviation = MinibatchStandardDeviation(group_size, name="deviation")
        self.end_conv = self._conv("end_conv", last, 3, last + 1)
        self.end_dense = self._made(EqualizedDense(self._maps(START // 2), name="end_dense"), START * START * last)
        self.logits = self._made(EqualizedDense(1 + classes, gain=1.0, dtype="float32", name="logits"),
                                 self._maps(START // 2))
        self.built = True

    @property
    def input_specs(self) -> dict[str, tf.TensorSpec]:
        """What it reads: classes are named, not read."""
        return {"sample": tf.TensorSpec((None, self.current_size, self.current_size, self.channels), tf.float32)}

    @property
    def output_shape(self):
        """Of the logits."""
        return {"logits": (None, 1), "class_logits": (None, self.classes)} if self.classes else (None, 1)

    def call(self, inputs, training=None):
        """float32 logits (batch, 1); with classes {"logits": ..., "class_logits": (batch, classes)}."""
        x = self._read(self.level, inputs)
        for level in range(self.level, 0, -1):
            for convolution in self.convolutions[level - 1]:
                x = ops.leaky_relu(convolution(x), SLOPE)
            x = _halved(x)
            if self.fading and level == self.level:
                x = _blend(self._read(level - 1, _halved(inputs)), x, self.alpha)
        x = ops.leaky_relu(self.end_conv(self.deviation(x)), SLOPE)
        x = ops.leaky_relu(self.end_dense(ops.reshape(x, (-1, math.prod(x.shape[1:])))), SLOPE)
        answers = self.logits(x)
        return {"logits": answers[:, :1], "class_logits": answers[:, 1:]} if self.classes else answers

    def _read(self, level: int, pictures):
        return ops.leaky_relu(self.from_rgb[level](pictures), SLOPE)

    def _running(self):
        pairs = [convolution for pair in self.convolutions[:self.level] for convolution in pair]
        return [*self.from_rgb[self.level - self.fading:self.level + 1], *pairs, self.end_conv, self.end_dense,
                self.logits]

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "group_size": self.group_size}


def build_generator(size: int = 32, channels: int = 3, *, fmap_base: int = FMAP_BASE, fmap_max: int = FMAP_MAX,
                    latent: int | None = None, classes: int = 0) -> ProGANGenerator:
    """Images from latents, and from labels if there are classes.

    Args:
        size: int, pixels of each side at the last level: 4 · 2^n.
        channels: int, 1 for gray, 3 for RGB.
        fmap_base: int, channels times half the size, where fmap_max does not cut them off.
        fmap_max: int, most channels of a map.
        latent: int, length of the latent vector; by default the channels of the smallest maps.
        classes: int, 0 for an unconditional generator.

    Returns:
        Keras model "generator", which shows `size` at first (`show` changes it): latent (batch, latent), with classes
        also label int (batch,) -> float32 (batch, size, size, channels), unbounded.

    Raises:
        ConfigError: a size that is no power of two of at least 4, or a number below 1.

    Example:
        >>> generator = build_generator(64, fmap_base=4096, fmap_max=128)
        >>> generator.show(8, fading=False)
        >>> generator(tf.zeros((2, 128))).shape
        TensorShape([2, 8, 8, 3])
    """
    return ProGANGenerator(size, channels, fmap_base=fmap_base, fmap_max=fmap_max, latent=latent, classes=classes)


def build_discriminator(size: int = 32, channels: int = 3, *, fmap_base: int = FMAP_BASE, fmap_max: int = FMAP_MAX,
                        classes: int = 0, group_size: int = 4) -> ProGANDiscriminator:
    """Logits of images, and of classes if there are any.

    Args:
        size: as in `build_generator`.
        channels: as in `build_generator`.
        fmap_base: as in `build_generator`.
        fmap_max: as in `build_generator`.
        classes: int, how many classes it names; 0 for none.
        group_size: int, samples over which the minibatch standard deviation is taken.

    Returns:
        Keras model "discriminator", which reads `size` at first: sample (batch, size, size, channels) -> float32 logits
        (batch, 1), with classes {"logits": (batch, 1), "class_logits": (batch, classes)}.

    Raises:
        ConfigError: as `build_generator`.
    """
    return ProGANDiscriminator(size, channels, fmap_base=fmap_base, fmap_max=fmap_max, classes=classes,
                               group_size=group_size)


@keras.saving.register_keras_serializable(package="gan_vision")
class _Bias(layers.Layer):
    """One number per channel is added."""

    def build(self, shape):
        self.bias = self.add_weight(name="bias", shape=(shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs + ops.cast(self.bias, inputs.dtype)


def _doubled(x):
    return ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)


def _halved(x):
    return ops.average_pool(x, 2, 2)


def _blend(old, new, alpha):
    return old + ops.cast(alpha, new.dtype) * (new - old)
