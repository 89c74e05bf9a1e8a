"""ImageSet: decoded images with their labels, and the ways out of it: batches, a split, a fingerprint."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

import numpy as np

from gan_core.data.content_hash import content_hash
from gan_core.errors import ConfigError, DataError
from gan_vision.data.rejects import Reject

if TYPE_CHECKING:
    from gan_core.data.loader import Loader


class RowSubset:
    """Some rows of a memory-mapped array, read when they are indexed: a split of a large set copies nothing.

    Args:
        array: (n, ...).
        rows: int (m,), positions in `array`.
    """

    def __init__(self, array: np.ndarray, rows: np.ndarray):
        self._array, self._rows = array, rows
        self.shape, self.dtype, self.ndim = (len(rows), *array.shape[1:]), array.dtype, array.ndim

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, index) -> np.ndarray:
        if isinstance(index, tuple):
            return self._array[self._rows[index[0]]][(slice(None),) * (np.ndim(self._rows[index[0]])) + index[1:]]
        return self._array[self._rows[index]]

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._array[self._rows], dtype=dtype)

    @property
    def nbytes(self) -> int:
        """Bytes the rows would take in memory."""
        return int(np.prod(self.shape)) * self.dtype.itemsize


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class ImageSet:
    """Images of one size with optional labels.

    Args:
        images: uint8 (n, height, width, channels) with 1 or 3 channels: an array, a memory map or rows of one.
        labels: int32 (n,) class ids in 0..len(class_names)-1; float32 (n, k) attributes, 0 or 1; or None.
        class_names: the names of the classes or attributes; empty if there are no labels or no names.
        name: the source, for messages.
        rejects: files that were left out.
        held_out: the source's own validation images, if it has any.
        validation: fraction that `split` takes unless told otherwise.
        seed: int, the seed that `split` takes unless told otherwise.

    Raises:
        DataError: wrong shape or dtype, no images, or labels that do not fit.

    Example:
        >>> images = ImageSet(np.zeros((100, 32, 32, 3), np.uint8))
        >>> train, validation = images.split(0.1, seed=0)
        >>> batch = next(iter(train.loader(16, seed=0).dataset()))["real"]      # float32 in -1..1
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    name: str = "images"
    rejects: tuple[Reject, ...] = ()
    held_out: ImageSet | None = None
    validation: float = 0.1
    seed: int = 0

    def __post_init__(self):
        images, labels = self.images, self.labels
        if images.ndim != 4 or images.dtype != np.uint8 or images.shape[-1] not in (1, 3):
            raise DataError(f"`images` must be uint8 (n, height, width, 1 or 3). Received: {images.dtype} "
                            f"{images.shape} from {self.name}. Values are 0..255.")
        if not len(images):
            raise DataError(f"{self.name} has no images.")
        if labels is None:
            return
        if len(labels) != len(images):
            raise DataError(f"`labels` must be as many as the images of {self.name}. "
                            f"Received: {len(labels)} labels, {len(images)} images.")
        if labels.ndim == 2 and labels.dtype.kind in "biuf":
            attributes = np.asarray(labels, np.float32)
            if not np.isfinite(attributes).all():
                raise DataError(f"`labels` of {self.name} must be attributes of 0 or 1. Received: "
                                f"{np.count_nonzero(~np.isfinite(attributes))} of {attributes.size} are NaN or "
                                "infinite. Leave these images out.")
            object.__setattr__(self, "labels", attributes)
            return
        if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
            raise DataError(f"`labels` must be whole numbers (n,) or attributes (n, k). "
                            f"Received: {labels.dtype} {labels.shape} from {self.name}.")
        low, high = int(labels.min()), int(labels.max())
        highest = len(self.class_names) - 1 if self.class_names else np.iinfo(np.int32).max
        if low < 0 or high > highest:
            raise DataError(f"`labels` of {self.name} must be 0..{highest}. Received: values from {low} to {high}.")
        object.__setattr__(self, "labels", np.asarray(labels, np.int32))

    def __len__(self):
        return len(self.images)

    def __repr__(self):
        height, width, channels = self.image_shape
        labels = "" if self.labels is None else f", {len(self.class_names) or 'unnamed'} classes"
        return f"<ImageSet {self.name}: {len(self)} images {height}x{width}x{channels}{labels}>"

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return tuple(self.images.shape[1:])

    @property
    def channels(self) -> int:
        """1 for gray, 3 for RGB."""
        return self.images.shape[-1]

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the images and labels: equal content, equal fingerprint, wherever it came from."""
        arrays = {"images": self.images} if self.labels is None else {"images": self.images, "labels": self.labels}
        return content_hash(arrays, limit=None)

    def loader(
        self,
        batch_size: int,
        *,
        seed: int,
        value_range: tuple[float, float] = (-1, 1),
        flip: bool = False,
        shuffle: bool = True,
    ) -> Loader:
        """Endless batches {"real": float32 (batch, h, w, c) in `value_range`, "label": ...} for `GAN.fit`.

        Args:
            batch_size: int, at most len(self).
            seed: int; batch k is a function of (seed, k).
            value_range: (low, high) that 0 and 255 become: what the generator produces.
            flip: bool; mirrors each image with probability 1/2, drawn anew in every epoch.
            shuffle: bool.

        Raises:
            DataError: fewer images than one batch.
        """
        from gan_core.data.loader import ArraySource, Loader
        from gan_vision.data.scaling import ScaleAndFlip

        arrays = {"real": self.images} if self.labels is None else {"real": self.images, "label": self.labels}
        source = ArraySource(arrays, ScaleAndFlip(value_range, flip=flip))
        return Loader(source, batch_size, seed=seed, shuffle=shuffle, name=self.name)

    def select(self, rows: np.ndarray) -> ImageSet:
        """The images at `rows`, int (m,), in that order; rows of a memory map stay on disk."""
        in_file = isinstance(self.images, np.memmap | RowSubset)
        images = RowSubset(self.images, rows) if in_file else self.images[rows]
        labels = None if self.labels is None else self.labels[rows]
        return dataclasses.replace(self, images=images, labels=labels, held_out=None)

    def split(self, validation: float | None = None, seed: int | None = None) -> tuple[ImageSet, ImageSet | None]:
        """Training and validation images: disjoint, together everything, the same for the same seed everywhere.

        A source with its own validation images (`held_out`) gives those, whatever `seed` is.

        Args:
            validation: fraction in [0, 1), rounded to whole images, at least one. 0 gives None as the second part.
            seed: int, selects which images are held out.

        Raises:
            ConfigError: `validation` is out of range.
            DataError: fewer than two images.
        """
        fraction = self.validation if validation is None else validation
        if not 0 <= fraction < 1:
            raise ConfigError(f"`validation` must be a fraction in [0, 1). Received: validation={fraction!r}.")
        if fraction == 0:
            return dataclasses.replace(self, held_out=None), None
        if self.held_out is not None:
            return dataclasses.replace(self, held_out=None), self.held_out
        if len(self) < 2:
            raise DataError(f"{self.name} has {len(self)} image, which cannot be split into training and validation. "
                            "Add images, or pass `validation`=0.")
        count = min(max(1, round(fraction * len(self))), len(self) - 1)
        order = shuffled(len(self), self.seed if seed is None else seed)
        return self.select(np.sort(order[count:])), self.select(np.sort(order[:count]))


def shuffled(count: int, seed: int) -> np.ndarray:
    """A permutation of 0..count-1 that depends on `seed` alone, not on the NumPy version (splitmix64 as sort key)."""
    with np.errstate(over="ignore"):
        key = np.arange(count, dtype=np.uint64) + np.uint64(seed % 2**64) * np.uint64(0x9E3779B97F4A7C15)
        for _ in range(2):  # twice: neighbouring seeds must not give shifted copies of one order
            key += np.uint64(0x9E3779B97F4A7C15)
            key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            key ^= key >> np.uint64(31)
    return np.argsort(key, kind="stable")


def choose_rows(count: int, limit: int | None, seed: int) -> np.ndarray:
    """`limit` of `count` positions, sorted, drawn by `seed`: the first files of a folder may all be of one class.

    Raises:
        ConfigError: `limit` is below 1.
    """
    if limit is not None and limit < 1:
        raise ConfigError(f"`limit` must be at least 1. Received: limit={limit}.")
    if limit is None or limit >= count:
        return np.arange(count)
    return np.sort(shuffled(count, seed)[:limit])
