"""What every feature extractor offers. A score carries its identity, so that unlike ones are never compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np

from gan_core.errors import DataError
from gan_core.images.background import over

DIGITS = 16  # of a hash: enough to tell any two sets of weights apart
OVER_WHITE = "images with opacity were laid over white"
_LUMA = (0.299, 0.587, 0.114)  # ITU-R 601


class Extractor:
    """Features of images. Those with opacity, the fourth channel, are seen as they look over white.

    Attributes:
        name: str.
        size: int, (height, width) or None, pixels that images are resized to; None takes them as they are.
        resize: str, how: "bilinear-antialias", "bilinear", or "none".
        channels: int, 1 or 3: images are turned into gray or RGB; None takes them as they are.
        dimension: int, numbers per image; 0 until it is known.
        hash: str, SHA-256 over the weights, shortened to 16 digits; "" if there is nothing to hash.
        caveat: str, what limits the meaning of every score on these features; goes with each of them.
    """

    name = ""
    size: int | tuple[int, int] | None = None
    resize = "none"
    channels: int | None = 3
    dimension = 0
    hash = ""
    caveat = ""

    @property
    def label(self) -> str:
        """Name and size of the input: "random-convolution(seed=0)@32"."""
        return f"{self.name}@{_size_text(self.size)}" if self.size else self.name

    @property
    def identity(self) -> str:
        """Everything a comparable score must share."""
        resize = f"/{self.resize}" if self.size else ""
        return f"{self.label}{resize}/sha256:{self.hash or 'unknown'}"

    def batch(self, images) -> np.ndarray:
        """float32 (n, dimension) of one batch, uint8 (n, height, width, 1 or 3)."""
        raise NotImplementedError

    def logits(self, images) -> np.ndarray | None:
        """float32 (n, classes) of one batch as in `batch`, or None if the extractor is no classifier."""
        return None

    @property
    def is_classifier(self) -> bool:
        """Whether `logits` answers."""
        return False

    def features(self, images, batch_size: int = 64) -> np.ndarray:
        """float32 (n, dimension) of any number of images, a batch at a time.

        Raises:
            DataError: images are not uint8 (n ≥ 1, height, width, 1, 3 or 4).
        """
        check_images(images)
        return np.concatenate(list(self.stream(
            np.asarray(images[start:start + batch_size]) for start in range(0, len(images), batch_size))))

    def stream(self, batches: Iterable) -> Iterator[np.ndarray]:
        """Features batch by batch: the images need not fit in memory."""
        for images in batches:
            check_images(images)
            yield self.batch(over_white(images))

    def resized(self, images):
        """float32 tensor (n, height, width, channels) in 0..255 by the extractor's rule."""
        import tensorflow as tf

        images = tf.cast(images, tf.float32)
        if self.channels == 3 and images.shape[-1] == 1:
            images = tf.repeat(images, 3, axis=-1)
        elif self.channels == 1 and images.shape[-1] == 3:
            images = tf.tensordot(images, tf.constant(_LUMA), 1)[..., None]
        if self.size is not None:
            size = (self.size, self.size) if isinstance(self.size, int) else tuple(self.size)
            if tuple(images.shape[1:3]) != size:
                images = tf.image.resize(images, size, antialias=self.resize == "bilinear-antialias")
        return images


def check_images(images) -> None:
    """Refuse anything but bytes: float against 8-bit differences would otherwise enter the score."""
    shape, dtype = tuple(getattr(images, "shape", ())), getattr(images, "dtype", type(images).__name__)
    if len(shape) != 4 or dtype != np.uint8 or shape[-1] not in (1, 3, 4) or 0 in shape:
        raise DataError("an extractor takes uint8 images (n, height, width, 1, 3 or 4). "
                        f"Received: {dtype} {shape}. Map samples to 0..255 and round first.")


def over_white(images: np.ndarray) -> np.ndarray:
    """What every metric sees of images: those with opacity over white, others as they are.

    Args:
        images: uint8 (n, height, width, 1, 3 or 4).

    Returns:
        uint8 (n, height, width, 1 or 3).
    """
    return over(np.asarray(images)) if images.shape[-1] == 4 else images


def weights_hash(arrays: Iterable) -> str:
    """The first 16 hex digits of SHA-256 over the shapes and float32 numbers of arrays, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        array = np.asarray(array)
        digest.update(f"{array.shape}".encode())
        digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()[:DIGITS]


def file_hash(path) -> str:
    """SHA-256 of a file in full, hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size_text(size) -> str:
    return str(size) if isinstance(size, int) else "x".join(map(str, size))
