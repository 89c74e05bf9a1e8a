"""The residual networks of SNGAN (Miyato et al. 2018, arXiv:1802.05957), with a projection where there are classes.

Projection: Miyato and Koyama 2018, arXiv:1802.05637. The graphs are those of `resnet`. Parameters at 32x32x3, latents
of 128:

    classes   generator (trainable, other)   discriminator (trainable)
    none      4,276,739, 3,584               1,053,825
    10        4,309,507, 3,584               1,055,105

Every kernel of the discriminator is divided by its largest singular value, the embedding of classes too. Known
differences from the authors' code: the first values of `resnet`, and its normalisation with momentum 0.9.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.layers import LabelEncoding, SNConv2D, SNDense
from gan_vision.layers import ConditionalBatchNormalization
from gan_vision.models.resnet import END, features_of, image_of
from gan_vision.models.size import count_doublings, require_positive

VALUE_RANGE = (-1.0, 1.0)
GENERATOR_WIDTH, DISCRIMINATOR_WIDTH = 256, 128


def build_generator(size: int = 32, channels: int = 3, *, width: int | None = None, latent: int = 128,
                    classes: int = 0) -> keras.Model:
    """Images from latents, and from labels if there are classes: each then has scales and shifts of its own.

    Args:
        size: int, pixels of each side: 8 · 2^n, at least 16.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of every inner map. Default: 256.
        latent: int, length of the latent vector.
        classes: int, 0 for an unconditional generator.

    Returns:
        Keras model "generator": latent (batch, latent), with classes also label int (batch,) -> float32 (batch, size,
        size, channels) in [-1, 1].

    Raises:
        ConfigError: a size that is not allowed, or a number below 1.

    Example:
        >>> build_generator().count_params()
        4280323
    """
    count_doublings(size, END)  # refuses other sizes
    width = GENERATOR_WIDTH if width is None else width
    require_positive(channels=channels, width=width, latent=latent)
    z = keras.Input((latent,), name="latent")
    if not classes:
        return keras.Model(z, image_of(z, size, channels, width), name="generator")
    label = keras.Input((), name="label", dtype="int32")
    code = LabelEncoding(classes, name="code")(label)

    def class_norm(x):
        return ConditionalBatchNormalization(classes, momentum=0.9, epsilon=1e-5)(x, code)

    return keras.Model([z, label], image_of(z, size, channels, width, normalize=class_norm), name="generator")


def build_discriminator(size: int = 32, channels: int = 3, *, width: int | None = None,
                        classes: int = 0) -> keras.Model:
    """Logits of images, and of labels if there are classes: a linear map of the features' sum, plus a projection.

    Args:
        size: as in `build_generator`.
        channels: as in `build_generator`.
        width: int, channels of every inner map. Default: 128.
        classes: as in `build_generator`.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels), with classes also label int (batch,) ->
        float32 logits (batch, 1).

    Raises:
        ConfigError: as `build_generator`.

    Example:
        >>> from gan_core.testing import count_parameters
        >>> count_parameters(build_discriminator())[0]
        1053825
    """
    count_doublings(size, END)  # refuses other sizes
    width = DISCRIMINATOR_WIDTH if width is None else width
    require_positive(channels=channels, width=width)
    sample = keras.Input((size, size, channels), name="sample")
    features = features_of(sample, width, convolution=SNConv2D)
    mean = layers.GlobalAveragePooling2D(dtype="float32")(features)
    total = layers.Rescaling(features.shape[1] * features.shape[2], dtype="float32")(mean)  # the sum over the map
    logits = SNDense(1, dtype="float32")(total)
    if not classes:
        return keras.Model(sample, logits, name="discriminator")
    label = keras.Input((), name="label", dtype="int32")
    embedding = SNDense(width, use_bias=False, dtype="float32", name="embedding")(
        LabelEncoding(classes, name="code")(label))
    agreement = layers.Dot(axes=1, dtype="float32")([embedding, total])
    return keras.Model([sample, label], layers.Add(dtype="float32")([logits, agreement]), name="discriminator")
