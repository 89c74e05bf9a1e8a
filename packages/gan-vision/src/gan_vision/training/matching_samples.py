"""Samples for the conditions of given examples, some at a time: a label map as one-hot takes megabytes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_core.game.batch import input_names
from gan_vision.data.examples import Examples

BATCH = 64
_BYTES = 256 << 20  # of conditions that are held at a time


def reads_real(gan) -> bool:
    """Whether an encoder in the generator looks at the picture that it shall make."""
    return "real" in input_names(gan.generator)


def matching_samples(gan, examples: Examples, rows: np.ndarray, value_range: tuple[float, float], *,
                     real: bool = False, raw: bool = False) -> Iterator[np.ndarray]:
    """What the generator makes of the conditions of some examples and of noise that depends on its seed alone.

    Args:
        gan: what samples.
        examples: of which every field but "real" is a condition.
        rows: int (m,), which of them.
        value_range: (low, high) of the generator.
        real: whether the generator reads the real pictures as well, as an encoder of features does.
        raw: whether the trained generator makes them instead of its average.

    Yields:
        float32 (n, ...), batch by batch.
    """
    latent = gan.fixed_latent(len(rows))
    needed = sum(values.nbytes for values in examples.conditions(rows[:1], value_range).values())
    size = int(np.clip(_BYTES // max(needed, 1), 1, BATCH))
    for start in range(0, len(rows), size):
        part = rows[start:start + size]
        yield gan.generate(examples.conditions(part, value_range, real=real), len(part),
                           latent=None if latent is None else latent[start:start + size], raw=raw)
