"""What every feature extractor offers. A score carries its identity, so that unlike ones are never compared."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gan_core.errors import DataError


class Extractor:
    """Features of images.

    Attributes:
        name: str.
        size: int or None, pixels of each side that images are resized to; None takes them as they are.
        resize: str, how: "bilinear-antialias", "bilinear", or "none".
        dimension: int, numbers per image.
        hash: str, SHA-256 over the weights, shortened to 16 digits.
    """

    name = ""
    size: int | None = None
    resize = "none"
    dimension = 0
    hash = ""

    @property
    def identity(self) -> str:
        """Everything a comparable score must share."""
        where = f"@{self.size}/{self.resize}" if self.size else ""
        return f"{self.name}{where}/sha256:{self.hash}"

    def batch(self, images) -> np.ndarray:
        """float32 (n, dimension) of one batch, uint8 (n, height, width, channels)."""
        raise NotImplementedError

    def logits(self, images) -> np.ndarray | None:
        """float32 (n, classes) of one batch, or None if the extractor is no classifier."""
        return None

    def features(self, images, batch_size: int = 64) -> np.ndarray:
        """float32 (n, dimension) of any number of images, a batch at a time.

        Raises:
            DataError: images are not uint8 (n, height, width, 1 or 3).
        """
        check_images(images)
        return np.concatenate([self.batch(np.asarray(images[start:start + batch_size]))
                               for start in range(0, len(images), batch_size)])

    def stream(self, batches: Iterable) -> Iterable[np.ndarray]:
        """Features batch by batch: the images need not fit in memory."""
        for images in batches:
            check_images(images)
            yield self.batch(images)

    def resized(self, images):
        """float32 RGB tensor (n, size, size, 3) in 0..255 by the extractor's rule."""
        import tensorflow as tf

        images = tf.cast(images, tf.float32)
        if images.shape[-1] == 1:
            images = tf.repeat(images, 3, axis=-1)
        if self.size is not None and tuple(images.shape[1:3]) != (self.size, self.size):
            images = tf.image.resize(images, (self.size, self.size), antialias=self.resize == "bilinear-antialias")
        return images


def check_images(images) -> None:
    """Refuse anything but bytes: float against 8-bit differences would otherwise enter the score."""
    if images.ndim != 4 or images.dtype != np.uint8 or images.shape[-1] not in (1, 3):
        raise DataError("an extractor takes uint8 images (n, height, width, 1 or 3). "
                        f"Received: {images.dtype} {tuple(images.shape)}. Map samples to 0..255 and round first.")


def weights_hash(arrays) -> str:
    """The first 16 hex digits of SHA-256 over float32 arrays in order."""
    import hashlib

    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()[:16]
