"""The networks of pix2pix: a U-Net, and a discriminator of patches (Isola et al. 2017, arXiv:1611.07004).

The authors' Torch code decides where the paper is silent. At 256x256x3: generator 54,424,387 parameters (54,414,531
trainable; 128 pixels: 41,837,379, 64 pixels: 29,250,371), discriminator of 70x70 patches 2,770,497 (2,768,705
trainable) with batch normalisation; instance normalisation has the same trainable ones and nothing else. The published
networks normalise with the statistics of the batch, which with batches of one is instance normalisation: it is the
default here.

`variant="book"` is the generator of Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019),
chapter 6: seven halvings instead of eight, nearest-neighbour enlargement and a convolution instead of a transposed one,
dropout in all decoder blocks; 41,843,331 parameters at 256x256x3. Its discriminator's fourth convolution has stride 2,
which makes its patches 94 pixels wide, not the 70 that its text names; that one is not offered.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import ConfigError, choose
from gan_core.images.resize import image_size
from gan_vision.models.size import Size, any_or_at_least, count_levels, require_positive

VALUE_RANGE = (-1.0, 1.0)
WIDEST = 8  # times the first width
DROPPED_BLOCKS = 3  # decoder blocks with dropout


def _kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _scale() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(mean=1.0, stddev=0.02)


NORMALIZATIONS = {
    "instance": lambda: layers.GroupNormalization(groups=-1, epsilon=1e-5, gamma_initializer=_scale()),
    "batch": lambda: layers.BatchNormalization(momentum=0.9, epsilon=1e-5, gamma_initializer=_scale()),
}


def _published(source, channels: int, widths: list[int], normalize, dropout: float):
    """`widths` are those of the encoder, one a halving; the decoder has them backwards."""
    def halve(x, width, **options):
        return layers.Conv2D(width, 4, strides=2, padding="same", kernel_initializer=_kernel(), **options)(x)

    def double(x, width, **options):
        return layers.Conv2DTranspose(width, 4, strides=2, padding="same", kernel_initializer=_kernel(), **options)(x)

    x = halve(source, widths[0])
    skips = [x]  # before their activation
    for width in widths[1:-1]:
        x = normalize()(halve(layers.LeakyReLU(negative_slope=0.2)(x), width, use_bias=False))
        skips.append(x)
    x = halve(layers.LeakyReLU(negative_slope=0.2)(x), widths[-1])  # a map of one pixel has no variance: not normalised
    for number, skip in enumerate(reversed(skips)):
        x = normalize()(double(layers.ReLU()(x), skip.shape[-1], use_bias=False))
        if number < DROPPED_BLOCKS:
            x = layers.Dropout(dropout)(x)
        x = layers.Concatenate()([x, skip])
    return double(layers.ReLU()(x), channels, activation="tanh", dtype="float32")


def _book(source, channels: int, widths: list[int], dropout: float):
    def batch_norm():
        return layers.BatchNormalization(momentum=0.8)

    skips, x = [], source
    for number, width in enumerate(widths):
        x = layers.Conv2D(width, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = batch_norm()(x) if number else x
        skips.append(x)
    for skip in reversed(skips[:-1]):
        x = layers.UpSampling2D(interpolation="nearest")(x)
        x = layers.Conv2D(skip.shape[-1], 4, padding="same", activation="relu")(x)
        x = batch_norm()(layers.Dropout(dropout)(x))
        x = layers.Concatenate()([x, skip])
    x = layers.UpSampling2D(interpolation="nearest")(x)
    return layers.Conv2D(channels, 4, padding="same", activation="tanh", dtype="float32")(x)


def build_generator(size: Size = 256, channels: int = 3, *, source_channels: int = 3, width: int = 64,
                    levels: int | None = None, normalization: str = "instance", dropout: float = 0.5,
                    variant: str = "paper") -> keras.Model:
    """A picture from a picture: halvings to the smallest map, as many doublings, and what each halving saw beside them.

    Args:
        size: int or (height, width), pixels; each side a multiple of 2^levels.
        channels: int, of the picture that is made.
        source_channels: int, of the picture that is read.
        width: int, channels of the first map; they double up to eight times that.
        levels: int, halvings, at least 4. Default: down to a shorter side of one pixel, where that is a power of two
            of at least 32; the book's variant stops at two pixels.
        normalization: "instance" or "batch"; the book's variant has its own.
        dropout: float in [0, 1), of the first three decoder blocks. It is the network's only noise.
        variant: "paper" or "book".

    Returns:
        Keras model "generator": source (batch, height, width, source_channels) in [-1, 1] -> float32 (batch, height,
        width, channels) in [-1, 1].

    Raises:
        ConfigError: a size or number of levels that is not allowed, or an unknown name; the message names what is.

    Example:
        >>> generator = build_generator(64)
        >>> generator.count_params()
        29244611
    """
    require_positive(channels=channels, source_channels=source_channels, width=width)
    normalize = choose("`normalization`", normalization, NORMALIZATIONS)
    smallest = choose("`variant`", variant, {"paper": 1, "book": 2})
    if not 0 <= dropout < 1:
        raise ConfigError(f"`dropout` must lie in [0, 1). Received: dropout={dropout!r}. The paper's is 0.5.")
    height, breadth = image_size(size)
    levels = count_levels((height, breadth), levels, least=4, smallest=smallest)
    widths = [width * min(2**level, WIDEST) for level in range(levels)]

    source = keras.Input((height, breadth, source_channels), name="source")
    if variant == "book":
        image = _book(source, channels, widths, dropout)
    else:
        image = _published(source, channels, widths, normalize, dropout)
    return keras.Model(source, image, name="generator")


def build_discriminator(size: Size | None = None, channels: int = 3, *, source_channels: int = 3, width: int = 64,
                        halvings: int = 3, normalization: str = "instance", conditional: bool = True) -> keras.Model:
    """One logit for every patch of a picture, seen beside its source.

    Args:
        size: int or (height, width), pixels; None for any.
        channels: int, of the picture that is judged.
        source_channels: int, of its source.
        width: int, channels of the first map; they double up to eight times that.
        halvings: int, convolutions of stride 2: 0, 1, 2, 3, 4, 5 give patches of 1, 16, 34, 70, 142, 286 pixels.
        normalization: "instance" or "batch".
        conditional: bool; False judges the picture without its source (the paper's ablation).

    Returns:
        Keras model "discriminator": sample (batch, height, width, channels) in [-1, 1], and source (batch, height,
        width, source_channels) -> float32 logits (batch, rows, columns, 1); 30 x 30 at 256 pixels.

    Raises:
        ConfigError: a picture smaller than what the convolutions need, or an unknown name.

    Example:
        >>> discriminator = build_discriminator(256)
        >>> discriminator.output_shape
        (None, 30, 30, 1)
    """
    require_positive(channels=channels, source_channels=source_channels, width=width)
    if isinstance(halvings, bool) or not isinstance(halvings, int) or halvings < 0:
        raise ConfigError(f"`halvings` must be a whole number of at least 0. Received: halvings={halvings!r}.")
    normalize = choose("`normalization`", normalization, NORMALIZATIONS)
    least = 3 * 2**halvings if halvings else 1  # the two convolutions of stride 1 take a pixel each from the last map
    sides = any_or_at_least(size, least, f"{halvings} halvings")

    sample = keras.Input((*sides, channels), name="sample")
    source = keras.Input((*sides, source_channels), name="source")
    x = layers.Concatenate()([source, sample]) if conditional else sample

    def convolve(x, width, strides, **options):
        if not halvings:  # a pixel at a time
            return layers.Conv2D(width, 1, kernel_initializer=_kernel(), **options)(x)
        x = layers.ZeroPadding2D(1)(x)
        return layers.Conv2D(width, 4, strides=strides, kernel_initializer=_kernel(), **options)(x)

    x = layers.LeakyReLU(negative_slope=0.2)(convolve(x, width, 2))
    for number in range(1, max(halvings, 1) + 1):
        strides = 2 if number < halvings else 1
        x = normalize()(convolve(x, width * min(2**number, WIDEST), strides, use_bias=False))
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    logits = convolve(x, 1, 1, dtype="float32")
    return keras.Model([sample, source] if conditional else sample, logits, name="discriminator")
