"""Conditional networks: any pair of the DCGAN family, told which class an image is to be of.

Mirza and Osindero 2014, arXiv:1411.1784 (conditional GAN); Miyato and Koyama 2018, arXiv:1802.05637 (projection);
Odena et al. 2017, arXiv:1610.09585 (auxiliary classifier). Parameters with the networks of
`cifar10`, latents of 100 and 10 classes:

    mode         generator                                       discriminator
    onehot       latent + one-hot code              4,537,219    the code as k further channels        4,328,193
    embedding    latent + embedding of 100          4,722,539    embedding -> Dense -> a channel       4,418,217
    projection   batch norm with per-class scales   4,534,019    logit = Dense(h) + <embedding, h>     4,315,777
    acgan        as onehot                                       a second head of k class logits       4,332,683

h are the last features, averaged over the map. Attributes (float (batch, k) in 0..1, several at once) take the place of
one-hot codes, except for projection, which needs classes.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import ConfigError, choose
from gan_core.layers import LabelEncoding
from gan_vision.layers import ConditionalBatchNormalization
from gan_vision.models import Networks
from gan_vision.models.size import require_positive

EMBEDDING = 100  # length of an embedded label


def build_generator(backbone: Networks, size: int, channels: int, *, mode: str = "projection", classes: int,
                    attributes: bool = False, latent: int = 100, **options) -> keras.Model:
    """Images from latents and labels.

    Args:
        backbone: of the DCGAN family; its generator does the work.
        size: int, pixels of each side.
        channels: int, 1 for gray, 3 for RGB.
        mode: "onehot", "embedding", "projection" or "acgan".
        classes: int, number of classes or attributes.
        attributes: bool, whether a label is float (classes,) instead of a class id.
        latent: int, length of the latent vector.
        **options: further options of the backbone's generator.

    Returns:
        Keras model "generator": latent (batch, latent), label int (batch,) or float (batch, classes) -> images float32
        (batch, size, size, channels).

    Raises:
        ConfigError: an unknown mode, a mode that takes no attributes, or as the backbone.

    Example:
        >>> build_generator(NETWORKS["cifar10"], 32, 3, classes=10).count_params()
        4534019
    """
    label = _label(mode, classes, attributes)
    z = keras.Input((latent,), name="latent")
    code = LabelEncoding(classes, EMBEDDING if mode == "embedding" else None, name="code")(label)
    if mode == "projection":
        image = _with_class_scales(backbone.build_generator(size, channels, latent=latent, **options), z, code)
    else:
        body = backbone.build_generator(size, channels, latent=latent + code.shape[-1], **options)
        image = body(layers.Concatenate()([z, code]))
    return keras.Model([z, label], image, name="generator")


def build_discriminator(backbone: Networks, size: int, channels: int, *, mode: str = "projection", classes: int,
                        attributes: bool = False, **options) -> keras.Model:
    """Logits of images and labels.

    Args:
        backbone: as in `build_generator`.
        size: as in `build_generator`.
        channels: as in `build_generator`.
        mode: as in `build_generator`.
        classes: as in `build_generator`.
        attributes: as in `build_generator`.
        **options: further options of the backbone's discriminator.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) and label -> float32 logits (batch, 1). For
        "acgan": sample alone -> {"logits": (batch, 1), "class_logits": (batch, classes)}.

    Raises:
        ConfigError: as `build_generator`.
    """
    label = _label(mode, classes, attributes)
    sample = keras.Input((size, size, channels), name="sample")
    if mode == "acgan":
        body = backbone.build_discriminator(size, channels, **options)
        features = layers.Flatten()(body.get_layer("features").output)
        named = layers.Dense(classes, dtype="float32", name="class_logits")(features)
        return keras.Model(body.input, {"logits": body.output, "class_logits": named}, name="discriminator")
    if mode == "projection":
        body = backbone.build_discriminator(size, channels, **options)
        features = layers.GlobalAveragePooling2D(dtype="float32")(body.get_layer("features").output)
        direction = LabelEncoding(classes, features.shape[-1], stddev=0.02, dtype="float32", name="embedding")(label)
        agreement = layers.Dot(axes=1, dtype="float32")([direction, features])
        logits = layers.Add(dtype="float32")([layers.Dense(1, dtype="float32")(features), agreement])
        return keras.Model([body.input, label], logits, name="discriminator")
    if mode == "embedding":
        code = LabelEncoding(classes, EMBEDDING, name="code")(label)
        planes = layers.Reshape((size, size, 1))(layers.Dense(size * size)(code))
    else:
        code = layers.Reshape((1, 1, classes))(LabelEncoding(classes, name="code")(label))
        planes = layers.UpSampling2D((size, size), interpolation="nearest")(code)
    body = backbone.build_discriminator(size, channels + planes.shape[-1], **options)
    return keras.Model([sample, label], body(layers.Concatenate()([sample, planes])), name="discriminator")


MODES = {"onehot": "label as input of both", "embedding": "learnt label as input of both",
         "projection": "class scales in the generator, projection in the discriminator",
         "acgan": "the discriminator names the class"}


def _label(mode: str, classes: int, attributes: bool):
    """The input of labels."""
    choose("mode", mode, MODES)
    require_positive(classes=classes)
    if attributes and mode == "projection":
        raise ConfigError("`mode='projection'` has scales per class and takes no attributes. Received: "
                          f"{classes} attributes. Use --mode onehot, embedding or acgan.")
    return keras.Input((classes,) if attributes else (), name="label", dtype="float32" if attributes else "int32")


def _with_class_scales(generator: keras.Model, z, code):
    """The layers of a generator in their order, each batch normalisation with one scale and shift per class."""
    x = z
    for layer in generator.layers[1:]:
        if isinstance(layer, layers.BatchNormalization):
            x = ConditionalBatchNormalization(code.shape[-1], momentum=layer.momentum, epsilon=layer.epsilon)(x, code)
        else:
            x = layer(x)
    return x
