"""A trained run of a recipe that translates pictures. Imports no TensorFlow until networks are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gan_core.errors import ConfigError
from gan_core.images.sheet import to_uint8
from gan_vision.image_run import ImageRun

if TYPE_CHECKING:
    from gan_vision.translation.translator import Translator


class TranslationRun(ImageRun):
    """A run whose generator makes pictures from pictures.

    Example:
        >>> translate = gan_vision.open_run("runs/00000-pix2pix-facades").translator()
        >>> picture = translate("drawing.png")      # uint8 (height, width, 3), the size of the drawing
    """

    NEXT_COMMAND: ClassVar[str | None] = "translate {run} IN OUT"

    @property
    def kind(self) -> str | None:
        """Of made sources: "edges", "small", ...; None where the run was trained on pairs or maps."""
        from gan_vision.data.made_pairs import KINDS

        scheme = self.config.data.partition(":")[0]
        return scheme if scheme in KINDS else None

    def translator(self, *, native: bool = False, noise: bool | None = None, raw: bool = False) -> Translator:
        """What translates pictures of any size.

        Args:
            native: whether pictures keep their size instead of being fitted as in training.
            noise: whether dropout draws; by default as the run was told.
            raw: whether to use the trained generator instead of its average.

        Raises:
            CheckpointError: the checkpoint does not fit the networks of the config.
        """
        import dataclasses

        from gan_vision.models.pix2pix_hd import painter_of
        from gan_vision.translation.translator import Translator

        gan = self.gan
        network = gan.generator if raw else gan.sampler
        sampling = gan.sampling if noise is None else dataclasses.replace(gan.sampling, dropout=noise)
        examples, _ = self.placeholder()
        conditions = {name: kind for name, kind in examples.fields.items() if name != "real"}
        return Translator(sampling.applied(painter_of(network)), conditions=conditions, fit=self.config.fit,
                          native=native, kind=self.kind, factor=int(self.config.factor), styles=self.styles())

    def styles(self) -> Any:
        """The styles of objects in RUN/styles.json, found in the training pictures; None without an encoder."""
        if not getattr(self.config, "features", 0):
            return None
        from gan_vision.translation.styles import FILE, Styles

        path = self.folder.path / FILE
        if not path.is_file():
            raise ConfigError(f"{self.folder.path} has an encoder of features, and no styles yet. Expected: {path}. "
                              "Find them in the training pictures: gan-vision styles RUN.")
        return Styles.read(path)

    def generate(self, count: int, *, seed: int = 0, label=None, raw: bool = False) -> np.ndarray:
        """Translations of the run's own held-out pictures, of a run that was opened with its data.

        Args:
            count: int >= 1; beyond the held-out ones they begin again.
            seed: of the noise.
            label: not for translations.
            raw: whether to use the trained generator instead of its average.

        Returns:
            uint8 (count, height, width, channels).

        Raises:
            ConfigError: the run was opened without its data: `translator` takes pictures of one's own.
        """
        if label is not None or not (self.reads_data or "data" in self.__dict__):
            raise ConfigError("a translation makes pictures from pictures. Received: a number of samples. Use "
                              f"`gan-vision translate {self.folder.path} IN OUT`, or `run.translator()` in Python.")
        return to_uint8(self.samples(count, seed=seed, raw=raw), self.value_range)
