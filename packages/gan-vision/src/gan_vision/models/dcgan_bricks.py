"""A fully convolutional DCGAN for 64-pixel gray pictures of bricks (after Radford et al. 2016, arXiv:1511.06434).

David Foster, "Generative Deep Learning", 2nd edition (O'Reilly 2023), chapter 4. At 64x64x1: generator 3,576,576
parameters, discriminator 2,765,312, both as printed there. Known difference: the discriminator returns logits, without
a sigmoid. Kernels are kept from the Keras default (Glorot uniform), no layer has a bias, and batch normalisation has
momentum 0.9.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_vision.models.size import count_doublings, halving_widths, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map


def _widths(size: int, width: int | None) -> list[int]:
    levels = count_doublings(size, START)
    return halving_widths(min(8 * size, 512) if width is None else width, levels)


def build_generator(size: int = 64, channels: int = 1, *, width: int | None = None, latent: int = 100) -> keras.Model:
    """Images from latents, by transposed convolutions (k4) alone: 1x1 -> 4x4, then doubled to `size`.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of the 4x4 map, halved at every doubling; a multiple of 2^(n-1). Default: 8 · size,
            at most 512, which is the published 512 at 64 pixels.
        latent: int, length of the latent vector.

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [-1, 1].

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> generator = build_generator()
        >>> generator.count_params()
        3576576
    """
    require_positive(channels=channels, latent=latent)
    first, *others = _widths(size, width)

    z = keras.Input((latent,), name="latent")
    x = layers.Reshape((1, 1, latent))(z)
    x = layers.Conv2DTranspose(first, START, padding="valid", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for filters in others:
        x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    image = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", use_bias=False, activation="tanh",
                                   dtype="float32")(x)
    return keras.Model(z, image, name="generator")


def build_discriminator(size: int = 64, channels: int = 1, *, width: int | None = None,
                        dropout: float = 0.3) -> keras.Model:
    """Logits of images, by convolutions (k4) alone: halved to 4x4, then one 4x4 convolution to a number.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.
        dropout: float in [0, 1), rate after every hidden activation.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> discriminator = build_discriminator(32, width=64)
    """
    require_positive(channels=channels)
    first, *others = reversed(_widths(size, width))

    sample = keras.Input((size, size, channels), name="sample")
    x = layers.Conv2D(first, 4, strides=2, padding="same", use_bias=False)(sample)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dropout(dropout)(x)
    for filters in others:
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Identity(name="features")(x)
    x = layers.Conv2D(1, START, padding="valid", use_bias=False, dtype="float32")(x)
    logits = layers.Flatten(dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
