"""The networks of R3GAN (Huang et al. 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441).

Residual blocks without normalisation: a convolution of one pixel to `expansion` times the width, a grouped one of three
pixels, one of one pixel back that begins at zero. Parameters with RGB, latents of 64 and two blocks per stage:

    widths of the stages        size   generator     discriminator
    768, 768, 768, 768            32   20,732,160    20,683,776
      the same, 10 classes        32   20,781,952    21,280,512
    768, 768, 768, 768, 384       64   22,429,824    22,381,440

Pictures are not bounded: there is no tanh, and what lies outside of [-1, 1] is clipped when it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
from keras import layers

from gan_core.errors import ConfigError
from gan_core.layers import LabelEncoding
from gan_vision.layers import GroupedConv2D, LearnedBasis
from gan_vision.models.size import require_positive, stage_widths

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the smallest feature map
SLOPE = 0.2  # of the leaky rectifier
GAIN = math.sqrt(2 / (1 + SLOPE**2))  # keeps the variance before it


def build_generator(size: int = 32, channels: int = 3, *, width: int | Sequence[int] = 768, blocks: int = 2,
                    expansion: int = 2, group_size: int = 16, latent: int = 64, classes: int = 0) -> keras.Model:
    """Images from latents, and from labels if there are classes.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of every stage; or one for each stage, from 4x4 pixels to `size`.
        blocks: int, residual blocks per stage.
        expansion: int, how many times wider a block is inside.
        group_size: int, channels of a group of the convolution inside; must divide width · expansion.
        latent: int, length of the latent vector.
        classes: int, 0 for an unconditional generator.

    Returns:
        Keras model "generator": latent (batch, latent), with classes also label int (batch,) -> float32 (batch, size,
        size, channels), unbounded.

    Raises:
        ConfigError: a size or a width that is not allowed; the message names what is.

    Example:
        >>> build_generator().count_params()
        20732160
    """
    widths = grouped_widths(size, width, expansion, group_size)
    require_positive(channels=channels, blocks=blocks, expansion=expansion, group_size=group_size, latent=latent)
    z = keras.Input((latent,), name="latent")
    x, inputs = z, [z]
    if classes:
        label = keras.Input((), name="label", dtype="int32")
        code = _linear(latent)(LabelEncoding(classes, name="code")(label))
        x, inputs = layers.Concatenate()([z, code]), [z, label]
    x = LearnedBasis(START)(_linear(widths[0])(x))
    for stage, here in enumerate(widths):
        if stage:
            x = _doubled(_changed(x, here))
        for _ in range(blocks):
            x = _block(x, expansion, group_size, blocks * len(widths))
    image = layers.Conv2D(channels, 1, use_bias=False, kernel_initializer=_normal(x.shape[-1]), dtype="float32")(x)
    return keras.Model(inputs if classes else z, image, name="generator")


def build_discriminator(size: int = 32, channels: int = 3, *, width: int | Sequence[int] = 768, blocks: int = 2,
                        expansion: int = 2, group_size: int = 16, classes: int = 0) -> keras.Model:
    """Logits of images, and of labels if there are classes: the mirror image of the generator.

    Args:
        size: as in `build_generator`.
        channels: as in `build_generator`.
        width: as in `build_generator`, from 4x4 pixels to `size`.
        blocks: as in `build_generator`.
        expansion: as in `build_generator`.
        group_size: as in `build_generator`.
        classes: as in `build_generator`.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels), with classes also label int (batch,) ->
        float32 logits (batch, 1).

    Raises:
        ConfigError: as `build_generator`.

    Example:
        >>> build_discriminator().count_params()
        20683776
    """
    widths = grouped_widths(size, width, expansion, group_size)
    require_positive(channels=channels, blocks=blocks, expansion=expansion, group_size=group_size)
    sample = keras.Input((size, size, channels), name="sample")
    x = layers.Conv2D(widths[-1], 1, use_bias=False, kernel_initializer=_normal(channels))(sample)
    for stage in reversed(range(len(widths))):
        for _ in range(blocks):
            x = _block(x, expansion, group_size, blocks * len(widths))
        if stage:
            x = _changed(_halved(x), widths[stage - 1])
    x = layers.DepthwiseConv2D(START, use_bias=False, depthwise_initializer=_normal(START**2))(x)
    x = layers.Flatten()(x)
    if not classes:
        return keras.Model(sample, _linear(1, dtype="float32")(x), name="discriminator")
    label = keras.Input((), name="label", dtype="int32")
    features = _linear(widths[0], dtype="float32")(x)
    direction = layers.Dense(widths[0], use_bias=False, dtype="float32", kernel_initializer=_normal(
        classes, 1 / math.sqrt(widths[0])))(LabelEncoding(classes, name="code")(label))
    return keras.Model([sample, label], layers.Dot(axes=1, dtype="float32")([features, direction]),
                       name="discriminator")


def grouped_widths(size: int, width: int | Sequence[int], expansion: int, group_size: int) -> list[int]:
    """The channels of each stage, from 4x4 pixels to `size`, which groups must divide.

    Raises:
        ConfigError: as `stage_widths`, or a width that groups do not divide.
    """
    widths = stage_widths(size, START, width)
    for each in widths:
        if each * expansion % group_size:
            step = group_size // math.gcd(group_size, expansion)
            below = each // step * step
            nearest = f"{below} or {below + step}" if below else f"{step}"
            raise ConfigError(f"`width` times `expansion` must be a multiple of `group_size`. Received: width={each}, "
                              f"expansion={expansion}, group_size={group_size}. Use a width of {nearest}.")
    return widths


def _block(x, expansion: int, group_size: int, blocks: int):
    """The sum x + f(x), with gains of f that keep all blocks together from growing it.

    Zhang et al. 2019, arXiv:1901.09321 (Fixup): of L blocks with three layers each, L^(-1/(2·3 - 2)).
    """
    width, inside = x.shape[-1], expansion * x.shape[-1]
    gain = GAIN * blocks**-0.25
    y = layers.Conv2D(inside, 1, kernel_initializer=_normal(width, gain))(x)
    y = GroupedConv2D(inside, 3, padding="same", groups=inside // group_size,
                      kernel_initializer=_normal(9 * group_size, gain))(layers.LeakyReLU(negative_slope=SLOPE)(y))
    y = layers.Conv2D(width, 1, use_bias=False, kernel_initializer="zeros")(layers.LeakyReLU(negative_slope=SLOPE)(y))
    return layers.Add()([x, y])


def _changed(x, width: int):
    """The map with another number of channels."""
    if x.shape[-1] == width:
        return x
    return layers.Conv2D(width, 1, use_bias=False, kernel_initializer=_normal(x.shape[-1]))(x)


def _doubled(x):
    """Twice the size by the filter [1, 2, 1]: repeated pixels, of which neighbours are averaged."""
    return _neighbours_averaged(layers.UpSampling2D(interpolation="nearest")(x))


def _halved(x):
    """Half the size by the filter [1, 2, 1]: neighbours are averaged, and then pairs of them."""
    return layers.AveragePooling2D(2)(_neighbours_averaged(x))


def _neighbours_averaged(x):
    return layers.AveragePooling2D(2, strides=1)(layers.ZeroPadding2D(((1, 0), (1, 0)))(x))


def _linear(width: int, **options) -> layers.Layer:
    return layers.Dense(width, use_bias=False, kernel_initializer=keras.initializers.VarianceScaling(
        1.0, "fan_in", "untruncated_normal"), **options)


def _normal(fan_in: int, gain: float = 1.0) -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=gain / math.sqrt(fan_in))
