"""A trained run of a growing GAN: pictures of its newest level, or of one that it finished before."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.images.sheet import to_uint8
from gan_vision.image_run import BATCH, ClassRun, Label, Make


class GrowingRun(ClassRun):
    """A run whose pictures grew from level to level.

    Example:
        >>> run = gan_vision.open_run("runs/00000-progan-emoji")
        >>> run.level, run.generate(16, level=8).shape
        (32, (16, 8, 8, 3))
    """

    @property
    def level(self) -> int:
        """Pixels of each side at the newest checkpoint."""
        return self.gan.generator.current_size

    @property
    def levels(self) -> dict[int, Path | None]:
        """Pixels -> the file of a level's finished generator; None for the newest level, which the checkpoint has."""
        from gan_vision.training.growing import level_file

        sizes = [size for size in self.gan.generator.sizes if size < self.level]
        files = {size: level_file(self.folder.path, size) for size in sizes}
        return {**{size: path for size, path in files.items() if path.is_file()}, self.level: None}

    def generate(self, count: int, *, seed: int = 0, label: Label = None, raw: bool = False, balance: bool = False,
                 level: int | None = None) -> np.ndarray:
        """Images as `ImageRun.generate`, at the size of a finished level if one is given.

        Args:
            count: int >= 1.
            seed: of the noise, which is the same at all levels.
            label: as in `ImageRun.generate`.
            raw: whether to use the trained generator instead of its average.
            balance: as in `ImageRun.generate`.
            level: pixels of each side; the newest level by default.

        Raises:
            ConfigError: as `ImageRun.generate`; a level that the run has not reached, or `raw` of an earlier one.
        """
        file = self._file_of(level, raw)
        if file is None:
            return super().generate(count, seed=seed, label=label, raw=raw, balance=balance)
        inputs, make = self.inputs(count, seed=seed, label=label, balance=balance), self._earlier(file)
        return np.concatenate([make({name: values[start:start + BATCH] for name, values in inputs.items()})
                               for start in range(0, count, BATCH)])

    def generate_batches(self, count: int, *, seed: int = 0, label: Label = None, raw: bool = False,
                         level: int | None = None) -> Iterator[np.ndarray]:
        """Images as `ImageRun.generate_batches`, at the size of a finished level if one is given.

        Args:
            count: int >= 1.
            seed: of the noise, which is the same at all levels.
            label: as in `ImageRun.generate`.
            raw: as in `generate`.
            level: as in `generate`.

        Raises:
            ConfigError: as `generate`.
        """
        file = self._file_of(level, raw)
        make = functools.partial(self.images_of, raw=raw) if file is None else self._earlier(file)
        return self._in_batches(count, seed, self._conditions_by_number(count, label), make)

    def _file_of(self, level: int | None, raw: bool) -> Path | None:
        """The file of a level's generator; None for the newest level."""
        if level is None:
            return None
        if level not in self.levels:
            raise ConfigError(f"`level` must be one that the run has trained. Received: level={level}. Trained: "
                              f"{', '.join(map(str, self.levels))} pixels. Train on with `resume` for larger ones.")
        file = self.levels[level]
        if file is not None and raw:
            raise ConfigError("of earlier levels only the averaged generator is kept. Received: raw=True, "
                              f"level={level}. Leave one of them out.")
        return file

    def _earlier(self, file: Path) -> Make:
        """What makes images of inputs with a generator that was kept."""
        from gan_core.game.sampling import TracedNetwork
        from gan_core.model_files import load_network

        forward = TracedNetwork(load_network(file, registered=True))

        def make(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
            return to_uint8(forward(dict(inputs)), self.value_range)

        return make
