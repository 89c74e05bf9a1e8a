"""A trained run of an image recipe: pictures from noise. Imports no TensorFlow until networks are asked for."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError
from gan_core.files import whole_file
from gan_core.images.sheet import FORMATS, check_suffix, save_image_grid, to_uint8
from gan_core.run.trained_run import TrainedRun
from gan_vision.data.labels import Labels

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

ARRAYS = ".npy"
NARROW = 4  # columns: fewer make no rows worth reading
BATCH = 64  # images at a time
BLOCK = 256 * BATCH  # images whose noise is drawn at once

Label = str | int | Sequence[str | int] | None
Make = Callable[[Mapping[str, np.ndarray]], np.ndarray]


class ImageRun(TrainedRun):
    """A run whose generator makes images.

    Example:
        >>> run = gan_vision.open_run("runs/00000-dcgan-digits")
        >>> run.save("samples.png", run.generate(64, seed=1))
    """

    @property
    def value_range(self) -> tuple[float, float]:
        """(low, high) of what the generator puts out.

        Raises:
            ConfigError: the recipe's experiment does not say.
        """
        if self.experiment.value_range is None:
            raise ConfigError(f"the recipe {self.recipe.name} does not say in which range its generator works. "
                              "Expected: Experiment(value_range=(low, high)).")
        return self.experiment.value_range

    @property
    def labels(self) -> Labels | None:
        """What the labels are called that the generator reads; None where it reads none."""
        return None

    def generate(self, count: int, *, seed: int = 0, label: Label = None, raw: bool = False,
                 balance: bool = False) -> np.ndarray:
        """Images.

        Args:
            count: int >= 1.
            seed: of the noise; the same seed gives the same images.
            label: for conditional runs: the class of all images by name or number, or all attributes they shall have;
                by default the classes in turn.
            raw: whether to use the trained generator instead of its average.
            balance: for conditional runs: class by class, of each equally many, instead of full rows of each; the
                first classes get what is left over.

        Returns:
            uint8 (count, height, width, channels), 0 black to 255 white; `samples` gives the generator's own floats.

        Raises:
            ConfigError: `count` below 1, an unknown class, a label for a run that knows none, or `balance` of such a
                run or beside a label.
        """
        condition = self.condition_of(label, count, balance=balance)
        return to_uint8(self.samples(count, seed=seed, raw=raw, condition=condition), self.value_range)

    def generate_batches(self, count: int, *, seed: int = 0, label: Label = None,
                         raw: bool = False) -> Iterator[np.ndarray]:
        """Any number of images, of which only a batch is in memory.

        Image k depends on seed and k alone: of more images the first ones are the same bytes. Its noise is that of
        image k of `generate` (of the first 16,384), its class k modulo the number of classes.

        Args:
            count: int >= 1.
            seed: of the noise.
            label: as in `generate`; by default the classes in turn, one image of each.
            raw: whether to use the trained generator instead of its average.

        Returns:
            Iterator of uint8 (up to 64, height, width, channels), `count` in all.

        Raises:
            ConfigError: as `generate`, at once.

        Example:
            >>> for images in run.generate_batches(10_000):
            ...     features.append(encode(images))
        """
        return self._in_batches(count, seed, self._conditions_by_number(count, label),
                                functools.partial(self.images_of, raw=raw))

    def names_by_number(self, count: int, *, label: Label = None) -> tuple[str, ...] | None:
        """The class or the attributes of each image of `generate_batches`; None where there are none."""
        if self.labels is None:
            return None
        asked = None if label is None else self.condition_of(label, count)
        return self.labels.names_of(self.labels.by_number(np.arange(count)) if asked is None else asked["label"])

    def _conditions_by_number(self, count: int, label: Label) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
        """What the generator is asked for images of some of the numbers 0 ... `count` - 1."""
        labels, usual = self.labels, self.experiment.condition
        if label is not None:
            asked = self.condition_of(label, 1) or {}  # refuses at once
            return lambda numbers: {name: np.repeat(values, len(numbers), axis=0) for name, values in asked.items()}
        if labels is not None:
            return lambda numbers: {"label": labels.by_number(numbers)}
        known = {} if usual is None else usual(count)
        return lambda numbers: {name: np.asarray(values)[numbers] for name, values in known.items()}

    def _in_batches(self, count: int, seed: int, conditions: Callable[[np.ndarray], dict[str, np.ndarray]],
                    make: Make) -> Iterator[np.ndarray]:
        """The images of the numbers 0 ... `count` - 1, by their noise and what `conditions` says of their numbers."""
        if count < 1:
            raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")

        def batches():
            from gan_core.game.per_sample import SEEDS, sample_seeds
            from gan_core.random import fold

            for first in range(0, count, BLOCK):
                rows = min(BLOCK, count - first)
                # Blocks and batches are always full: of other lengths, sums are taken in another order and differ in
                # the last bit. The first rows of a longer draw are those of a shorter one but for that bit.
                latent = self.gan.fixed_latent(BLOCK, seed if first == 0 else fold(seed, "samples from", first))
                for start in range(0, rows, BATCH):
                    places = np.minimum(np.arange(start, start + BATCH), rows - 1)
                    inputs = conditions(first + places)
                    if latent is not None:
                        inputs = {"latent": latent[places], **inputs}
                    if self.gan.sampling.dropout:
                        inputs[SEEDS] = sample_seeds(first + rows, seed, "dropout")[first + places]
                    yield make(inputs)[:rows - start]

        return batches()

    def inputs(self, count: int, *, seed: int = 0, label: Label = None, **asked) -> dict[str, np.ndarray]:
        """What the generator reads to make the images of `generate` with the same arguments.

        Args:
            count: int >= 1.
            seed: of the noise.
            label: as in `generate`.
            **asked: further conditions that `condition_of` of this kind of run takes, such as `text`.

        Returns:
            name -> array (count, ...): "latent" and the conditions.

        Raises:
            ConfigError: as `generate`.
        """
        condition = self.condition_of(label, count, **asked)
        if condition is None and self.experiment.condition is not None:
            condition = self.experiment.condition(count)
        latent = self.gan.fixed_latent(count, seed)
        return ({} if latent is None else {"latent": latent}) | (condition or {})

    def images_of(self, inputs: Mapping[str, np.ndarray], *, raw: bool = False) -> np.ndarray:
        """The images of given inputs.

        Args:
            inputs: name -> array (n, ...), as `inputs` gives them.
            raw: whether to use the trained generator instead of its average.

        Returns:
            uint8 (n, height, width, channels).
        """
        conditions = {name: values for name, values in inputs.items() if name != "latent"}
        return to_uint8(self.gan.generate(conditions, latent=inputs.get("latent"), raw=raw), self.value_range)

    def conditions_of(self, examples: Examples, rows: np.ndarray) -> dict[str, np.ndarray]:
        """What the generator is asked for with some examples of the run's own data.

        Args:
            examples: as `data` has them.
            rows: int (m,).

        Returns:
            name -> array (m, ...).
        """
        return examples.conditions(rows, self.value_range)

    def condition_of(self, label: Label, count: int, *, balance: bool = False) -> dict[str, np.ndarray] | None:
        """What `samples` is asked for `count` images of a label; None for the usual conditions of the recipe.

        Args:
            label: as in `generate`.
            count: int.
            balance: as in `generate`.

        Raises:
            ConfigError: an unknown class, a label for a run that knows none, or `balance` of such a run or beside a
                label.
        """
        if balance:
            if self.labels is None:
                raise ConfigError(f"`--balance` is for conditional runs. Received: {self.folder.path}, whose generator "
                                  "reads no label, so that nothing says what its images will show. Leave it out.")
            if label is not None:
                raise ConfigError(f"`--balance` is for samples of all classes. Received: label={label!r} too. Leave "
                                  "one out.")
            return {"label": self.labels.balanced(count)}
        if label is None:
            return None
        if self.labels is None:
            raise ConfigError(f"`--label` is for conditional runs. Received: {self.folder.path}, whose generator "
                              "reads no label. Leave it out, or train `conditional`.")
        wanted = [label] if isinstance(label, str | int) else label
        return {"label": self.labels.named([str(name) for name in wanted], count)}

    def save(self, path: Path | str, samples: np.ndarray) -> Path:
        """Write images to a file that appears complete or not at all.

        Args:
            path: a picture (.png, .jpg, .webp, .bmp, .gif or .tif), which gets all of them side by side, classes in
                rows; or .npy for the array. Opacity is kept in .png, .webp, .tif and .npy, else laid over white.
            samples: uint8 (n, height, width, channels) of `generate`, or float of `samples`.

        Raises:
            ConfigError: another ending.
        """
        path = check_suffix(Path(path), (*FORMATS, ARRAYS))
        images = np.asarray(samples)
        if images.dtype != np.uint8:
            images = to_uint8(images, self.value_range)
        if path.suffix.lower() == ARRAYS:
            with whole_file(path) as file:
                np.save(file, images)
            return path
        columns = 0 if self.labels is None else self.labels.columns(len(images))
        return save_image_grid(path, images, columns if columns >= NARROW else None, keep_opacity=True)

    def label_names(self, count: int, *, label: Label = None, balance: bool = False) -> tuple[str, ...] | None:
        """The class or the attributes of each image of `generate` with the same arguments; None where there are none.

        Raises:
            ConfigError: an unknown class.
        """
        if self.labels is None:
            return None
        condition = self.condition_of(label, count, balance=balance)
        return self.labels.names_of(self.labels.in_turn(count) if condition is None else condition["label"])

    def save_named(self, path: Path | str, samples: np.ndarray, names: Sequence[str]) -> Path:
        """Write images with their names: a row for each class with its name at the left, or names beneath.

        Args:
            path: as in `save`.
            samples: uint8 (n, height, width, channels) of `generate`.
            names: n, as `label_names` gives them.

        Raises:
            ConfigError: another ending.
        """
        path = check_suffix(Path(path), (*FORMATS, ARRAYS))
        if path.suffix.lower() == ARRAYS:
            return self.save(path, samples)
        rows = rows_of(names)
        if len(rows) == 1:  # all of one class: its name once
            columns = math.isqrt(len(samples) - 1) + 1
            below = [""] * (-(-len(samples) // columns) - 1)
            return save_image_grid(path, samples, columns, captions=[*below, rows[0][0]], keep_opacity=True)
        columns = max(size for _, size in rows)
        if columns < NARROW:
            return save_image_grid(path, samples, labels=names, keep_opacity=True)
        filled = np.full((len(rows), columns, *samples.shape[1:]), 255, np.uint8)  # with background
        filled[..., 3:] = 0  # which is transparent where images have opacity
        ends = np.cumsum([size for _, size in rows])
        for row, (_, size), end in zip(filled, rows, ends, strict=True):
            row[:size] = samples[end - size:end]
        return save_image_grid(path, filled.reshape(-1, *samples.shape[1:]), columns,
                               row_names=[name for name, _ in rows], keep_opacity=True)


def rows_of(names: Sequence[str]) -> list[tuple[str, int]]:
    """(name, how many) of each stretch of equal names: the rows of `ImageRun.save_named`."""
    return [(name, len(list(stretch))) for name, stretch in itertools.groupby(names)]


class LabelledImageRun(ImageRun):
    """A run whose generator makes images of the class, or with the attributes, that one asks for.

    Example:
        >>> cats = gan_vision.open_run("runs/00001-conditional-pets").generate(16, label="cat")
    """

    @property
    def labels(self) -> Labels:
        """What the classes or attributes are called."""
        return Labels(self.config.classes, bool(self.config.attributes))


class ClassRun(ImageRun):
    """A run whose generator may make pictures of the class that one asks for."""

    @property
    def labels(self) -> Labels | None:
        """What the classes are called; None without any."""
        return Labels(self.config.classes) if self.config.conditional and self.config.classes else None
