"""The deep convolutional GAN at its published size (Radford, Metz and Chintala 2016, arXiv:1511.06434).

The generator has 18,876,163 parameters at 64x64x3 (18,872,323 trainable).
The paper draws the generator only; the discriminator is its mirror image, as in the authors' code.
Choices that the paper leaves open: batch normalisation with momentum 0.9 and epsilon 1e-5.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_vision.models.size import count_doublings, halving_widths, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map


def _kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _widths(size: int, width: int | None) -> list[int]:
    levels = count_doublings(size, START)
    return halving_widths(min(16 * size, 1024) if width is None else width, levels)


def build_generator(size: int = 64, channels: int = 3, *, width: int | None = None, latent: int = 100) -> keras.Model:
    """Images from latents: Dense to 4x4, then transposed convolutions (k5, stride 2), each with batch norm and ReLU.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of the 4x4 map, halved at every doubling; a multiple of 2^(n-1). Default: 16 · size,
            at most 1024, which is the paper's 1024 at 64 pixels.
        latent: int, length of the latent vector.

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [-1, 1].

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> generator = build_generator(64, width=1024)
        >>> generator.count_params()
        18876163
    """
    require_positive(channels=channels, latent=latent)
    first, *others = _widths(size, width)

    z = keras.Input((latent,), name="latent")
    x = layers.Dense(START * START * first, kernel_initializer=_kernel())(z)
    x = layers.Reshape((START, START, first))(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    x = layers.ReLU()(x)
    for filters in others:
        x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same", kernel_initializer=_kernel())(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
        x = layers.ReLU()(x)
    image = layers.Conv2DTranspose(channels, 5, strides=2, padding="same", activation="tanh",
                                   kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model(z, image, name="generator")


def build_discriminator(size: int = 64, channels: int = 3, *, width: int | None = None) -> keras.Model:
    """Logits of images: the generator's mirror image with LeakyReLU 0.2 and no batch norm on the first layer.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> discriminator = build_discriminator(32, channels=1)
    """
    require_positive(channels=channels)
    first, *others = reversed(_widths(size, width))

    sample = keras.Input((size, size, channels), name="sample")
    x = layers.Conv2D(first, 5, strides=2, padding="same", kernel_initializer=_kernel())(sample)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for filters in others:
        x = layers.Conv2D(filters, 5, strides=2, padding="same", kernel_initializer=_kernel())(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Identity(name="features")(x)
    x = layers.Flatten()(x)
    logits = layers.Dense(1, kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
