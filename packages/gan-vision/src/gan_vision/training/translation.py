"""What goes on while a translation trains: strips of input, output and target, and scores on held-out pairs."""

from __future__ import annotations

import numpy as np

from gan_core.images.sheet import to_uint8
from gan_core.metrics.functional.paired import absolute_error, peak_signal_to_noise, structural_similarity
from gan_vision.data.examples import Examples
from gan_vision.training.matching_samples import matching_samples, reads_real
from gan_vision.training.previews import SampleSheets
from gan_vision.training.validation import KidAgainst

STRIPS = 16  # of a sheet
COUNT = 200  # held-out pairs of a score


def size_of(gan) -> tuple[int, int]:
    """(height, width) of what the generator reads now: it grows from phase to phase of pix2pixHD."""
    source = next(tensor for tensor in gan.generator.inputs if tensor.name == "source")
    return tuple(source.shape[1:3])


def at_size(examples: Examples, size: tuple[int, int]) -> Examples:
    """The examples with maps of that size."""
    return examples if examples.image_shape[:2] == size else examples.resized(size)


class TranslationSheets:
    """A preview of an experiment: strips input | output | target, at the size that the generator has by then.

    Args:
        examples: whose first ones are shown: held-out ones where there are any.
        value_range: (low, high) of the generator.
    """

    def __init__(self, examples: Examples, value_range: tuple[float, float]):
        self.examples, self.value_range = examples, value_range
        self._sheets: dict[tuple[int, int], SampleSheets] = {}

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the sheet of `step` to the run folder and to TensorBoard."""
        size = size_of(gan)
        if size not in self._sheets:
            self._sheets[size] = SampleSheets(at_size(self.examples, size), self.value_range, STRIPS, target=True)
        self._sheets[size](gan, step, folder, record)


class TranslationScores:
    """A validation of an experiment: L1, PSNR and SSIM of held-out pairs, and KID, at the generator's present size.

    Args:
        held_out: at least two examples.
        value_range: (low, high) of the generator.
        count: at most so many of them.
        seed: int, draws those.
    """

    def __init__(self, held_out: Examples, value_range: tuple[float, float], *, count: int = COUNT, seed: int = 0):
        self.held_out, self.value_range, self.count, self.seed = held_out, value_range, count, seed
        self.content_hash = held_out.content_hash
        self._kid: dict[tuple[int, int], KidAgainst] = {}

    def __call__(self, gan) -> dict[str, float]:
        """{"l1" (a share of the range), "psnr" (dB), "ssim" (from 11 pixels on), "kid"}."""
        size = size_of(gan)
        if size not in self._kid:
            self._kid[size] = KidAgainst(at_size(self.held_out, size), self.value_range, count=self.count,
                                         seed=self.seed)
        kid = self._kid[size]
        fakes = np.concatenate([to_uint8(samples, self.value_range) for samples in matching_samples(
            gan, kid.held_out, kid.rows, self.value_range, real=reads_real(gan))])
        real = np.asarray(kid.held_out.gather(kid.rows, ("real",))["real"])
        scores = {"l1": float(absolute_error(real, fakes).mean()),
                  "psnr": float(np.minimum(peak_signal_to_noise(real, fakes), 100).mean())}
        if min(size) >= 11:
            scores["ssim"] = float(structural_similarity(real, fakes).mean())
        return {**scores, "kid": kid.of(fakes)}
