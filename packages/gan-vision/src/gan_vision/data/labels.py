"""What the labels of images are called, and the labels that samples are asked for. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError, DataError, did_you_mean
from gan_core.images.decode import printable

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

MOST_CLASSES = 10_000  # larger ids are names of another kind
AND = "+"  # between the attributes of one picture


@dataclass(frozen=True)
class Labels:
    """The classes of a data set, of which every image has one, or its attributes, of which it may have several.

    Args:
        names: of the classes in the order of their ids, or of the attributes.
        attributes: whether a label is float (k,) in 0..1 instead of a class id.

    Example:
        >>> Labels(("cat", "dog")).named(["dog"], 3)
        array([1, 1, 1], dtype=int32)
    """

    names: tuple[str, ...]
    attributes: bool = False

    @classmethod
    def of(cls, images: Examples) -> Labels:
        """Those of a set; class ids without names are called "0", "1", ...

        Raises:
            DataError: the images have no labels.
        """
        if images.labels is None:
            raise DataError(f"a conditional recipe needs labels, and {images.name} has none. Expected: a folder with "
                            "one sub-folder per class, a labelled tfds: set, or npz:FILE with `images` and `labels`. "
                            "Train an unconditional recipe (dcgan) otherwise.")
        attributes = images.labels.ndim == 2
        count = images.labels.shape[1] if attributes else int(images.labels.max()) + 1
        if not attributes and count > MOST_CLASSES:
            raise DataError(f"the labels of {images.name} must be class ids of 0..{MOST_CLASSES - 1}. Found: "
                            f"{count - 1}. Number the classes from 0 without gaps.")
        return cls(tuple(images.class_names) or tuple(map(str, range(count))), attributes)

    def rare(self, labels: np.ndarray) -> list[str]:
        """A sentence about those that no picture of `labels` has, and one about those that one has; mostly none."""
        counts = (np.count_nonzero(np.asarray(labels) >= 0.5, axis=0) if self.attributes
                  else np.bincount(labels, minlength=len(self)))
        kind, sentences = "attributes" if self.attributes else "classes", []
        for count, shown, result in ((0, "no training picture", "nothing is learnt of them"),
                                     (1, "one training picture", "what is made of them will look like it")):
            names = [printable(self.names[index]) for index in np.flatnonzero(counts == count)]
            if names:
                more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
                sentences.append(f"{kind} with {shown}: {', '.join(names[:5])}{more}; {result}. Add pictures, or leave "
                                 "them out.")
        return sentences

    def __len__(self):
        return len(self.names)

    def columns(self, count: int) -> int:
        """How many of `count` samples each class gets, so that each has a row of its own; at least 1."""
        return max(1, count // len(self))

    def in_turn(self, count: int) -> np.ndarray:
        """Labels of `count` samples, class by class (attribute by attribute, each alone), `columns` of each."""
        return self._coded((np.arange(count) // self.columns(count)) % len(self))

    def balanced(self, count: int) -> np.ndarray:
        """Labels of `count` samples, class by class, of each equally many; the first classes get what is left over."""
        return self._coded(np.sort(np.arange(count) % len(self)))

    def by_number(self, numbers: np.ndarray) -> np.ndarray:
        """Labels of samples by their numbers, 0, 1, ...: the classes in turn, however many samples there are."""
        return self._coded(np.asarray(numbers) % len(self))

    def names_of(self, labels: np.ndarray) -> tuple[str, ...]:
        """What labels are called.

        Args:
            labels: int (n,) class ids, or float (n, k) attributes.

        Returns:
            n names of classes, or of the attributes of at least 0.5 joined by "+".
        """
        if self.attributes:
            return tuple(AND.join(name for name, has in zip(self.names, label, strict=True) if has >= 0.5)
                         for label in labels)
        return tuple(self.names[label] for label in labels)

    def named(self, wanted: Sequence[str], count: int) -> np.ndarray:
        """The same label for `count` samples.

        Args:
            wanted: the name or the number of one class, or of all attributes that the samples shall have.
            count: int.

        Raises:
            ConfigError: there is no such class, or more than one of them.
        """
        numbers = [self._number(name) for name in wanted]
        if self.attributes:
            label = np.zeros(len(self), np.float32)
            label[numbers] = 1
            return np.tile(label, (count, 1))
        if len(numbers) != 1:
            raise ConfigError(f"an image has one class. Received: {', '.join(wanted)}. Give `--label` once.")
        return np.full(count, numbers[0], np.int32)

    def _number(self, name: str) -> int:
        if name in self.names:
            return self.names.index(name)
        if name.isdecimal() and int(name) < len(self):
            return int(name)
        kind = "attribute" if self.attributes else "class"
        raise ConfigError(f"unknown {kind}. Received: {name!r}. {did_you_mean(name, self.names)}")

    def _coded(self, numbers: np.ndarray) -> np.ndarray:
        return np.eye(len(self), dtype=np.float32)[numbers] if self.attributes else numbers.astype(np.int32)
