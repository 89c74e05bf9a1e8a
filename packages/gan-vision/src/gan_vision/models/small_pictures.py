"""Networks for small coloured pictures: residual blocks whose width falls with the size of their maps.

The blocks are those of `resnet` (Gulrajani et al. 2017, arXiv:1704.00028): batch normalisation in the generator, none
in the discriminator. Known differences: wide where maps are small and narrow where they are large, so that a picture
costs a fraction; the discriminator halves by convolutions of stride 2 down to 4x4 pixels, and sees the deviation within
groups there (Karras et al. 2018, arXiv:1710.10196). Where there are classes, each has scales and shifts of its own in
the generator, and the discriminator's logit has a projection (Miyato and Koyama 2018, arXiv:1802.05637).

Parameters at 32 pixels in colour, latents of 64, widths 128, 64, 48, 32:

    classes   generator (trainable, other)   discriminator
    none      330,067, 832                    835,409
    10        337,555, 832                    836,689
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import keras
from keras import layers

from gan_core.layers import LabelEncoding
from gan_vision.layers import ConditionalBatchNormalization, MinibatchStandardDeviation
from gan_vision.models.resnet import batch_norm
from gan_vision.models.size import require_positive, stage_widths

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map
WIDTHS = (128, 64, 48, 32)

_convolution = functools.partial(layers.Conv2D, padding="same", kernel_initializer="he_uniform")


def build_generator(size: int = 32, channels: int = 3, *, width: int | Sequence[int] = WIDTHS, latent: int = 64,
                    classes: int = 0) -> keras.Model:
    """Images from latents, and from labels if there are classes.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB, 4 for RGB with opacity.
        width: int, channels of every stage; or one for each stage, from 4x4 pixels to `size`.
        latent: int, length of the latent vector.
        classes: int, 0 for an unconditional generator.

    Returns:
        Keras model "generator": latent (batch, latent), with classes also label int (batch,) -> float32 (batch, size,
        size, channels) in [-1, 1].

    Raises:
        ConfigError: a size that is not allowed, another number of widths, or a number below 1.

    Example:
        >>> build_generator(32).output_shape
        (None, 32, 32, 3)
    """
    widths = stage_widths(size, START, width)
    require_positive(channels=channels, latent=latent)
    z = keras.Input((latent,), name="latent")
    inputs, normalize = [z], batch_norm
    if classes:
        label = keras.Input((), name="label", dtype="int32")
        code = LabelEncoding(classes, name="code")(label)
        inputs.append(label)

        def normalize(x):
            return ConditionalBatchNormalization(classes, momentum=0.9, epsilon=1e-5)(x, code)

    x = layers.Dense(START * START * widths[0])(z)
    x = layers.Reshape((START, START, widths[0]))(x)
    for here in widths[1:]:
        x = _doubled(x, here, normalize)
    x = layers.ReLU()(normalize(x))
    image = layers.Conv2D(channels, 3, padding="same", activation="tanh", dtype="float32")(x)
    return keras.Model(inputs if classes else z, image, name="generator")


def build_discriminator(size: int = 32, channels: int = 3, *, width: int | Sequence[int] = WIDTHS, classes: int = 0,
                        group_size: int = 4) -> keras.Model:
    """Logits of images, and of labels if there are classes.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int or ints, as in `build_generator`.
        classes: int, as in `build_generator`.
        group_size: int, samples in a group whose standard deviation it sees; 1 for none.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels), with classes also label int (batch,) ->
        float32 logits (batch, 1).

    Raises:
        ConfigError: as `build_generator`.
    """
    widths = stage_widths(size, START, width)
    require_positive(channels=channels, group_size=group_size)
    sample = keras.Input((size, size, channels), name="sample")
    x = _convolution(widths[-1], 3)(sample)
    for here in reversed(widths[:-1]):
        x = _halved(x, here)
    x = _activated(x)
    if group_size > 1:
        x = MinibatchStandardDeviation(group_size)(x)
    x = _activated(_convolution(widths[0], 3)(x))
    x = layers.Dense(widths[0], kernel_initializer="he_uniform", dtype="float32")(layers.Flatten()(x))
    features = _activated(x)
    logits = layers.Dense(1, dtype="float32")(features)
    if not classes:
        return keras.Model(sample, logits, name="discriminator")
    label = keras.Input((), name="label", dtype="int32")
    direction = layers.Dense(widths[0], use_bias=False, dtype="float32", name="embedding")(
        LabelEncoding(classes, name="code")(label))
    agreement = layers.Dot(axes=1, dtype="float32")([features, direction])
    return keras.Model([sample, label], layers.Add(dtype="float32")([logits, agreement]), name="discriminator")


def _activated(x):
    return layers.LeakyReLU(negative_slope=0.2)(x)


def _shortcut(width: int) -> layers.Layer:
    return layers.Conv2D(width, 1, kernel_initializer="glorot_uniform")


def _doubled(x, width: int, normalize):
    """Twice the size, by nearest neighbours, with `width` channels: f(x) + shortcut(x)."""
    shortcut = layers.UpSampling2D(interpolation="nearest")(_shortcut(width)(x))  # of one pixel: cheaper before
    x = layers.UpSampling2D(interpolation="nearest")(layers.ReLU()(normalize(x)))
    x = _convolution(width, 3)(x)
    return layers.Add()([_convolution(width, 3)(layers.ReLU()(normalize(x))), shortcut])


def _halved(x, width: int):
    """Half the size, with `width` channels: f(x) + shortcut(x)."""
    shortcut = _shortcut(width)(layers.AveragePooling2D(2)(x))
    x = _convolution(width, 4, strides=2)(_activated(x))
    return layers.Add()([_convolution(width, 3)(_activated(x)), shortcut])
