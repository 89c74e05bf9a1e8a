"""The networks of pix2pixHD: large pictures from label maps, coarse to fine (Wang et al. 2018, arXiv:1711.11585).

NVIDIA's code decides where the paper is silent. With 36 channels in (35 classes as one-hot codes and the edges of
instances): global generator 182,546,755 parameters with 4 halvings (45,696,835 with 3), with one local enhancer around
it 182,857,059; each discriminator 2,801,601 (it sees the picture too: 39 channels); encoder of features 788,803. Known
difference from NVIDIA's code: the discriminator pads so that each halving gives just half, not half and one.

Not repeated from Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 6: label
maps as one channel of grey levels, batch normalisation of batches of one, a discriminator whose width never grows, its
first convolution inside a loop, and an encoder whose features are not averaged and give the picture away.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size
from gan_vision.layers import InstanceMean, ReflectionPadding2D
from gan_vision.models.size import Size, any_or_at_least, require_divisible, require_positive

VALUE_RANGE = (-1.0, 1.0)
GLOBAL, ENHANCER = "global", "enhancer"  # names of the parts of a generator; enhancers are numbered from 1
PAINTER = "painter"  # the part of a generator with an encoder that makes the picture
ENHANCER_BLOCKS = 3
WIDEST_DISCRIMINATOR = 512


def _kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _normalized(x):
    return layers.GroupNormalization(groups=-1, epsilon=1e-5, center=False, scale=False)(x)


def _half_size(x):
    return layers.AveragePooling2D(3, strides=2, padding="same")(x)


def _first(x, width: int):
    x = layers.Conv2D(width, 7, kernel_initializer=_kernel())(ReflectionPadding2D(3)(x))
    return layers.ReLU()(_normalized(x))


def _halved(x, width: int):
    x = layers.Conv2D(width, 3, strides=2, padding="same", kernel_initializer=_kernel())(x)
    return layers.ReLU()(_normalized(x))


def _doubled(x, width: int):
    x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", kernel_initializer=_kernel())(x)
    return layers.ReLU()(_normalized(x))


def _last(x, channels: int, **options):
    x = ReflectionPadding2D(3, dtype="float32")(x)
    return layers.Conv2D(channels, 7, activation="tanh", kernel_initializer=_kernel(), dtype="float32", **options)(x)


def _residual_block(x):
    width = x.shape[-1]
    branch = layers.Conv2D(width, 3, kernel_initializer=_kernel())(ReflectionPadding2D(1)(x))
    branch = layers.ReLU()(_normalized(branch))
    branch = layers.Conv2D(width, 3, kernel_initializer=_kernel())(ReflectionPadding2D(1)(branch))
    return layers.Add()([_normalized(branch), x])  # nothing after the sum


def _global_part(sides, source_channels: int, width: int, halvings: int, blocks: int) -> keras.Model:
    """The source -> features (height, width, `width`)."""
    source = keras.Input((*sides, source_channels), name="source")
    x = _first(source, width)
    for level in range(1, halvings + 1):
        x = _halved(x, width * 2**level)
    for _ in range(blocks):
        x = _residual_block(x)
    for level in reversed(range(halvings)):
        x = _doubled(x, width * 2**level)
    return keras.Model(source, x, name=GLOBAL)


def _enhancer(sides, source_channels: int, width: int, number: int) -> keras.Model:
    """The source and features of half its size with 2 · `width` channels -> features (height, width, `width`)."""
    source = keras.Input((*sides, source_channels), name="source")
    coarse = keras.Input((sides[0] // 2, sides[1] // 2, 2 * width), name="coarse")
    x = layers.Add()([_halved(_first(source, width), 2 * width), coarse])
    for _ in range(ENHANCER_BLOCKS):
        x = _residual_block(x)
    return keras.Model([source, coarse], _doubled(x, width), name=f"{ENHANCER}_{number}")


def build_generator(size: Size = (512, 1024), channels: int = 3, *, source_channels: int = 36, width: int = 64,
                    halvings: int = 4, blocks: int = 9, enhancers: int = 0) -> keras.Model:
    """The global generator, alone or inside local enhancers that each double what it makes.

    The parts are networks of their own, `get_layer("global")`, `get_layer("enhancer_1")` and so on: a phase of training
    takes over the weights of the one before, and names what it trains, by them.

    Args:
        size: int or (height, width), pixels; each side a multiple of 2^(halvings + enhancers), at least twice that.
        channels: int, of the picture that is made.
        source_channels: int, of what is read: classes, the edge, an encoder's features; or those of a picture.
        width: int, channels of the first map at full size: 64 for the global generator alone, 32 with one enhancer
            around the same; each enhancer inwards doubles it.
        halvings: int, of the global generator.
        blocks: int, its residual blocks.
        enhancers: int, of at least 0.

    Returns:
        Keras model "generator": source (batch, height, width, source_channels) -> float32 (batch, height, width,
        channels) in [-1, 1].

    Raises:
        ConfigError: a size that is not allowed; the message names the nearest ones.

    Example:
        >>> generator = build_generator((256, 512), width=32, enhancers=1)
        >>> generator.get_layer("global").output.shape
        (None, 128, 256, 64)
    """
    require_positive(channels=channels, source_channels=source_channels, width=width, halvings=halvings, blocks=blocks)
    if isinstance(enhancers, bool) or not isinstance(enhancers, int) or enhancers < 0:
        raise ConfigError(f"`enhancers` must be a whole number of at least 0. Received: enhancers={enhancers!r}.")
    sides = image_size(size)
    # Twice as much: a map of one pixel cannot be mirrored at its borders, nor normalised.
    option = "halvings" if not enhancers else "(halvings + enhancers)"
    require_divisible(sides, halvings + enhancers, option=option, times=2)

    source = keras.Input((*sides, source_channels), name="source")
    views = [source]  # from full size to that of the global generator
    for _ in range(enhancers):
        views.append(_half_size(views[-1]))
    coarsest = views[-1]
    x = _global_part(coarsest.shape[1:3], source_channels, width * 2**enhancers, halvings, blocks)(coarsest)
    for number in range(1, enhancers + 1):
        view = views[-1 - number]
        x = _enhancer(view.shape[1:3], source_channels, width * 2 ** (enhancers - number), number)([view, x])
    return keras.Model(source, _last(x, channels, name="image"), name="generator")


def build_feature_encoder(size: Size = (512, 1024), channels: int = 3, *, features: int = 3, width: int = 16,
                          halvings: int = 4) -> keras.Model:
    """What tells one object from another of its class (its colour, its texture): a few numbers for each instance.

    Args:
        size: int or (height, width), pixels; each side a multiple of 2^halvings, at least twice that.
        channels: int, of the picture.
        features: int, numbers for each instance.
        width: int, channels of the first map; they double with each halving.
        halvings: int.

    Returns:
        Keras model "feature_encoder": real (batch, height, width, channels) and instances, int (batch, height, width)
        -> float32 (batch, height, width, features) in [-1, 1], the same at every pixel of an instance.

    Raises:
        ConfigError: a size that is not allowed; the message names the nearest ones.

    Example:
        >>> encoder = build_feature_encoder((64, 64))
        >>> encoder.count_params()
        788803
    """
    require_positive(channels=channels, features=features, width=width, halvings=halvings)
    sides = image_size(size)
    require_divisible(sides, halvings, times=2)

    real = keras.Input((*sides, channels), name="real")
    instances = keras.Input(sides, dtype="int32", name="instances")
    x = _first(real, width)
    for level in range(1, halvings + 1):
        x = _halved(x, width * 2**level)
    for level in reversed(range(halvings)):
        x = _doubled(x, width * 2**level)
    return keras.Model([real, instances], InstanceMean(dtype="float32")(_last(x, features), instances),
                       name="feature_encoder")


def build_encoding_generator(painter: keras.Model, encoder: keras.Model) -> keras.Model:
    """A generator that also reads the picture it shall make, through an encoder that leaves a few numbers per instance.

    Its parts are `get_layer("painter")` and `get_layer("feature_encoder")`: once trained, the painter is asked for
    features that one chooses.

    Args:
        painter: of `build_generator`, for as many more channels of its source as there are features.
        encoder: of `build_feature_encoder`, for the same size.

    Returns:
        Keras model "generator": source, real and instances -> the painter's picture.
    """
    height, width, channels = painter.inputs[0].shape[1:]
    features = encoder.output.shape[-1]
    source = keras.Input((height, width, channels - features), name="source")
    real, instances = (keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=tensor.name) for tensor in encoder.inputs)
    painter.name = PAINTER
    image = painter(layers.Concatenate()([source, encoder([real, instances])]))
    return keras.Model([source, real, instances], image, name="generator")


def painter_of(generator: keras.Model) -> keras.Model:
    """The part that makes the picture: the generator itself, unless it has an encoder."""
    return next((layer for layer in generator.layers if layer.name == PAINTER), generator)


def take_over(generator: keras.Model, before: keras.Model) -> None:
    """Give the parts of a larger generator the weights of those that a smaller one had; its last layer stays new."""
    for ours, theirs in ((painter_of(generator), painter_of(before)), (generator, before)):
        known = {layer.name: layer for layer in theirs.layers if isinstance(layer, keras.Model)}
        for layer in ours.layers:
            if isinstance(layer, keras.Model) and layer.name in known and layer.name != PAINTER:
                layer.set_weights(known[layer.name].get_weights())


def newest_part(generator: keras.Model) -> list[keras.Variable]:
    """The variables of the outermost enhancer and of the last layer: what learns while the rest is fixed."""
    painter = painter_of(generator)
    enhancers = [layer for layer in painter.layers if layer.name.startswith(f"{ENHANCER}_")]
    newest = max(enhancers, key=lambda layer: int(layer.name.rpartition("_")[2]))
    return [*newest.trainable_variables, *painter.get_layer("image").trainable_variables]


def build_discriminator(size: Size | None = None, channels: int = 3, *, source_channels: int = 36, width: int = 64,
                        halvings: int = 3, scale: int = 0) -> keras.Model:
    """One logit for every patch of a picture with its source, both made smaller first, and the features on the way.

    A game has two or three of them, of scale 0, 1, 2, with weights of their own.

    Args:
        size: int or (height, width), pixels at full size; None for any.
        channels: int, of the picture that is judged.
        source_channels: int, of its source.
        width: int, channels of the first map; they double, up to 512.
        halvings: int, convolutions of stride 2, at least 1.
        scale: int, how often the picture is halved before.

    Returns:
        Keras model "discriminator_<scale>": sample (batch, height, width, channels) and source (batch, height, width,
        source_channels) -> {"logits": float32 (batch, rows, columns, 1), "features": list of halvings + 1 maps}.

    Raises:
        ConfigError: a picture too small for so many halvings.

    Example:
        >>> discriminators = [build_discriminator(scale=scale) for scale in (0, 1)]
    """
    require_positive(channels=channels, source_channels=source_channels, width=width, halvings=halvings)
    if isinstance(scale, bool) or not isinstance(scale, int) or scale < 0:
        raise ConfigError(f"`scale` must be a whole number of at least 0. Received: scale={scale!r}.")
    least = 2 ** (scale + halvings) + 1  # a map of one pixel, normalised, is zero whatever was seen
    sides = any_or_at_least(size, least, f"{halvings} halvings at scale {scale}")

    sample = keras.Input((*sides, channels), name="sample")
    source = keras.Input((*sides, source_channels), name="source")
    x = layers.Concatenate()([source, sample])
    for _ in range(scale):
        x = _half_size(x)
    features = []
    for number in range(halvings + 1):
        x = layers.Conv2D(min(width * 2**number, WIDEST_DISCRIMINATOR), 4, strides=2 if number < halvings else 1,
                          padding="same", kernel_initializer=_kernel())(x)
        x = layers.LeakyReLU(negative_slope=0.2)(_normalized(x) if number else x)
        features.append(x)
    logits = layers.Conv2D(1, 4, padding="same", kernel_initializer=_kernel(), dtype="float32")(x)
    return keras.Model([sample, source], {"logits": logits, "features": features}, name=f"discriminator_{scale}")
