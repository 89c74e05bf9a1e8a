"""What the generator's probabilities and tokens say about itself: sharpness and unknown tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.metrics.ngrams import Sentence


def sharpness(probabilities: np.ndarray) -> dict[str, float]:
    """How close a generator's distributions are to one-hot.

    Args:
        probabilities: float (count, length, vocabulary), each position sums to 1.

    Returns:
        "max_probability": the mean over positions of the largest probability, 1/vocabulary..1; it starts near
        1/vocabulary and rises above 0.9 in a working run. "entropy": mean entropy in bits, 0..log2(vocabulary).
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 3 or not probabilities.size:
        raise TextConfigError("`probabilities` must have the shape (count, length, vocabulary). "
                              f"Received: shape={probabilities.shape}.")
    bits, count = 0.0, 0
    for block in np.array_split(probabilities, max(1, probabilities.size >> 22)):
        values = np.asarray(block, np.float64)
        bits -= float((values * np.log2(np.maximum(values, 1e-300))).sum())
        count += values.shape[0] * values.shape[1]
    return {"max_probability": float(probabilities.max(-1).mean(dtype=np.float64)), "entropy": bits / count}


def unk_rate(generated: Sequence[Sentence], *, unknown: str = "<unk>") -> float:
    """The share of generated tokens that are the unknown token; 0..1, NaN without any token."""
    total = sum(map(len, generated))
    return sum(list(sentence).count(unknown) for sentence in generated) / total if total else float("nan")
