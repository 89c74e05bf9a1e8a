"""Keras' InceptionV3 without its top, from a weights file on this machine; never downloaded."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors.base import DIGITS, Extractor, file_hash

ADA_SIZE = 75


class KerasInceptionV3(Extractor):
    """2,048 features of Keras' InceptionV3: the last maps, averaged.

    These are not the 2015 weights of published FID numbers: compare only equal identities.

    Args:
        weights: path of `inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5` (or a `.weights.h5` of the same
            network).
        size: int ≥ 75: 299, or 75 for the KID of the ADA example (plain bilinear).
        sha256: the file's expected hash; always recorded, compared if given.

    Raises:
        ConfigError: `size` is below what the network takes.
        DataError: the file is missing, has another hash, or does not fit the network.

    Example:
        >>> extractor = KerasInceptionV3("inception_notop.h5", size=75)
    """

    resize = "bilinear-antialias"
    dimension = 2048
    caveat = ("Keras' InceptionV3 has other weights than the network of published FID, KID and Inception scores: "
              "compare with your own scores only")

    def __init__(self, weights: Path | str, *, size: int = 299, sha256: str | None = None):
        if size < ADA_SIZE:
            raise ConfigError(f"`size` must be at least {ADA_SIZE} for InceptionV3. Received: size={size}.")
        path = Path(weights)
        if not path.is_file():
            raise DataError(f"{path} does not exist. Expected: the no-top weights of Keras' InceptionV3. Download them "
                            "once and pass the path, or use the extractor `random` or `encoder`.")
        found = file_hash(path)
        if sha256 is not None and found != sha256.lower():
            raise DataError(f"{path} has another content: found sha256 {found}, expected {sha256}. Download it again.")
        self._model = _network(path, size)
        self.name, self.size, self.hash = "keras-inception-v3", size, found[:DIGITS]
        if size == ADA_SIZE:
            self.resize = "bilinear"  # as the ADA example scales its 64-pixel images

    def batch(self, images) -> np.ndarray:  # noqa: D102
        return np.asarray(self._model(self.resized(images) / 127.5 - 1, training=False))


def _network(path: Path, size: int):
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")  # a run's mixed precision must not change its scores
    try:
        with warnings.catch_warnings(record=True) as skipped:
            warnings.simplefilter("always")  # Keras only warns of layers that the file does not hold
            network = keras.applications.InceptionV3(
                include_top=False, weights=str(path), pooling="avg", input_shape=(size, size, 3))
    except (ValueError, OSError, KeyError) as error:
        raise DataError(f"{path} does not fit InceptionV3 without its top: {str(error).splitlines()[0]}. "
                        "Expected: the no-top weights.") from None
    finally:
        keras.config.set_dtype_policy(policy)
    if any("freshly-initialized" in str(warning.message) for warning in skipped):
        raise DataError(f"{path} does not fit InceptionV3 without its top: it holds only a part of the weights. "
                        "Expected: the no-top weights.")
    return network
