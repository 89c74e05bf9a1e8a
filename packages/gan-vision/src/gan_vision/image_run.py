"""A trained run of an image recipe: pictures from noise. Imports no TensorFlow until networks are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    def generate(self, count: int, *, seed: int = 0, label: str | int | Sequence[str | int] | None = None,
                 raw: bool = False) -> np.ndarray:
        """Images.

        Args:
            count: int >= 1.
            seed: of the noise; the same seed gives the same images.
            label: for conditional runs: the class of all images by name or number, or all attributes they shall have;
                by default the classes in turn.
            raw: whether to use the trained generator instead of its average.

        Returns:
            uint8 (count, height, width, channels), 0 black to 255 white; `samples` gives the generator's own floats.

        Raises:
            ConfigError: `count` below 1, an unknown class, or a label for a run that knows none.
        """
        return to_uint8(self.samples(count, seed=seed, raw=raw, condition=self.condition_of(label, count)),
                        self.value_range)

    def inputs(self, count: int, *, seed: int = 0, label: str | int | Sequence[str | int] | None = None,
               **asked) -> dict[str, np.ndarray]:
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

    def condition_of(self, label: str | int | Sequence[str | int] | None, count: int) -> dict[str, np.ndarray] | None:
        """What `samples` is asked for `count` images of a label; None for the usual conditions of the recipe.

        Raises:
            ConfigError: an unknown class, or a label for a run that knows none.
        """
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
                rows; or .npy for the array.
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
        return save_image_grid(path, images, columns if columns >= NARROW else None)


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
