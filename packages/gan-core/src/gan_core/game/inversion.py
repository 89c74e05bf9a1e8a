"""Can a generator make this picture? The latents whose images come closest, found by gradient descent."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError, DataError, choose
from gan_core.game.batch import call_network
from gan_core.progress import track
from gan_core.random import Stream

# name of the generator's range -> (scale, offset): value * scale + offset lies in [0, 1]
OUTPUT_RANGES = {"signed": (0.5, 0.5), "unit": (1.0, 0.0)}
DRAWN = 1000  # latents whose spread is that of the prior

#: (images (batch, ...) in the generator's range, conditions) -> tensors (batch, ...) to be compared as the pixels are
Features = Callable[[tf.Tensor, Mapping[str, tf.Tensor]], Sequence[tf.Tensor]]


@dataclasses.dataclass(frozen=True)
class SearchSchedule:
    """How a search for latents moves, from its first step to its last.

    Args:
        learning_rate: float > 0, of Adam, once it has risen and before it falls.
        ramp_up: fraction of the steps over which the rate rises from 0, in a line.
        ramp_down: fraction of the steps over which it falls to 0, along half a cosine.
        noise: of what is added to the latent, in standard deviations of the prior, at first; it shakes a search out of
            the valley that it started in.
        noise_until: fraction of the steps after which there is none; it falls as (1 - t / noise_until)².

    Raises:
        ConfigError: a number outside its range.
    """

    learning_rate: float = 0.05
    ramp_up: float = 0.0
    ramp_down: float = 0.0
    noise: float = 0.0
    noise_until: float = 0.75

    def __post_init__(self):
        if not 0 < self.learning_rate < math.inf or not 0 <= self.noise < math.inf or not 0 < self.noise_until <= 1:
            raise ConfigError("`learning_rate` must be positive, `noise` at least 0 and `noise_until` in (0, 1]. "
                              f"Received: learning_rate={self.learning_rate}, noise={self.noise}, "
                              f"noise_until={self.noise_until}.")
        if not (0 <= self.ramp_up <= 1 and 0 <= self.ramp_down <= 1):
            raise ConfigError("`ramp_up` and `ramp_down` must be fractions of the steps. "
                              f"Received: ramp_up={self.ramp_up}, ramp_down={self.ramp_down}.")

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0."""
        rise = min(1.0, (step + 1) / max(self.ramp_up * steps, 1e-9))
        left = min(1.0, (steps - step) / max(self.ramp_down * steps, 1e-9))
        return self.learning_rate * rise * (0.5 - 0.5 * math.cos(math.pi * left))

    def noise_at(self, step: int, steps: int) -> float:
        """The noise of a step, in standard deviations of the prior."""
        return self.noise * max(0.0, 1 - step / (self.noise_until * steps)) ** 2


#: For photographs: many steps, noise at first, and an end so slow that the best point is met.
PROJECTION = SearchSchedule(0.1, ramp_up=0.05, ramp_down=0.25, noise=0.05)


@dataclasses.dataclass(frozen=True)
class FoundLatents:
    """The best latents of `find_latents`.

    Attributes:
        latents: float32 (N, *latent.shape).
        distance: float64 (N,), the Euclidean distance of their images from the targets, in pixels of [0, 1].
        loss: float64 (N,), the least of the losses, at `latents`.
        losses: float32 (steps + 1, N), before every step and after the last: the mean squared difference of the pixels,
            and of the features by their weight, of the search that found them.
        restarts: int64 (N,), the number of that search.
    """

    latents: np.ndarray
    distance: np.ndarray
    loss: np.ndarray
    losses: np.ndarray
    restarts: np.ndarray


