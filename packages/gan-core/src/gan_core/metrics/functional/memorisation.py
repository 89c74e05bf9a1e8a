"""Does a generator copy its training set?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gan_core.errors import DataError
from gan_core.forensics.kolmogorov_smirnov import KolmogorovSmirnov, ks_2samp
from gan_core.metrics.functional.binomial import binomial_interval, binomial_p_value
from gan_core.metrics.functional.feature_checks import MetricWarning, check_features, check_pair
from gan_core.metrics.functional.neighbours import nearest_neighbours
from gan_core.metrics.functional.tiles import CHUNK_BYTES


@dataclass(frozen=True)
class Memorisation:
    """Whether fakes lie closer to the training set than to unseen data.

    Attributes:
        share: float in [0, 1], the share of the fakes nearer to a training sample than to any held-out one. ½ without
            memorisation, 1 for a copy.
        interval: (low, high), Clopper-Pearson.
        p_value: float, two-sided exact binomial test of ½.
        ties: int, fakes equally near to both sets; they are left out of the share.
        copies: int, fakes at distance 0 from a training sample.
        distances: `KolmogorovSmirnov` of fake→train against held-out→train nearest distances.
        train_indices: int64 **(fakes,)**, the training sample nearest to each fake, for inspection.
    """

    share: float
    interval: tuple[float, float]
    p_value: float
    ties: int
    copies: int
    distances: KolmogorovSmirnov
    train_indices: np.ndarray


def memorisation(
    fake, train, held_out, *, metric: str = "l2", confidence: float = 0.95, chunk_bytes: float = CHUNK_BYTES
) -> Memorisation:
    """Share q of the fakes whose nearest training sample is nearer than the nearest held-out sample.

    With train and held-out sets of one size from one distribution, q is ½ for a generator that only knows the
    distribution, whatever its quality; a larger q shows copying.

    Args:
        fake: numbers of **shape (n, D)**, pixels or features.
        train: numbers of **shape (m, D)** the generator was trained on.
        held_out: numbers of **shape (m, D)** it has not seen.
        metric: "l2" or "l1".
        confidence: float in (0, 1) of the interval.
        chunk_bytes: number of bytes of working memory.

    Returns:
        `Memorisation`.

    Raises:
        DataError: bad features, unequal dimensions, or train and held-out sets of different size.
        ConfigError: an option out of range.

    Warns:
        MetricWarning: all fakes tie (the share is then ½ with the interval [0, 1]); training samples that are also
            in the held-out set.

    Example:
        >>> import numpy as np
        >>> x = np.random.default_rng(0).normal(size=(60, 4))
        >>> memorisation(fake=x[:30], train=x[:30], held_out=x[30:]).share
        1.0
    """
    fake, train = check_pair("fake", fake, "train", train)
    _, held_out = check_pair("train", train, "held_out", check_features("held_out", held_out))
    if len(train) != len(held_out):
        raise DataError(
            "`train` and `held_out` must be equally large, else the nearer set is the larger one. "
            f"Received: {len(train)} and {len(held_out)} samples. "
            f"Draw {min(len(train), len(held_out))} of the larger at random."
        )
    options = {"metric": metric, "chunk_bytes": chunk_bytes}
    to_train, train_indices = (x[:, 0] for x in nearest_neighbours(fake, train, **options))
    to_held_out = nearest_neighbours(fake, held_out, **options).distances[:, 0]
    between = nearest_neighbours(held_out, train, **options).distances[:, 0]
    if shared := int((between == 0).sum()):
        warnings.warn(
            f"{shared} of {len(held_out)} held-out samples are also in the training set: the share is drawn towards ½",
            MetricWarning,
            stacklevel=2,
        )
    ties = int((to_train == to_held_out).sum())
    trials, nearer = len(fake) - ties, int((to_train < to_held_out).sum())
    if trials == 0:
        warnings.warn(
            "every fake is equally near to train and held-out samples: nothing can be said about memorisation",
            MetricWarning,
            stacklevel=2,
        )
    return Memorisation(
        share=nearer / trials if trials else 0.5,
        interval=binomial_interval(nearer, trials, confidence=confidence) if trials else (0.0, 1.0),
        p_value=binomial_p_value(nearer, trials) if trials else 1.0,
        ties=ties,
        copies=int((to_train == 0).sum()),
        distances=ks_2samp(to_train, between),
        train_indices=train_indices,
    )
