"""What a run lets you hear and see: the same recordings with the same noise z at every tick."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_audio.data.sources import evenly
from gan_audio.data.writing import write_audio
from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.sound.pictures import spectrogram_picture, waveform_picture
from gan_core.images.sheet import save_picture

LONGEST = 4.0  # seconds of each item
LETTERS = "abcdefgh"


class Listening:
    """A preview of an experiment: recordings enhanced, as sound and pictures, in samples/ and in TensorBoard.

    Before training: noisy-a.wav, clean-a.wav, ...; at every tick step-000001000-a-enhanced.wav, the residual (noisy
    minus enhanced), spectrograms on one scale, and waveforms. Sound is de-emphasised and 32-bit float.

    Args:
        recordings: list of `Recording`; a few are chosen, evenly.
        size: the `NetworkSize` of the generator.
        sample_rate: int, Hz.
        preemphasis: float.
        seed: int, of z.
        count: int, how many items.
    """

    def __init__(self, recordings: list, size, *, sample_rate: int, preemphasis: float, seed: int = 0, count: int = 2):
        longest = round(LONGEST * sample_rate)
        self.items = {letter: (each.clean[:longest], each.noisy[:longest])
                      for letter, each in zip(LETTERS, evenly(recordings, min(count, len(LETTERS))), strict=False)}
        self.size, self.sample_rate = size, sample_rate
        self.options = {"sample_rate": sample_rate, "preemphasis": preemphasis, "seed": seed}

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the items as they are at `step`."""
        enhancer = Enhancer.of(gan.sampler, self.size, **self.options)
        for letter, (clean, noisy) in self.items.items():
            enhanced = enhancer.enhance(noisy, self.sample_rate)
            residual = noisy - enhanced
            if step == 0:
                for name, samples in (("noisy", noisy), ("clean", clean)):
                    self._sound(folder.samples / f"{name}-{letter}.wav", samples)
                    record.audio(step, f"{letter}/{name}", _audible(samples), self.sample_rate)
            for name, samples in (("enhanced", enhanced), ("residual", residual)):
                self._sound(folder.samples / f"step-{step:09d}-{letter}-{name}.wav", samples)
                record.audio(step, f"{letter}/{name}", _audible(samples), self.sample_rate)
            stages = {"noisy": noisy, "enhanced": enhanced, "clean": clean, "noisy - enhanced": residual}
            for name, draw in (("spectrograms", spectrogram_picture), ("waveforms", waveform_picture)):
                picture = draw(stages, self.sample_rate)
                save_picture(folder.samples / f"step-{step:09d}-{letter}-{name}.png", picture)
                record.image(step, f"{letter}/{name}", picture)

    def _sound(self, path, samples: np.ndarray) -> None:
        write_audio(path, samples, self.sample_rate, subtype="FLOAT")


class LearnedScales:
    """A preview of an experiment: ranges of skip scales and PReLU slopes, and the weight of the distance, as scalars.

    Args:
        l1_weight: float, or a function of the step.
    """

    def __init__(self, l1_weight: float | Callable[[int], float]):
        self.l1_weight = l1_weight

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the values at `step`."""
        values = {"l1_weight": float(self.l1_weight(step) if callable(self.l1_weight) else self.l1_weight)}
        for kind in ("skip", "prelu"):
            found = [np.ravel(variable) for layer in gan.generator.layers for variable in layer.variables
                     if (layer.name.startswith("skip") if kind == "skip" else layer.name.endswith("prelu"))]
            if found:
                joined = np.concatenate(found)
                values |= {f"{kind}_scale_smallest": float(joined.min()), f"{kind}_scale_largest": float(joined.max())}
        record.write(step, values)


def _audible(samples: np.ndarray) -> np.ndarray:
    # TensorBoard writes 16-bit sound and would wrap around beyond full scale; the files keep the true values.
    return np.clip(samples, -1.0, 1.0).astype(np.float32)
