"""How far two histograms are apart."""

from __future__ import annotations

import numpy as np

from gan_core.errors import DataError


def jsd(p, q) -> float:
    """The Jensen-Shannon divergence of two histograms, in nats.

    ½·KL(p‖m) + ½·KL(q‖m) with m = (p + q)/2, after each is divided by its sum. It lies in [0, ln 2]:
    0 for equal histograms, 0.693147 for two that share no bin. (SciPy's `jensenshannon` is its square root.)

    Args:
        p: (bins,) counts or probabilities, non-negative, with a positive sum.
        q: (bins,) likewise, over the same bins.

    Raises:
        DataError: unequal shapes, negative, non-finite or all-zero entries.

    Example:
        >>> round(jsd([.5, .5], [.9, .1]), 6)
        0.101749
    """
    p, q = _distribution("p", p), _distribution("q", q)
    if p.shape != q.shape:
        raise DataError(f"`p` and `q` must count the same bins. Received: {p.size} and {q.size} bins.")
    middle = (p + q) / 2
    return max(0.0, (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2)


def _distribution(name: str, values) -> np.ndarray:
    values = np.asarray(values, np.float64).ravel()
    if not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise DataError(f"`{name}` must hold finite, non-negative counts with a positive sum. Received: "
                        f"sum={values.sum():g}, smallest={values.min() if values.size else 'none'}.")
    return values / values.sum()


def _relative_entropy(p: np.ndarray, q: np.ndarray) -> float:
    inside = p > 0  # 0·log 0 = 0
    return float((p[inside] * np.log(p[inside] / q[inside])).sum())
