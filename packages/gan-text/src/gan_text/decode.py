"""From the generator's probabilities to ids, and between latents: sampling, temperature, truncation, interpolation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_text.errors import TextConfigError, VocabularyError

METHODS = ("argmax", "multinomial")
_POSITIONS_AT_ONCE = 1 << 22  # float64 values of one block: 32 MB


def choose_ids(probabilities: np.ndarray, method: str = "argmax", *, temperature: float = 1.0, top_k: int | None = None,
               ban: Sequence[int] = (), seed: int = 0) -> np.ndarray:
    """One id per position.

    Positions are independent given the latent: "multinomial" draws each separately, which breaks the agreement between
    neighbours; "argmax" is what papers report.

    Args:
        probabilities: float (count, length, vocabulary), each position sums to 1.
        method: "argmax" or "multinomial".
        temperature: float > 0; draws from softmax(log p / temperature), towards argmax for small values.
        top_k: int >= 1, draw among the k most probable ids only.
        ban: ids that are never chosen; the rest is renormalised.
        seed: int; the same seed gives the same ids.

    Returns:
        int32 (count, length).

    Raises:
        TextConfigError: an option outside its range, or nothing left to choose (a `ValueError`).

    Example:
        >>> choose_ids(np.array([[[0.1, 0.9], [0.6, 0.4]]]))
        array([[1, 0]], dtype=int32)
    """
    probabilities = np.asarray(probabilities)
    _check(probabilities, method, temperature, top_k, ban)
    count, length, vocabulary = probabilities.shape
    generator = np.random.default_rng(seed)
    draws = generator.random((count, length, 1)) if method == "multinomial" else None
    ids = np.empty((count, length), np.int32)
    block = max(1, _POSITIONS_AT_ONCE // max(length * vocabulary, 1))
    for start in range(0, count, block):
        chosen = slice(start, start + block)
        values = probabilities[chosen]
        if len(ban):
            values = values.copy()
            values[..., list(ban)] = -1.0  # below every probability: not even a row of zeros can choose it
        if draws is None:
            ids[chosen] = values.argmax(-1)
        else:
            ids[chosen] = _draw(np.maximum(values, 0).astype(np.float64), draws[chosen], temperature, top_k, list(ban))
    return ids


def _draw(values: np.ndarray, draws: np.ndarray, temperature: float, top_k: int | None, ban: list[int]) -> np.ndarray:
    """Inverse of the cumulative distribution at the given uniform draws."""
    with np.errstate(divide="ignore"):
        logits = np.log(np.maximum(values, 1e-300)) / temperature
    logits[values == 0] = -np.inf
    if top_k is not None and top_k < values.shape[-1]:
        least = np.partition(values, -top_k, axis=-1)[..., -top_k, None]
        logits[values < least] = -np.inf
    empty = ~np.isfinite(logits).any(-1)
    logits[empty] = 0.0  # every id that is not banned had probability zero: draw among those uniformly
    logits[..., ban] = -np.inf
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    ends = np.cumsum(weights, -1)
    return (draws * ends[..., -1:] >= ends).sum(-1)


def _check(probabilities, method, temperature, top_k, ban) -> None:
    if probabilities.ndim != 3:
        raise TextConfigError("`probabilities` must have the shape (count, length, vocabulary). "
                              f"Received: shape={probabilities.shape}.")
    vocabulary = probabilities.shape[-1]
    if method not in METHODS:
        raise TextConfigError(f"`method` must be one of {', '.join(METHODS)}. Received: method={method!r}.")
    if not temperature > 0 or temperature == float("inf"):
        raise TextConfigError(f"`temperature` must be above 0 and finite. Received: temperature={temperature}. "
                              "Use method='argmax' for the limit of 0.")
    if top_k is not None and top_k < 1:
        raise TextConfigError(f"`top_k` must be at least 1. Received: top_k={top_k}.")
    wrong = [number for number in ban if not 0 <= number < vocabulary]
    if wrong:
        raise TextConfigError(f"`ban` holds ids of 0..{vocabulary - 1}. Received: {wrong[0]}.")
    if len(set(ban)) >= vocabulary:
        raise TextConfigError(f"`ban` leaves no id to choose. Received: {len(set(ban))} of {vocabulary} ids.")


def banned_ids(vocabulary, names: Sequence[str]) -> list[int]:
    """Ids of special names ("unk", "pad") or of tokens, for `choose_ids(ban=)`.

    Raises:
        VocabularyError: a name is neither.
    """
    ids = []
    for name in names:
        special = vocabulary.special(name)
        ids.append(special if special is not None else _token_id(vocabulary, name))
    return ids


def _token_id(vocabulary, name: str) -> int:
    if name not in vocabulary.tokens:
        raise VocabularyError(f"`ban` names {name!r}, which is not in the vocabulary. "
                              f"Special names: {', '.join(vocabulary.specials)}; or give a token.")
    return vocabulary.tokens.index(name)


def interpolate(start: np.ndarray, stop: np.ndarray, steps: int = 8, *, spherical: bool = True) -> np.ndarray:
    """Latents on the way from one to another.

    Spherical: sin((1-t) w) / sin w * z0 + sin(t w) / sin w * z1, w the angle between them (White 2016); it keeps the
    norm that a normal latent of many dimensions has, while the straight line passes through improbable short ones.

    Args:
        start: float (dimension,), a draw of N(0, I).
        stop: float (dimension,), another.
        steps: int >= 2, ends included.
        spherical: bool.

    Returns:
        float32 (steps, dimension).
    """
    first, last = np.asarray(start, np.float64), np.asarray(stop, np.float64)
    if first.ndim != 1 or first.shape != last.shape:
        raise TextConfigError(f"`start` and `stop` must be two vectors of one size. Received: {first.shape} and "
                              f"{last.shape}.")
    if steps < 2:
        raise TextConfigError(f"`steps` must be at least 2. Received: steps={steps}.")
    t = np.linspace(0, 1, steps)[:, None]
    norms = np.linalg.norm(first) * np.linalg.norm(last)
    cosine = np.clip(first @ last / norms, -1, 1) if norms else 1.0
    angle = np.arccos(cosine)
    if not spherical or np.sin(angle) < 1e-6:  # parallel or opposite: no unique great circle
        return ((1 - t) * first + t * last).astype(np.float32)
    return ((np.sin((1 - t) * angle) * first + np.sin(t * angle) * last) / np.sin(angle)).astype(np.float32)
