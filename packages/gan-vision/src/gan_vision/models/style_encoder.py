"""The style encoder that Reed et al. (2016) describe: from a picture back to the noise it could have been made of.

Generative Adversarial Text to Image Synthesis, arXiv:1605.05396, section 4.4: S is trained on generated pictures to
give back their noise z, E ‖z - S(G(z, c))‖²; G(S(x), c) then draws the caption c in the style of the picture x. The
paper gives no table of S: here it is the trunk of a DCGAN discriminator, four halvings with 64, 128, 256 and 512
channels, and a linear end. At 64x64x3 with 100 numbers of noise it has 3,579,428 parameters (3,577,636 trainable).
"""

from __future__ import annotations

import math

import keras
from keras import layers

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size
from gan_core.random import fold
from gan_vision.models.size import Size, require_positive

WIDTHS = (64, 128, 256, 512)
MULTIPLE = 2 ** len(WIDTHS)  # of pixels that each side must be


def build_style_encoder(size: Size = 64, channels: int = 3, *, latent: int | tuple[int, ...] = 100,
                        widths: tuple[int, ...] = WIDTHS, seed: int = 0) -> keras.Model:
    """The noise of pictures.

    Args:
        size: pixels of each side, or (height, width): multiples of 16, or of 2^n for n `widths`.
        channels: int, 1 for gray, 3 for RGB.
        latent: int or tuple of ints, the shape of one latent.
        widths: channels after each halving.
        seed: int, of the first weights, which depend on nothing else.

    Returns:
        Keras model "style_encoder": sample (batch, height, width, channels) in the range of the generator -> float32
        (batch, *latent).

    Raises:
        ConfigError: a side that cannot be halved so often.

    Example:
        >>> build_style_encoder().count_params()
        3579428
    """
    shape = (latent,) if isinstance(latent, int) else tuple(latent)
    require_positive(channels=channels, **{f"latent_{axis}": length for axis, length in enumerate(shape)})
    height, width = image_size(size)
    multiple = 2 ** len(widths)
    if height % multiple or width % multiple:
        raise ConfigError(f"a style encoder needs pictures whose sides are multiples of {multiple} pixels. Received: "
                          f"{height}x{width}. Use a run of another size.")

    def kernel(number: int):
        return keras.initializers.GlorotUniform(seed=fold(seed, "style encoder", number))

    sample = keras.Input((height, width, channels), name="sample")
    x = sample
    for number, filters in enumerate(widths):
        x = layers.Conv2D(filters, 4, strides=2, padding="same", kernel_initializer=kernel(number), dtype="float32")(x)
        if number:
            x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype="float32")(x)
        x = layers.LeakyReLU(negative_slope=0.2, dtype="float32")(x)
    z = layers.Dense(math.prod(shape), kernel_initializer=kernel(len(widths)),
                     dtype="float32")(layers.Flatten(dtype="float32")(x))
    if len(shape) > 1:
        z = layers.Reshape(shape, dtype="float32")(z)
    return keras.Model(sample, z, name="style_encoder")
