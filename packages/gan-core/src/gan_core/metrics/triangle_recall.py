"""Recall on the triangles: can the generator reach unseen ones? Searched by gradient descent on its latents."""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.triangles import Triangles, TriangleScores, triangle_precision

OUTPUT_RANGES = {"signed": (0.5, 0.5), "unit": (1.0, 0.0)}


def invert_latents(generator, targets, *, latent, output_range: str = "signed", steps: int = 200,
                   learning_rate: float = 0.05, restarts: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The latents whose images come closest to the targets: min over z of ‖G(z) - x‖₂ by Adam.

    Args:
        generator: Keras model whose only input is the latent; images (batch, H, W[, 1]).
        targets: (N, H, W[, 1]) in [0, 1].
        latent: a `gan_core.game.latent` distribution, where the searches start.
        output_range: "signed" if the generator puts out [-1, 1], "unit" for [0, 1].
        steps: int >= 1, of gradient descent.
        learning_rate: float > 0, of Adam.
        restarts: int >= 1, searches per target; the best counts.
        seed: int.

    Returns:
        distance: float64 (N,), the smallest seen for each target, in pixels of [0, 1].
        latents: float32 (N, *latent.shape), where it was seen.

    Raises:
        DataError: the generator's images have another shape than the targets.
        ConfigError: an option outside its range, or a generator with further inputs.

    Example:
        >>> distance, z = invert_latents(generator, Triangles().sample(16), latent=Normal(8))
    """
    import keras
    import tensorflow as tf

    from gan_core.errors import choose
    from gan_core.game.batch import call_network
    from gan_core.random import Stream

    scale, offset = choose("`output_range`", output_range, OUTPUT_RANGES)
    if steps < 1 or restarts < 1 or not learning_rate > 0:
        raise ConfigError("`steps` and `restarts` must be at least 1 and `learning_rate` positive. Received: "
                          f"steps={steps}, restarts={restarts}, learning_rate={learning_rate}.")
    targets = np.asarray(targets, np.float32)
    count = len(targets)
    wanted = tf.constant(np.tile(targets.reshape(count, -1), (restarts, 1)))
    start = latent.sample(count * restarts, Stream(seed, 0, "inversion"))
    made = call_network(generator, {"latent": start[:1]}, False).shape[1:]
    if int(np.prod(made)) != wanted.shape[1]:
        raise DataError(f"the generator's images must have the shape of the targets, {targets.shape[1:]}. "
                        f"Received: {tuple(made)}.")
    position = tf.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build([position])
    best = tf.Variable(tf.fill([count * restarts], np.float32(np.inf)))
    where = tf.Variable(start)

    def squared_distances():
        images = tf.cast(call_network(generator, {"latent": position}, False), tf.float32) * scale + offset
        return tf.reduce_sum((tf.reshape(images, [count * restarts, -1]) - wanted) ** 2, axis=1)

    def keep(distances):
        closer = distances < best
        best.assign(tf.where(closer, distances, best))
        where.assign(tf.where(tf.reshape(closer, [-1] + [1] * (len(position.shape) - 1)), position, where))

    @tf.function(jit_compile=False)
    def step():
        with tf.GradientTape() as tape:
            distances = squared_distances()
            total = tf.reduce_sum(distances)  # a sum: every search has its own gradient, whatever the number of targets
        keep(distances)
        optimizer.apply([tape.gradient(total, position)], [position])

    for _ in range(steps):
        step()
    keep(squared_distances())
    distances = best.numpy().reshape(restarts, count)
    winner = distances.argmin(axis=0)
    latents = where.numpy().reshape(restarts, count, *where.shape[1:])[winner, np.arange(count)]
    return np.sqrt(distances.min(axis=0)).astype(np.float64), latents


def evaluate_triangles(generator, *, latent, triangles: Triangles | None = None, threshold: float = 0.75,
                       fakes: int = 1000, targets: int = 100, output_range: str = "signed", seed: int = 0,
                       **search) -> TriangleScores:
    """Precision of generated triangles and recall of unseen ones (1711.10337).

    Args:
        generator: Keras model whose only input is the latent; images (batch, size, size[, 1]).
        latent: a `gan_core.game.latent` distribution.
        triangles: the manifold the generator was trained on; None is `Triangles()`.
        threshold: float > 0, distance in L2 over pixels of [0, 1] that counts as reached.
        fakes: int >= 1, generated images to judge.
        targets: int >= 1, fresh triangles to search for. Train on other seeds than 2³¹ - 1 - seed.
        output_range: "signed" for [-1, 1], "unit" for [0, 1].
        seed: int.
        **search: steps, learning_rate, restarts of `invert_latents`.

    Raises:
        ConfigError: an option outside its range.
        DataError: images of another shape than the triangles.

    Example:
        >>> evaluate_triangles(generator, latent=Normal(8), fakes=200, targets=20).f1
        0.9
    """
    from gan_core.errors import choose
    from gan_core.game.batch import call_network
    from gan_core.random import Stream

    if fakes < 1 or targets < 1:
        raise ConfigError(f"`fakes` and `targets` must be at least 1. Received: fakes={fakes}, targets={targets}.")
    scale, offset = choose("`output_range`", output_range, OUTPUT_RANGES)
    triangles = triangles or Triangles()
    images = [np.asarray(call_network(generator, {"latent": latent.sample(min(256, fakes - start),
                                                                         Stream(seed, start, "triangles"))}, False))
              for start in range(0, fakes, 256)]
    precision = triangle_precision(np.concatenate(images) * scale + offset, triangles=triangles, threshold=threshold)
    unseen = triangles.sample(targets, seed=2**31 - 1 - seed)
    reached, _ = invert_latents(generator, unseen, latent=latent, output_range=output_range, seed=seed, **search)
    recall = float((reached < threshold).mean())
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return TriangleScores(precision, recall, f1, threshold, fakes, targets)
