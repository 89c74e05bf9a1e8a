"""The small DCGAN that is trained with adaptive discriminator augmentation: 64-pixel birds.

András Béres, "Data-efficient GANs with Adaptive Discriminator Augmentation" (Keras code examples, 2021); the method is
that of Karras et al. 2020, arXiv:2006.06676. At 64x64x3: generator 930,947 parameters, discriminator 796,161, both as
printed there. Known difference from the example: none in the networks; augmentation is a part of the game, not of the
discriminator (`gan_core.augment`). Images are in [0, 1]: the generator ends in a sigmoid.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import ConfigError, choose
from gan_core.layers import SNConv2D, SNDense
from gan_vision.models.size import require_positive

VALUE_RANGE = (0.0, 1.0)

INITIALIZERS = {
    "glorot_uniform": keras.initializers.GlorotUniform,  # published
    "normal": lambda: keras.initializers.RandomNormal(stddev=0.02),
}


def _start(size: int, depth: int) -> int:
    require_positive(size=size, depth=depth)
    factor = 2**depth
    if size % factor:
        below = size // factor * factor
        nearest = f"{below} or {below + factor}" if below else f"{factor}"
        raise ConfigError(f"`size` must be a multiple of 2**depth = {factor}. Received: size={size}, depth={depth}. "
                          f"Use a size of {nearest}, or another `depth`.")
    return size // factor


def _upsample_transpose(filters: int, **options) -> list[layers.Layer]:
    return [layers.Conv2DTranspose(filters, 4, strides=2, padding="same", **options)]


def _upsample_nearest(filters: int, **options) -> list[layers.Layer]:
    # An odd kernel: without a stride, "same" padding of an even one would shift the picture by half a pixel.
    return [layers.UpSampling2D(interpolation="nearest"), layers.Conv2D(filters, 3, padding="same", **options)]


UPSAMPLERS = {"transpose": _upsample_transpose, "nearest": _upsample_nearest}


def build_generator(size: int = 64, channels: int = 3, *, width: int = 128, depth: int = 4, latent: int = 64,
                    upsample: str = "transpose", initializer: str = "glorot_uniform") -> keras.Model:
    """Images from latents: Dense to size / 2^depth, then `depth` doublings of equal width with batch norm and ReLU.

    Args:
        size: int, pixels of each side: a multiple of 2^depth.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of every inner map.
        depth: int, number of doublings.
        latent: int, length of the latent vector.
        upsample: "transpose" (k4, published) or "nearest" (nearest neighbour, then k3: no checkerboard).
        initializer: "glorot_uniform" (published) or "normal", N(0, 0.02²).

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [0, 1].

    Raises:
        ConfigError: a size that is not allowed, or an unknown name; the message names what is.

    Example:
        >>> generator = build_generator()
        >>> generator.count_params()
        930947
    """
    require_positive(channels=channels, width=width, latent=latent)
    start = _start(size, depth)
    enlarge = choose("`upsample`", upsample, UPSAMPLERS)
    kernel = choose("`initializer`", initializer, INITIALIZERS)

    z = keras.Input((latent,), name="latent")
    x = layers.Dense(start * start * width, use_bias=False, kernel_initializer=kernel())(z)
    x = layers.BatchNormalization(scale=False)(x)  # on the flat vector: one shift per unit, not per channel
    x = layers.ReLU()(x)
    x = layers.Reshape((start, start, width))(x)
    for _ in range(depth - 1):
        for layer in enlarge(width, use_bias=False, kernel_initializer=kernel()):
            x = layer(x)
        x = layers.BatchNormalization(scale=False)(x)
        x = layers.ReLU()(x)
    for layer in enlarge(channels, activation="sigmoid", kernel_initializer=kernel(), dtype="float32"):
        x = layer(x)
    return keras.Model(z, x, name="generator")


def build_discriminator(size: int = 64, channels: int = 3, *, width: int = 128, depth: int = 4, dropout: float = 0.4,
                        initializer: str = "glorot_uniform", spectral_norm: bool = False) -> keras.Model:
    """Logits of images: `depth` convolutions (k4, stride 2) of equal width, batch norm, LeakyReLU 0.2, dropout.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.
        depth: int, number of halvings.
        dropout: float in [0, 1), rate on the flattened last map.
        initializer: as in `build_generator`.
        spectral_norm: bool, divide every kernel by its largest singular value (arXiv:1802.05957); False as published.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [0, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size that is not allowed, or an unknown name; the message names what is.

    Example:
        >>> discriminator = build_discriminator(16, depth=2, width=32)
    """
    require_positive(channels=channels, width=width)
    _start(size, depth)
    kernel = choose("`initializer`", initializer, INITIALIZERS)

    convolution, dense = (SNConv2D, SNDense) if spectral_norm else (layers.Conv2D, layers.Dense)

    sample = keras.Input((size, size, channels), name="sample")
    x = sample
    for _ in range(depth):
        x = convolution(width, 4, strides=2, padding="same", use_bias=False, kernel_initializer=kernel())(x)
        x = layers.BatchNormalization(scale=False)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Identity(name="features")(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    logits = dense(1, kernel_initializer=kernel(), dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
