"""A trained run of a speech enhancement recipe. Only its generator is built, never its training data read."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.errors import CheckpointError
from gan_audio.models.saved import ModelCard
from gan_core.run.device import tensorflow_for
from gan_core.run.trained_run import TrainedRun

if TYPE_CHECKING:
    import keras


class EnhancementRun(TrainedRun):
    """A run whose generator takes noise from sound.

    Example:
        >>> run = gan_audio.open_run("runs/00000-segan-tiny-synthetic")
        >>> enhanced = run.enhance(noisy, 16_000)
    """

    def enhance(self, signal: np.ndarray, sample_rate: int, *, mode: str = "overlap", seed: int = 0) -> np.ndarray:
        """Enhance a recording with the newest generator; `enhancer` has all options.

        Args:
            signal: float or integer (time,) or (time, channels), at any level.
            sample_rate: int, Hz, of the signal; it need not be the model's.
            mode: "overlap" (no seams), "concat" or "full" (one pass, for short recordings).
            seed: of the generator's noise.

        Returns:
            float32 of the same shape.

        Raises:
            AudioDataError: NaN or infinite samples.
            AudioConfigError: an unknown mode.
        """
        return self._newest.enhance(signal, sample_rate, mode=mode, seed=seed)

    @functools.cached_property
    def _newest(self) -> Enhancer:
        return self.enhancer()

    def enhancer(self, *, step: int | None = None, best: bool = False, **options) -> Enhancer:
        """The enhancer around a generator of this run.

        Args:
            step: int, another checkpoint than the newest.
            best: bool, the generator that scored best in validation instead.
            options: of `Enhancer`: mode, z, seed, channels, batch_size, high_pass, full_limit.

        Raises:
            CheckpointError: there is no such generator.
        """
        generator, card = self.generator(step=step, best=best)
        return Enhancer.of(generator, card.size, sample_rate=card.sample_rate, preemphasis=card.preemphasis, **options)

    def generator(self, *, step: int | None = None, best: bool = False) -> tuple[keras.Model, ModelCard]:
        """A generator of this run (averaged, where the run averages), and what it was made for.

        Args:
            step: int, another checkpoint than the newest.
            best: bool, the one that scored best in validation instead.

        Raises:
            CheckpointError: there is no such generator.
        """
        card = ModelCard(self.config.size(), self.config.sample_rate, self.config.preemphasis, self.recipe.name)
        with tensorflow_for(seed=0):

            from gan_audio.models.segan import generator_of
            from gan_core.model_files import load_network

            if best:
                kept = self.folder.path / "generator-best.keras"
                if not kept.is_file():
                    raise CheckpointError(f"{self.folder.path} holds no best generator: it had no validation yet. "
                                          "Leave `best` out.")
                return load_network(kept), card
            generator = generator_of(card.size, blank=True)
            name = "generator" if self.config.ema is None else "averaged_generator"
            saved = self.read_network(name, generator, step=step)
        return generator, replace(card, step=saved.step)
