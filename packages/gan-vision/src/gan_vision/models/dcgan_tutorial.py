"""A DCGAN of two-convolution blocks for 64-pixel faces (after Radford et al. 2016, arXiv:1511.06434).

At 64x64x3: generator 492,083 parameters, discriminator 816,529. Kept as it was published: the two
convolutions of an encoder block have no activation between them, and the projection of the latent has none;
`activation_between=True` inserts the missing ones and changes no count. Known difference: the
discriminator returns logits, without a sigmoid.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_vision.models.size import count_doublings, halving_widths, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map


def _widths(size: int, width: int | None) -> list[int]:
    levels = count_doublings(size, START)
    return halving_widths(min(2 * size, 128) if width is None else width, levels)


def build_generator(size: int = 64, channels: int = 3, *, width: int | None = None, latent: int = 100,
                    activation_between: bool = False) -> keras.Model:
    """Images from latents: Dense to 4x4, a transposed convolution (k5) per doubling, and a last convolution.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of the 4x4 map, 8 times the published capacity c = 16; a multiple of 2^(n-1).
            Default: 2 · size, at most 128, which is the published 128 at 64 pixels.
        latent: int, length of the latent vector.
        activation_between: bool, LeakyReLU after the projection of the latent; False as published.

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [-1, 1].

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> generator = build_generator()
        >>> generator.count_params()
        492083
    """
    require_positive(channels=channels, latent=latent)
    first, *others = _widths(size, width)
    last = others[-1] if others else first

    z = keras.Input((latent,), name="latent")
    x = layers.Dense(START * START * first)(z)
    x = layers.BatchNormalization()(x)  # on the flat vector: one scale per unit, not per channel
    if activation_between:
        x = layers.LeakyReLU(negative_slope=0.3)(x)
    x = layers.Reshape((START, START, first))(x)
    for filters in (*others, last):
        x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.3)(x)
    image = layers.Conv2D(channels, 5, padding="same", activation="tanh", dtype="float32")(x)
    return keras.Model(z, image, name="generator")


def build_discriminator(size: int = 64, channels: int = 3, *, width: int | None = None,
                        activation_between: bool = False) -> keras.Model:
    """Logits of images: blocks of two convolutions (k5), the second with stride 2, then the mean over the 4x4 map.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.
        activation_between: bool, LeakyReLU between the two convolutions of each block; False as published.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> discriminator = build_discriminator(activation_between=True)
    """
    require_positive(channels=channels)

    sample = keras.Input((size, size, channels), name="sample")
    x = sample
    for filters in reversed(_widths(size, width)):
        x = layers.Conv2D(filters, 5, padding="same")(x)
        x = layers.BatchNormalization()(x)
        if activation_between:
            x = layers.LeakyReLU(negative_slope=0.3)(x)
        x = layers.Conv2D(filters, 5, strides=2, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.3)(x)
    x = layers.Identity(name="features")(x)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(1, dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
