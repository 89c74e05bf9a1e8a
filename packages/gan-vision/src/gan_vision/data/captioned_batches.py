"""Batches for text-to-image: some captions of each picture, and beside it a picture that its captions do not fit."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from gan_core.data.loader import FetchedSource, Loader
from gan_core.errors import DataError, choose
from gan_core.random import row_uniform
from gan_vision.data.examples import Examples
from gan_vision.data.geometry import JointGeometry

MISMATCHED = "mismatched"


class CaptionedSource(FetchedSource):
    """Captioned pictures, drawn anew in every epoch: which captions, which wrong picture, mirrored or not.

    Args:
        examples: with "real" and "text" (n, captions, ...), whose missing captions are zeros.
        captions: int, how many different captions of a picture a batch has at most.
        mismatched: "class" gives batches "mismatched" pictures of another class (Reed et al. 2016), of another example
            where there are no classes; "picture" those of any other example; None gives none.
        flip, crop: as in `Examples.loader`.

    Raises:
        DataError: mismatched pictures are wanted of a set with one class, or one picture.
    """

    def __init__(self, examples: Examples, *, captions: int, mismatched: str | None, flip: bool = False,
                 crop: int | None = None):
        geometry = JointGeometry(examples.maps, examples.image_shape[:2], flip=flip, crop=crop)
        super().__init__(lambda rows: examples.gather(rows, tuple(examples.spec)), len(examples), examples.spec,
                         geometry, content_hash=lambda: examples.content_hash)
        self.captions = captions
        self._others = None if mismatched is None else Others(examples, by_class=choose(
            "kind of mismatched pictures", mismatched, {"class": True, "picture": False}))
        self._pictures = FetchedSource(lambda rows: examples.gather(rows, ("real",)), len(examples),
                                       {"real": examples.spec["real"]},
                                       JointGeometry(("real",), examples.image_shape[:2], flip=flip, crop=crop))

    def gather(self, indices, seeds):  # noqa: D102
        batch = super().gather(indices, seeds)
        batch["text"] = choose_captions(batch["text"], self.captions, seeds)
        if self._others is not None:
            wrong = self._others.rows(indices, seeds)
            # Mirrored and cut by draws of its own, as any other picture.
            batch[MISMATCHED] = self._pictures.gather(wrong, seeds + tf.constant([0, 1 << 32], tf.int64))["real"]
        return batch


def captioned_loader(examples: Examples, batch_size: int, *, seed: int, captions: int = 4,
                     mismatched: str | None = "class", flip: bool = False, crop: int | None = None) -> Loader:
    """Endless batches of `CaptionedSource`.

    Raises:
        DataError: fewer examples than one batch; or as `CaptionedSource`.

    Example:
        >>> batch = next(iter(captioned_loader(examples, 64, seed=0).dataset()))
        >>> sorted(batch)
        ['mismatched', 'real', 'text']
    """
    source = CaptionedSource(examples, captions=captions, mismatched=mismatched, flip=flip, crop=crop)
    return Loader(source, batch_size, seed=seed, name=examples.name)


def choose_captions(text: tf.Tensor, count: int, seeds: tf.Tensor) -> tf.Tensor:
    """At most `count` different captions of each example, each as likely as the others.

    Args:
        text: (batch, captions, ...), zeros where a caption is missing.
        count: int >= 1.
        seeds: int64 (batch, 2), of the examples.

    Returns:
        (batch, min(count, captions), ...).
    """
    captions = text.shape[1]
    present = tf.reduce_any(tf.reshape(text != 0, [tf.shape(text)[0], captions, -1]), axis=-1)
    # Missing ones come last, whatever they draw.
    drawn = tf.where(present, row_uniform(seeds, "captions", (captions,)), 2.0)
    return tf.gather(text, tf.argsort(drawn, axis=1, stable=True)[:, :min(count, captions)], axis=1, batch_dims=1)


class Others:
    """For each example one of another class, or any other where there are no classes: each as likely as the others.

    Args:
        examples: with or without "label" (n,).
        by_class: whether classes count; False takes any other example.

    Raises:
        DataError: there is no other.
    """

    def __init__(self, examples: Examples, *, by_class: bool = True):
        labels = examples.labels if by_class else None
        classes = np.arange(len(examples)) if labels is None or np.ndim(labels) != 1 else np.asarray(labels)
        kinds, class_of, counts = np.unique(classes, return_inverse=True, return_counts=True)
        if len(kinds) < 2:
            found = f"the one class {examples.class_names[kinds[0]]!r}" if examples.class_names else "one class"
            raise DataError(f"pictures that do not fit a caption are taken from other classes, and {examples.name} has "
                            f"{found}. Add pictures of another class, or take any other picture with --wrong picture.")
        order = np.argsort(class_of, kind="stable")  # class by class
        starts = np.cumsum(counts) - counts
        self._order, self._count = tf.constant(order, tf.int64), len(classes)
        self._starts, self._counts = (tf.constant(values[class_of], tf.int64) for values in (starts, counts))

    def rows(self, indices: tf.Tensor, seeds: tf.Tensor) -> tf.Tensor:
        """int64 (batch,), the rows of the others."""
        start, own = tf.gather(self._starts, indices), tf.gather(self._counts, indices)
        others = self._count - own
        place = tf.cast(row_uniform(seeds, MISMATCHED) * tf.cast(others, tf.float32), tf.int64)
        place = tf.minimum(place, others - 1)  # a product just below `others` may be rounded up
        return tf.gather(self._order, tf.where(place < start, place, place + own))
