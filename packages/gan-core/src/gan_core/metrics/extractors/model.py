"""Any callable or Keras model of the user's as an extractor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors.base import Extractor, weights_hash


class CallableExtractor(Extractor):
    """Features by a function of yours, or by a Keras model.

    Args:
        function: uint8 (n, height, width, channels) -> (n, dimension); a Keras model gets float32 in `value_range`.
        name: str, becomes part of the identity of every score.
        size: int or None, resize images to this many pixels first (antialiased).
        value_range: (low, high) that 0 and 255 become for a Keras model.
    """

    def __init__(self, function: Callable, name: str, *, size: int | None = None,
                 value_range: tuple[float, float] = (-1.0, 1.0)):
        self.function, self.name, self.size, self.value_range = function, name, size, value_range
        self.resize = "bilinear-antialias" if size else "none"
        self._is_model = hasattr(function, "get_weights")
        self.hash = weights_hash(function.get_weights()) if self._is_model else "unhashed"

    def batch(self, images) -> np.ndarray:  # noqa: D102
        if self._is_model:
            low, high = self.value_range
            images = self.resized(images) if self.size else images.astype(np.float32)
            images = self.function(images / 255 * (high - low) + low, training=False)
        else:
            images = self.function(np.clip(np.rint(np.asarray(self.resized(images))), 0, 255).astype(np.uint8)
                                   if self.size else images)
        features = np.asarray(images, np.float32)
        features = features.reshape(len(features), -1)
        self.dimension = features.shape[1]
        return features


class KerasInceptionV3(Extractor):
    """Keras' InceptionV3 without its top, from a weights file on this machine; never downloaded.

    These are not the 2015 weights of published FID numbers: compare only equal identities.

    Args:
        weights: path of `inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5` (or a `.weights.h5` of the same
            network).
        size: 299, or 75 for the KID of the ADA example (plain bilinear).
        sha256: the file's expected hash; always recorded, compared if given.

    Raises:
        DataError: the file is missing, has another hash, or does not fit the network.
    """

    resize = "bilinear-antialias"
    dimension = 2048

    def __init__(self, weights: Path | str, *, size: int = 299, sha256: str | None = None):
        if size < 75:
            raise ConfigError(f"`size` must be at least 75 for InceptionV3. Received: size={size}.")
        path = Path(weights)
        if not path.is_file():
            raise DataError(f"{path} does not exist. Expected: the no-top weights of Keras' InceptionV3. Download them "
                            "once and pass the path, or use the extractor `random` or `encoder`.")
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if sha256 is not None and found != sha256:
            raise DataError(f"{path} has another content: found sha256 {found}, expected {sha256}. Download it again.")
        import keras

        try:
            self._model = keras.applications.InceptionV3(
                include_top=False, weights=str(path), pooling="avg", input_shape=(size, size, 3))
        except (ValueError, OSError, KeyError) as error:
            raise DataError(f"{path} does not fit InceptionV3 without its top: {error}. Expected: the no-top weights.") \
                from None
        self.name, self.size, self.hash = "keras-inception-v3", size, found[:16]
        if size == 75:
            self.resize = "bilinear"  # as the ADA example scales its 64-pixel images

    def batch(self, images) -> np.ndarray:  # noqa: D102
        return np.asarray(self._model(self.resized(images) / 127.5 - 1, training=False))