def invert_latents(generator, targets, *, latent, output_range: str = "signed", steps: int = 200,
                   learning_rate: float = 0.05, restarts: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The latents whose images come closest to the targets: min over z of ‖G(z) - x‖₂ by Adam.

    `find_latents` with the plain schedule, for generators of noise alone.

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
    choose("`output_range`", output_range, OUTPUT_RANGES)
    if steps < 1 or restarts < 1 or not learning_rate > 0:
        raise ConfigError("`steps` and `restarts` must be at least 1 and `learning_rate` positive. Received: "
                          f"steps={steps}, restarts={restarts}, learning_rate={learning_rate}.")
    found = find_latents(generator, targets, latent=latent, output_range=output_range, steps=steps, restarts=restarts,
                         schedule=SearchSchedule(learning_rate), seed=seed)
    return found.distance, found.latents


def find_latents(generator, targets, *, latent, conditions: Mapping[str, np.ndarray] | None = None,
                 output_range: str = "signed", steps: int = 1000, restarts: int = 4,
                 schedule: SearchSchedule = PROJECTION, start: np.ndarray | None = None,
                 features: Features | None = None, feature_weight: float = 0.0, batch_size: int | None = None,
                 seed: int = 0) -> FoundLatents:
    """The latents whose images come closest to the targets, for given conditions, of several searches the best.

    Each search minimises mean (G(z, c) - x)² + feature_weight · mean (F(G(z, c)) - F(x))² over z by Adam, means over
    all numbers of one image, and over the tensors of F. Nothing holds z near the prior: far from it, a generator can
    be made to draw what it never draws.

    Args:
        generator: Keras model with the input "latent" and those of `conditions`; images (batch, H, W[, C]).
        targets: (N, H, W[, C]) in [0, 1].
        latent: a `gan_core.game.latent` distribution, where the searches start.
        conditions: name -> array (N, ...): what else the generator reads, for each target.
        output_range: "signed" if the generator puts out [-1, 1], "unit" for [0, 1].
        steps: int >= 0, of gradient descent; 0 judges the starts.
        restarts: int >= 1, searches per target.
        schedule: of the rate and of the noise.
        start: (N, *latent.shape), where the first search of each target begins; the others are drawn.
        features: what else is compared than pixels.
        feature_weight: float >= 0.
        batch_size: int, searches at a time, which bounds memory; all by default.
        seed: int.

    Raises:
        DataError: the generator's images have another shape than the targets.
        ConfigError: an option outside its range, conditions of another number than the targets, or a generator with
            further inputs.

    Example:
        >>> found = find_latents(generator, photos, latent=Normal(100), conditions={"label": np.array([3, 3])})
    """
    scale, offset = choose("`output_range`", output_range, OUTPUT_RANGES)
    if steps < 0 or restarts < 1 or not feature_weight >= 0 or (batch_size is not None and batch_size < 1):
        raise ConfigError("`steps` and `feature_weight` must be at least 0, `restarts` and `batch_size` at least 1. "
                          f"Received: steps={steps}, feature_weight={feature_weight}, restarts={restarts}, "
                          f"batch_size={batch_size}.")
    targets = np.asarray(targets, np.float32)
    count, total = len(targets), len(targets) * restarts
    given = {name: np.asarray(values) for name, values in (conditions or {}).items()}
    for name, values in given.items():
        if len(values) != count:
            raise ConfigError(f"`conditions` must be as many as the targets. Received: {len(values)} of {name} for "
                              f"{count} targets.")
    starts = np.array(latent.sample(total, Stream(seed, 0, "inversion")))
    if start is not None:
        starts[:count] = np.reshape(start, starts[:count].shape)
    made = call_network(generator, {"latent": tf.constant(starts[:1]), **_rows(given, np.zeros(1, int))}, False)
    if tuple(made.shape[1:]) != targets.shape[1:] and int(np.prod(made.shape[1:])) != targets[0].size:
        raise DataError(f"the generator's images must have the shape of the targets, {targets.shape[1:]}. "
                        f"Received: {tuple(made.shape[1:])}.")
    spread = float(np.std(latent.sample(DRAWN, Stream(seed, 0, "spread")))) if schedule.noise else 0.0

    # Searches do not know of each other, so that they can be made in parts; equal ones need a single graph.
    parts = -(-total // (batch_size or total))
    size = -(-total // parts)
    search = _Search(generator, targets.reshape(count, *made.shape[1:]), given, size, starts.shape[1:], scale, offset,
                     features if feature_weight else None, feature_weight, total, seed)
    losses, latents = np.empty((steps + 1, total), np.float32), np.empty_like(starts)
    least, squares = np.empty(total, np.float32), np.empty(total, np.float32)
    rows_of = [np.arange(part * size, (part + 1) * size) % total for part in range(parts)]
    stages = [(rows, step) for rows in rows_of for step in range(steps + 1)]
    for rows, step in track(stages, "searching latents"):
        if step == 0:
            search.begin(rows, rows % count, starts[rows])
        if step < steps:
            losses[step, rows] = search.step(schedule.rate(step, steps), spread * schedule.noise_at(step, steps), step)
        else:
            losses[step, rows] = search.look()
            latents[rows], least[rows], squares[rows] = search.best()
    winner = least.reshape(restarts, count).argmin(axis=0)
    rows = winner * count + np.arange(count)
    return FoundLatents(latents[rows], np.sqrt(squares[rows]).astype(np.float64),
                        least[rows].astype(np.float64) / targets[0].size, losses[:, rows], winner)


class _Search:
    """So many searches at once, in one graph."""

    def __init__(self, generator, targets: np.ndarray, conditions: Mapping[str, np.ndarray], size: int, shape, scale,
                 offset, features: Features | None, weight: float, total: int, seed: int):
        self.generator, self.features, self.weight = generator, features, weight
        self.scale, self.offset, self.total, self.seed = scale, offset, total, seed
        self.all_targets, self.all_conditions = targets, conditions
        self.position = tf.Variable(tf.zeros((size, *shape)))
        self.where = tf.Variable(tf.zeros((size, *shape)))
        self.least, self.square = (tf.Variable(tf.zeros(size)) for _ in range(2))
        self.wanted = tf.Variable(tf.zeros((size, *targets.shape[1:])))
        self.conditions = {name: tf.Variable(values[:1].repeat(size, axis=0)) for name, values in conditions.items()}
        self.rows = tf.Variable(tf.zeros(size, tf.int32))
        self.optimizer = keras.optimizers.Adam(1.0)
        self.optimizer.build([self.position])
        self.fresh = [variable.numpy() for variable in self.optimizer.variables]
        self._step, self._look = (tf.function(function, jit_compile=False, autograph=False)
                                  for function in (self._descend, self._judge))

    def begin(self, rows: np.ndarray, targets: np.ndarray, starts: np.ndarray) -> None:
        """Other searches: their numbers, the rows of their targets, and where they start."""
        self.rows.assign(rows.astype(np.int32))
        self.wanted.assign(self.all_targets[targets])
        for name, values in self.all_conditions.items():
            self.conditions[name].assign(values[targets])
        self.position.assign(starts)
        self.where.assign(starts)
        for variable in (self.least, self.square):
            variable.assign(tf.fill([len(rows)], np.float32(np.inf)))
        for variable, value in zip(self.optimizer.variables, self.fresh, strict=True):
            variable.assign(value)

    def step(self, rate: float, noise: float, number: int) -> np.ndarray:
        """The losses before one step of gradient descent, float32 (size,)."""
        self.optimizer.learning_rate.assign(rate)
        return np.asarray(self._step(tf.constant(noise, tf.float32), tf.constant(number, tf.int64)))

    def look(self) -> np.ndarray:
        """The losses where the searches stand."""
        return np.asarray(self._look())

    def best(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Latents with the least losses seen, these losses (infinite if none was finite), and squared distances."""
        return np.asarray(self.where), np.asarray(self.least), np.asarray(self.square)

    def _descend(self, noise, number):
        drawn = Stream(self.seed, number, "inversion").normal((self.total, *self.position.shape[1:]), "noise")
        with tf.GradientTape() as tape:
            # Without noise this is the position itself, to the last bit.
            latents = self.position + noise * tf.gather(drawn, self.rows)
            losses, squares = self._losses(latents)
            total = tf.reduce_sum(losses)  # a sum: every search has its own gradient, whatever the number of targets
        self._keep(losses, squares, latents)
        self.optimizer.apply([tape.gradient(total, self.position)], [self.position])
        return losses / self._numbers

    def _judge(self):
        losses, squares = self._losses(self.position)
        self._keep(losses, squares, self.position)
        return losses / self._numbers

    @property
    def _numbers(self) -> int:
        """Pixels of one image, times channels."""
        return int(np.prod(self.wanted.shape[1:]))

    def _losses(self, latents):
        """Both (size,): what is minimised, times the numbers of an image, and the squared distance of the pixels."""
        conditions = {name: tf.convert_to_tensor(values) for name, values in self.conditions.items()}
        images = tf.cast(call_network(self.generator, {"latent": latents, **conditions}, False), tf.float32)
        squares = _summed((images * self.scale + self.offset - self.wanted) ** 2)
        losses = squares
        if self.features is not None:
            wanted = self.features((self.wanted - self.offset) / self.scale, conditions)
            differences = [_mean((made - tf.stop_gradient(aim)) ** 2) for made, aim in zip(
                self.features(images, conditions), wanted, strict=True)]
            losses += self.weight * self._numbers * tf.add_n(differences) / len(differences)
        return losses, squares

    def _keep(self, losses, squares, latents):
        closer = losses < self.least
        self.least.assign(tf.where(closer, losses, self.least))
        self.square.assign(tf.where(closer, squares, self.square))
        self.where.assign(tf.where(tf.reshape(closer, [-1] + [1] * (len(latents.shape) - 1)), latents, self.where))


def _rows(arrays: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, tf.Tensor]:
    return {name: tf.convert_to_tensor(values[rows]) for name, values in arrays.items()}


def _summed(values):
    return tf.reduce_sum(tf.reshape(values, [values.shape[0], -1]), axis=1)


def _mean(values):
    return tf.reduce_mean(tf.reshape(values, [values.shape[0], -1]), axis=1)
