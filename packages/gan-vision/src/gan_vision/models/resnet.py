"""The residual networks of WGAN-GP (Gulrajani et al. 2017, arXiv:1704.00028), for small pictures.

After Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 5. At 32x32x3 with width
128: generator 1,206,275 parameters (1,204,483 trainable), discriminator 1,053,825; `sngan` has the same graphs with
classes and spectral normalisation. Known differences from the book's code: every block adds its own input (there the
shortcuts are a chain that leaves the blocks out), the discriminator halves twice, to 8x8, and normalises nothing, and
images grow by nearest neighbour, not by a transposed convolution; the counts of the uncorrected code are not offered.
Where the sources are silent: batch normalisation with momentum 0.9 and epsilon 1e-5.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import choose
from gan_vision.models.size import count_doublings, require_positive

VALUE_RANGE = (-1.0, 1.0)
START = 4  # height and width of the generator's smallest feature map
END = 2 * START  # of the discriminator's
WIDTH = 128

ACTIVATIONS = {"relu": layers.ReLU, "leaky_relu": lambda: layers.LeakyReLU(negative_slope=0.2)}
NORMALIZATIONS = {  # of the discriminator's blocks
    "none": lambda x: x,
    "layer": lambda x: layers.GroupNormalization(groups=1, epsilon=1e-5)(x),  # one mean and variance per sample
}


def _main(width: int, convolution=layers.Conv2D) -> layers.Layer:
    return convolution(width, 3, padding="same", kernel_initializer="he_uniform")


def _shortcut(width: int, convolution=layers.Conv2D) -> layers.Layer:
    return convolution(width, 1, kernel_initializer="glorot_uniform")


def batch_norm(x):
    """The normalisation of the generator."""
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _up_block(x, width: int, activation, normalize):
    # Enlarging after the convolution of one pixel instead of before gives the same map at a quarter of the cost.
    shortcut = layers.UpSampling2D(interpolation="nearest")(_shortcut(width)(x))
    x = activation()(normalize(x))
    x = _main(width)(layers.UpSampling2D(interpolation="nearest")(x))
    x = activation()(normalize(x))
    return layers.Add()([_main(width)(x), shortcut])


def _first_block(sample, width: int, activation, convolution):
    shortcut = _shortcut(width, convolution)(layers.AveragePooling2D(2)(sample))
    # pixels come first: an activation before would cut them at zero
    x = activation()(_main(width, convolution)(sample))
    x = layers.AveragePooling2D(2)(_main(width, convolution)(x))
    return layers.Add()([x, shortcut])


def _block(x, width: int, activation, normalize, convolution, *, down: bool):
    shortcut = _shortcut(width, convolution)(layers.AveragePooling2D(2)(x)) if down else x
    for _ in range(2):
        x = _main(width, convolution)(activation()(normalize(x)))
    return layers.Add()([layers.AveragePooling2D(2)(x) if down else x, shortcut])


def image_of(z, size: int, channels: int, width: int, activation=layers.ReLU, normalize=batch_norm):
    """The graph of the generator: images (batch, size, size, channels) of latents (batch, latent)."""
    x = layers.Dense(START * START * width)(z)
    x = layers.Reshape((START, START, width))(x)
    for _ in range(count_doublings(size, START)):
        x = _up_block(x, width, activation, normalize)
    x = activation()(normalize(x))
    return layers.Conv2D(channels, 3, padding="same", activation="tanh", dtype="float32")(x)


def features_of(sample, width: int, activation=layers.ReLU, normalize=NORMALIZATIONS["none"],
                convolution=layers.Conv2D):
    """The graph of the discriminator to its last map (batch, 8, 8, width), which is named "features"."""
    x = _first_block(sample, width, activation, convolution)
    for down in [True] * (count_doublings(sample.shape[1], END) - 1) + [False, False]:
        x = _block(x, width, activation, normalize, convolution, down=down)
    return layers.Identity(name="features")(activation()(x))


def build_generator(size: int = 32, channels: int = 3, *, width: int | None = None, latent: int = 128,
                    activation: str = "relu") -> keras.Model:
    """Images from latents: Dense to 4x4, then a residual block per doubling, all of equal width.

    Args:
        size: int, pixels of each side: 8 · 2^n, at least 16.
        channels: int, 1 for gray, 3 for RGB.
        width: int, channels of every inner map. Default: 128.
        latent: int, length of the latent vector.
        activation: "relu" or "leaky_relu" (slope 0.2, the book's).

    Returns:
        Keras model "generator": latent (batch, latent) -> float32 (batch, size, size, channels) in [-1, 1].

    Raises:
        ConfigError: a size that is not allowed, or an unknown name; the message names what is.

    Example:
        >>> generator = build_generator()
        >>> generator.count_params()
        1206275
    """
    count_doublings(size, END)  # refuses other sizes
    width = WIDTH if width is None else width
    require_positive(channels=channels, width=width, latent=latent)
    z = keras.Input((latent,), name="latent")
    image = image_of(z, size, channels, width, choose("`activation`", activation, ACTIVATIONS))
    return keras.Model(z, image, name="generator")


def build_discriminator(size: int = 32, channels: int = 3, *, width: int | None = None, activation: str = "relu",
                        normalization: str = "none") -> keras.Model:
    """Logits of images: residual blocks that halve to 8x8, two more, then the mean over the map.

    Args:
        size: int, as in `build_generator`.
        channels: int, as in `build_generator`.
        width: int, as in `build_generator`.
        activation: as in `build_generator`.
        normalization: "none" (published) or "layer", over height, width and channels of each sample. There is no
            batch normalisation, which a gradient penalty does not go with.

    Returns:
        Keras model "discriminator": sample (batch, size, size, channels) in [-1, 1] -> float32 logits (batch, 1).

    Raises:
        ConfigError: a size that is not allowed, or an unknown name; the message names what is.

    Example:
        >>> critic = build_discriminator()
        >>> critic.count_params()
        1053825
    """
    count_doublings(size, END)  # refuses other sizes
    width = WIDTH if width is None else width
    require_positive(channels=channels, width=width)
    sample = keras.Input((size, size, channels), name="sample")
    x = features_of(sample, width, choose("`activation`", activation, ACTIVATIONS),
                    choose("`normalization`", normalization, NORMALIZATIONS))
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(1, dtype="float32")(x)
    return keras.Model(sample, logits, name="discriminator")
