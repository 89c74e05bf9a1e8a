"""Features of a classifier for a perceptual loss: VGG19 (Simonyan and Zisserman 2015, arXiv:1409.1556), from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from gan_core.errors import DataError

LAYERS = tuple(f"block{number}_conv1" for number in range(1, 6))
LAYER_WEIGHTS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)  # of pix2pixHD
MEANS = (103.939, 116.779, 123.68)  # of blue, green, red, as the published weights expect them


def vgg_features(weights: Path | str) -> Callable:
    """The eyes of a perceptual loss: what five layers of VGG19 see in pictures of -1..1.

    Args:
        weights: file of Keras' VGG19 without its top (vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5). Nothing is
            downloaded.

    Returns:
        (samples (batch, height, width, 3) in -1..1) -> the activations of the first convolution of each block.

    Raises:
        DataError: there is no such file, or it holds other weights.
    """
    path = Path(weights)
    remedy = "Fetch Keras' VGG19 weights without the top, or leave `vgg` out to train without this term."
    if not path.is_file():
        raise DataError(f"cannot read the VGG19 weights {path}: no such file. {remedy}")
    try:
        network = keras.applications.VGG19(include_top=False, weights=str(path))
    except (ValueError, OSError, KeyError) as error:
        raise DataError(f"{path} does not hold the weights of VGG19 without its top: {str(error).splitlines()[0]}. "
                        f"{remedy}") from None
    network.trainable = False
    seen = keras.Model(network.input, [network.get_layer(name).output for name in LAYERS])

    def features(samples):
        bytes_ = (samples + 1) * 127.5
        return seen(bytes_[..., ::-1] - keras.ops.convert_to_tensor(MEANS, dtype="float32"), training=False)

    return features
