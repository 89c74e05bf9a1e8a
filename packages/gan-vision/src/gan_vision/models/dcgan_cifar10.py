"""A DCGAN for small pictures, 8 to 64 pixels (after Radford et al. 2016, arXiv:1511.06434).

Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 3. At 32x32x3: generator
4,516,739 parameters for latent 100, 4,574,083 for latent 128; discriminator 4,312,193. Known difference from the book:
the discriminator returns logits, without a sigmoid. Other sizes are ours: the smallest map stays 2x2, so 8, 16, 32, 64
pixels mean 2, 3, 4, 5 levels, and the largest inner map keeps 64 channels, so the 2x2 map has 128, 256, 512, 1024.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_vision.models.size import count_doublings, halving_widths, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 2  # height and width of the smallest feature map


def _kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _widths(size: int, width: int | None) -> list[int]:
    levels = count_doublings(size, START, least=2)
    return halving_widths(min(16 * size, 1024) if width is None else width, levels)


def build_generator(size: int = 32, channels: int = 3, *, width: int | None = None, latent: int = 128) -> keras.Model:
    """Images from latents: Dense to 2x2, then transposed convolutions (k5, stride 2), each with batch norm, LeakyReLU.

    Args:
        size: int, pixels of each side: 2 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of the 2x2 map, halved at every doubling; a multiple of 2^(n-1). Default: 16 · size,
            at most 1024, which is the published 512 (ngf = 64) at 32 pixels.
        latent: int, length of the latent vector; that book trains with 100.

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [-1, 1].

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> generator = build_generator(latent=100)
        >>> generator.count_params()
        4516739
    """
    require_positive(channels=channels, latent=latent)
    first, *others = _widths(size, width)

    z = keras.Input((latent,), name="latent")
    x = layers.Dense(START * START * first, kernel_initializer=_kernel())(z)
    x = layers.Reshape((START, START, first))(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for filters in others:
        x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same", kernel_initializer=_kernel())(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    image = layers.Conv2DTranspose(channels, 5, strides=2, padding="same", activation="tanh",
                                   kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model(z, image, name="generator")


def build_discriminator(size: int = 32, channels: int = 3, *, width: int | None = None) -> keras.Model:
    """Logits of images: convolutions (k5, stride 2) down to 2x2; batch norm on all but the first; LeakyReLU 0.2.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> discriminator = build_discriminator(8, channels=1, width=32)
    """
    require_positive(channels=channels)
    first, *others = reversed(_widths(size, width))

    sample = keras.Input((size, size, channels), name="sample")
    x = layers.Conv2D(first, 5, strides=2, padding="same", kernel_initializer=_kernel())(sample)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for filters in others:
        x = layers.Conv2D(filters, 5, strides=2, padding="same", kernel_initializer=_kernel())(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Identity(name="features")(x)
    x = layers.Flatten()(x)
    logits = layers.Dense(1, kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
