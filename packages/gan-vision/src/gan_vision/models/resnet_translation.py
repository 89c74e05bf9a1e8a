"""The encoder-decoder ResNet, which makes a picture from a picture: denoising, super-resolution, colourisation.

After Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 5. At 64x64x3 with
width 64 and 6 residual blocks: generator 2,114,627 parameters with 2 halvings (2,110,659 trainable), 8,465,475 with 3
(8,457,411 trainable); discriminator 363,393 (362,369 trainable). Known differences from the book's code: the mean of
picture and output is what the generator returns (there it is computed and left out), and the discriminator returns
logits, without a sigmoid. Where the book is silent: batch normalisation with momentum 0.9 and epsilon 1e-5.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size
from gan_vision.models.size import Size, count_doublings, require_divisible, require_positive

VALUE_RANGE = (-1.0, 1.0)
END = 4  # height and width of the discriminator's smallest map


def _normalized(x):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _convolved(x, width: int, strides: int = 1):
    return _normalized(layers.Conv2D(width, 3, strides=strides, padding="same")(x))


def build_generator(size: Size = 64, channels: int = 3, *, source_channels: int = 3, width: int = 64, halvings: int = 2,
                    blocks: int = 6, residual: bool = True) -> keras.Model:
    """A picture from a picture: halvings, residual blocks, as many doublings.

    Args:
        size: int or (height, width), pixels; each side a multiple of 2^halvings.
        channels: int, of the picture that is made.
        source_channels: int, of the picture that is read.
        width: int, channels of the first map and of the first halving; they double with each further one.
        halvings: int, at least 1.
        blocks: int, residual blocks at the smallest map.
        residual: bool; the result is the mean of the source and what the network makes of it. Needs as many channels
            in as out.

    Returns:
        Keras model "generator": source (batch, height, width, source_channels) in [-1, 1] -> float32 (batch, height,
        width, channels) in [-1, 1].

    Raises:
        ConfigError: a size that is not allowed, or a residual between pictures of different channels.

    Example:
        >>> generator = build_generator(64)
        >>> generator.count_params()
        2114627
    """
    require_positive(channels=channels, source_channels=source_channels, width=width, halvings=halvings, blocks=blocks)
    if residual and channels != source_channels:
        raise ConfigError(f"`residual` needs as many channels in as out. Received: source_channels={source_channels}, "
                          f"channels={channels}. Set residual=False.")
    sides = image_size(size)
    require_divisible(sides, halvings)
    widths = [width * 2**level for level in range(halvings)]

    source = keras.Input((*sides, source_channels), name="source")
    x = layers.ReLU()(_convolved(source, width))
    for inner in widths:
        x = layers.ReLU()(_convolved(x, inner, strides=2))
    for _ in range(blocks):
        branch = layers.ReLU()(_convolved(x, widths[-1]))
        x = layers.ReLU()(layers.Add()([_convolved(branch, widths[-1]), x]))
    for inner in reversed(widths):
        x = layers.Conv2DTranspose(inner, 3, strides=2, padding="same")(x)
        x = layers.ReLU()(_normalized(x))
    image = layers.Conv2D(channels, 3, padding="same", activation="tanh", dtype="float32")(x)
    if residual:
        image = layers.Average(dtype="float32")([image, source])
    return keras.Model(source, image, name="generator")


def build_discriminator(size: int = 64, channels: int = 3, *, width: int = 64) -> keras.Model:
    """Logits of square pictures: residual blocks that halve to 4x4, then a dense end.

    For pictures that are not square take the discriminator of patches, `gan_vision.models.pix2pix`.

    Args:
        size: int, pixels of each side: 4 · 2^n, at least 8.
        channels: int.
        width: int, channels of every map.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size that is not allowed; the message names the nearest ones.

    Example:
        >>> discriminator = build_discriminator(64)
        >>> discriminator.count_params()
        363393
    """
    height, breadth = image_size(size)
    if height != breadth:
        raise ConfigError(f"the dense end of this discriminator needs square pictures. Received: size={size!r}. Take "
                          "the discriminator of patches instead.")
    halvings = count_doublings(height, END)
    require_positive(channels=channels, width=width)

    sample = keras.Input((height, breadth, channels), name="sample")
    x = layers.Conv2D(width, 1)(sample)
    for _ in range(halvings):
        branch = layers.ReLU()(_convolved(x, width))
        x = layers.Add()([_convolved(branch, width, strides=2), layers.AveragePooling2D(2)(x)])
        x = layers.ReLU()(x)
    x = layers.Conv2D(width, END)(x)
    x = layers.Flatten(name="features")(x)
    logits = layers.Dense(1, dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
