"""A trained run of a growing GAN: pictures of its newest level, or of one that it finished before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.images.sheet import to_uint8
from gan_vision.image_run import ClassRun

BATCH = 64


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

    def generate(self, count: int, *, seed: int = 0, label: str | int | Sequence[str | int] | None = None,
                 raw: bool = False, level: int | None = None) -> np.ndarray:
        """Images as `ImageRun.generate`, at the size of a finished level if one is given.

        Args:
            count: int >= 1.
            seed: of the noise, which is the same at all levels.
            label: as in `ImageRun.generate`.
            raw: whether to use the trained generator instead of its average.
            level: pixels of each side; the newest level by default.

        Raises:
            ConfigError: as `ImageRun.generate`; a level that the run has not reached, or `raw` of an earlier one.
        """
        if level is None:
            return super().generate(count, seed=seed, label=label, raw=raw)
        if level not in self.levels:
            raise ConfigError(f"`level` must be one that the run has trained. Received: level={level}. Trained: "
                              f"{', '.join(map(str, self.levels))} pixels. Train on with `resume` for larger ones.")
        file = self.levels[level]
        if file is None:
            return super().generate(count, seed=seed, label=label, raw=raw)
        if raw:
            raise ConfigError("of earlier levels only the averaged generator is kept. Received: raw=True, "
                              f"level={level}. Leave one of them out.")
        return to_uint8(self._earlier(file, count, seed, self.condition_of(label, count)), self.value_range)

    def _earlier(self, file: Path, count: int, seed: int, condition: Mapping[str, np.ndarray] | None) -> np.ndarray:
        """Samples of a generator that was kept."""
        from gan_core.game.sampling import TracedNetwork
        from gan_core.model_files import load_network

        forward = TracedNetwork(load_network(file, registered=True))
        if condition is None and self.experiment.condition is not None:
            condition = self.experiment.condition(count)
        inputs = {"latent": self.gan.fixed_latent(count, seed), **(condition or {})}
        return np.concatenate([forward({name: values[start:start + BATCH] for name, values in inputs.items()})
                               for start in range(0, count, BATCH)])
