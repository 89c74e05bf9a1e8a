"""The text-to-image networks of Reed et al. (2016): a DCGAN whose two players read the vector of a caption.

Generative Adversarial Text to Image Synthesis, arXiv:1605.05396. At 64x64x3 with vectors of 1,024 numbers the generator
has 18,913,920 parameters (18,905,472 trainable), the discriminator 4,034,688 (4,030,080 trainable). Both follow the
authors' code, which has residual blocks that the paper does not mention. Its two scripts differ in the discriminator:
the one with interpolated captions normalises the text, the other has the LeakyReLU after the third convolution; here
are both. The authors set the biases of convolutions to zero after each step; here they have none.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import choose
from gan_vision.models.size import count_doublings, halving_widths, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map


def _kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _batch_normalization():
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5,
                                     gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02))


def _layer_normalization():
    # Of all positions and channels of one picture together: a penalty on single pictures allows no mixing of a batch.
    return layers.GroupNormalization(groups=1, epsilon=1e-5)


NORMALIZATIONS = {"batch": _batch_normalization, "layer": _layer_normalization}


def _widths(size: int, width: int) -> list[int]:
    """Channels from the 4x4 map to the one before the picture: 8, 4, 2, 1 times `width` at 64 pixels."""
    levels = count_doublings(size, START)
    return halving_widths(width << (levels - 1), levels)


def build_generator(size: int = 64, channels: int = 3, *, width: int = 128, latent: int = 100, text: int = 1024,
                    projected: int = 128) -> keras.Model:
    """Pictures from noise and the vector of a caption.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of the largest feature map; doubled towards the 4x4 map.
        latent: int, length of the noise vector.
        text: int, length of the vector of a caption.
        projected: int, length that it is brought to before it joins the noise.

    Returns:
        Keras model "generator": latent (batch, latent), text (batch, text) -> float32 (batch, size, size, channels) in
        [-1, 1].

    Raises:
        ConfigError: a size or width that is not allowed; the message names the nearest ones.

    Example:
        >>> build_generator().count_params()
        18913920
    """
    require_positive(channels=channels, width=width, latent=latent, text=text, projected=projected)
    first, *others = _widths(size, width)

    z, vector = keras.Input((latent,), name="latent"), keras.Input((text,), name="text")
    told = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(projected, kernel_initializer=_kernel())(vector))
    x = layers.Reshape((1, 1, latent + projected))(layers.Concatenate()([z, told]))
    x = layers.Conv2DTranspose(first, START, use_bias=False, kernel_initializer=_kernel())(x)
    x = _batch_normalization()(x)
    x = layers.ReLU()(_residual(x, layers.ReLU))
    for number, filters in enumerate(others):
        x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False,
                                   kernel_initializer=_kernel())(x)
        x = _batch_normalization()(x)
        x = layers.ReLU()(_residual(x, layers.ReLU) if number == 0 else x)
    image = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", use_bias=False, activation="tanh",
                                   kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model([z, vector], image, name="generator")


def build_discriminator(size: int = 64, channels: int = 3, *, width: int = 64, text: int = 1024, projected: int = 128,
                        normalization: str = "batch") -> keras.Model:
    """Logits of pictures beside the vector of a caption, which joins their features at 4x4.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, channels of the largest feature map; doubled towards the 4x4 map.
        text: int, length of the vector of a caption.
        projected: int, length that it is brought to before it joins the features.
        normalization: "batch" as published, or "layer" where a gradient penalty asks about single pictures.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1], text (batch, text) -> float32
        logits (batch, 1).

    Raises:
        ConfigError: a size, width or normalisation that is not allowed; the message names those that are.

    Example:
        >>> build_discriminator().count_params()
        4034688
    """
    require_positive(channels=channels, width=width, text=text, projected=projected)
    normalized = choose("normalization", normalization, NORMALIZATIONS)
    first, *others = reversed(_widths(size, width))

    sample, vector = keras.Input((size, size, channels), name="sample"), keras.Input((text,), name="text")
    x = layers.Conv2D(first, 4, strides=2, padding="same", use_bias=False, kernel_initializer=_kernel())(sample)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for filters in others:
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False, kernel_initializer=_kernel())(x)
        x = normalized()(x)
        if filters != others[-1]:
            x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.LeakyReLU(negative_slope=0.2)(
        _residual(x, lambda: layers.LeakyReLU(negative_slope=0.2), normalized))
    told = normalized()(layers.Dense(projected, kernel_initializer=_kernel())(vector))
    told = layers.LeakyReLU(negative_slope=0.2)(told)
    told = layers.UpSampling2D(START)(layers.Reshape((1, 1, projected))(told))
    x = layers.Concatenate()([x, told])
    x = layers.Conv2D(x.shape[-1] - projected, 1, use_bias=False, kernel_initializer=_kernel())(x)
    x = layers.LeakyReLU(negative_slope=0.2)(normalized()(x))
    logits = layers.Conv2D(1, START, use_bias=False, kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model([sample, vector], layers.Flatten(dtype="float32")(logits), name="discriminator")


def _residual(x, activation, normalized=_batch_normalization):
    """The sum of x and a bottleneck of a quarter of its channels: 1x1, 3x3, 3x3 convolutions, each normalised."""
    filters = x.shape[-1]
    inside = x
    for number, (channels, kernel) in enumerate(((filters // 4, 1), (filters // 4, 3), (filters, 3))):
        inside = layers.Conv2D(channels, kernel, padding="same", use_bias=False, kernel_initializer=_kernel())(inside)
        inside = normalized()(inside)
        inside = activation()(inside) if number < 2 else inside
    return layers.Add()([x, inside])
