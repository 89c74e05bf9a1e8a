"""Can a generator make this picture? The latents whose images come closest, found by gradient descent."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError, DataError, choose
from gan_core.game.batch import call_network
from gan_core.random import Stream

# name of the generator's range -> (scale, offset): value * scale + offset lies in [0, 1]
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
        >>> distance, z = invert_latents(generator, photos, latent=Normal(8))
    """
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
