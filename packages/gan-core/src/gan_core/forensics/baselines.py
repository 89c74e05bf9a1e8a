"""Fakes that need no generator: what the statistics must be able to tell apart, at the least."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError, DataError


def bernoulli_like(reference, *, seed: int = 0) -> np.ndarray:
    """Independent coin flips with the mean of a data set: pixels 1 with probability p = mean(reference), else 0.

    Args:
        reference: any shape, values in [0, 1].
        seed: int, equal seeds give equal flips.

    Returns:
        float64, the shape of `reference`, values 0 and 1.

    Raises:
        DataError: empty, or values outside [0, 1].

    Example:
        >>> bernoulli_like(np.full((2, 2), 1.0))
        array([[1., 1.],
               [1., 1.]])
    """
    reference = np.asarray(reference, np.float64)
    if not reference.size or not (reference.min() >= 0 and reference.max() <= 1):  # "not ... and" also catches NaN
        found = f"{reference.min():g}..{reference.max():g}" if reference.size else "nothing"
        raise DataError(f"`reference` must hold pixels in [0, 1]. Received: {found}. Divide bytes by 255, "
                        "or map [-1, 1] with (x + 1) / 2.")
    return (np.random.default_rng(seed).random(reference.shape) < reference.mean()).astype(np.float64)


def fgsm(model, x, y, *, eps: float = 0.1, clip: tuple[float, float] | None = (0.0, 1.0),
         batch_size: int = 256) -> np.ndarray:
    """Adversarial examples by the fast gradient sign method: x + ε·sign(∇_x CE(model(x), y)).

    Goodfellow, Shlens and Szegedy, 'Explaining and harnessing adversarial examples' (1412.6572). For a linear
    softmax p = softmax(W·x + b) it is x + ε·sign(Wᵀ(p - y)).

    Args:
        model: Keras classifier from (batch, ...) to (batch, classes): logits, or probabilities (recognised by
            rows that are non-negative and sum to 1).
        x: (n, ...), inputs as the model expects them.
        y: (n,) class numbers, or (n, classes) probabilities.
        eps: float >= 0, size of the step, in units of the pixels.
        clip: (low, high) the pictures are clipped to afterwards; None leaves them outside it (Valle 2019).
        batch_size: int, pictures per gradient.

    Returns:
        float32 (n, ...).

    Raises:
        DataError: `x` and `y` of unequal length, or labels that are not classes of the model.
        ConfigError: `eps` negative, or `clip` not increasing.

    Example:
        >>> fooled = fgsm(classifier, images, labels, eps=0.1)
    """
    import keras
    import tensorflow as tf

    x, y = np.asarray(x, np.float32), np.asarray(y)
    if len(x) != len(y) or not len(x):
        raise DataError(f"`x` and `y` must have equal length, at least 1. Received: {len(x)} and {len(y)}.")
    if not eps >= 0:
        raise ConfigError(f"`eps` must not be negative. Received: eps={eps}.")
    if clip is not None and not clip[0] < clip[1]:
        raise ConfigError(f"`clip` must be (low, high) with low < high, or None. Received: clip={clip}.")
    steps = []
    for start in range(0, len(x), batch_size):
        picture = tf.constant(x[start:start + batch_size])
        with tf.GradientTape() as tape:
            tape.watch(picture)
            answer = tf.cast(model(picture, training=False), tf.float32)
            target = tf.constant(_one_hot(y[start:start + batch_size], answer.shape[-1]))
            rows = answer.numpy()
            probabilities = bool((rows >= 0).all() and np.allclose(rows.sum(axis=-1), 1, atol=1e-4))
            loss = tf.reduce_sum(keras.losses.categorical_crossentropy(target, answer, from_logits=not probabilities))
        steps.append(np.sign(tape.gradient(loss, picture).numpy()))
    moved = x + np.float32(eps) * np.concatenate(steps)
    return moved if clip is None else np.clip(moved, *clip)


def _one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == classes:
        return labels.astype(np.float32)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"`y` must hold class numbers 0..{classes - 1} of shape (n,), or probabilities of shape "
                        f"(n, {classes}). Received: dtype={labels.dtype}, shape={labels.shape}, "
                        f"values {labels.min()}..{labels.max()}.")
    return np.eye(classes, dtype=np.float32)[labels]
