"""Grey triangles: a toy manifold on which the precision and recall of a generator can be measured directly.

After the convex polygons of Lucic et al., 'Are GANs Created Equal? A Large-Scale Study' (arXiv:1711.10337). Every image
is one equilateral triangle of random place, size, rotation and grey. The distance of any image to the manifold is found
by fitting those five numbers, so precision needs no feature extractor; recall asks whether the generator can reach
unseen triangles, by `gan_core.invert_latents`.

Run it, in less than a minute on two cores:

    python docs/examples/triangles.py                       # trains a small GAN, prints precision, recall and F1
    python docs/examples/triangles.py 10000                 # so many steps, for better ones
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from gan_core.errors import ConfigError, DataError, choose

PERIOD = 2 * np.pi / 3  # an equilateral triangle turned by 120° is itself
_AREA = 3 * np.sqrt(3) / 4  # of the triangle with circumradius 1
_SOFTENING = 0.5  # pixels: half the width of an anti-aliased edge


class Triangles:
    """The manifold of equilateral triangles on black.

    Args:
        size: int >= 12, height and width in pixels.
        radius: (least, most) circumradius in pixels, 2 <= least < most <= size/2 - 1.
        grey: (least, most) brightness, 0 < least < most <= 1.

    A triangle is (row, column, radius, rotation, grey): its centre in pixels (0 is the centre of the first pixel), its
    circumradius in pixels, the angle of a corner in [0, 2π/3), its brightness. All of it lies inside the image.

    Raises:
        ConfigError: `size`, `radius` or `grey` outside these limits.

    Example:
        >>> triangles = Triangles()
        >>> images = triangles.sample(100, seed=1)
        >>> float(triangles.distance(images)[0].max()) < 1e-3
        True
    """

    def __init__(self, size: int = 28, *, radius: tuple[float, float] = (5.0, 10.0),
                 grey: tuple[float, float] = (0.25, 1.0)):
        if size < 12:
            raise ConfigError(f"`size` must be at least 12 pixels. Received: size={size}.")
        if not 2 <= radius[0] < radius[1] <= size / 2 - 1:
            raise ConfigError(f"`radius` must be (least, most) with 2 <= least < most <= {size / 2 - 1:g} (half the "
                              f"size less 1). Received: radius={radius}.")
        if not 0 < grey[0] < grey[1] <= 1:
            raise ConfigError(f"`grey` must be (least, most) with 0 < least < most <= 1. Received: grey={grey}.")
        self.size, self.radius, self.grey = size, radius, grey

    def parameters(self, count: int, *, seed: int = 0) -> np.ndarray:
        """float64 (count, 5): random triangles; place uniform where the circumcircle fits into the image."""
        if count < 1:
            raise ConfigError(f"`count` must be at least 1. Received: count={count}.")
        random = np.random.default_rng(seed)
        radius = random.uniform(*self.radius, size=count)
        row, column = random.uniform(radius, self.size - 1 - radius, size=(2, count))
        rotation, grey = random.uniform(0, PERIOD, count), random.uniform(*self.grey, count)
        return np.stack([row, column, radius, rotation, grey], axis=1)

    def sample(self, count: int, *, seed: int = 0) -> np.ndarray:
        """float64 (count, size, size, 1) in [0, 1]: rendered random triangles."""
        return self.render(self.parameters(count, seed=seed))

    def render(self, parameters) -> np.ndarray:
        """Draw triangles, anti-aliased.

        A pixel's brightness is grey times the product, over the three sides, of clip(½ + d, 0, 1), where d is the
        distance of the pixel's centre from the side in pixels, positive inside.

        Args:
            parameters: (N, 5), see the class.

        Returns:
            float64 (N, size, size, 1) in [0, 1].

        Raises:
            DataError: `parameters` of another shape.
        """
        parameters = np.asarray(parameters, np.float64)
        if parameters.ndim != 2 or parameters.shape[1] != 5:
            raise DataError("`parameters` must have shape (N, 5): row, column, radius, rotation, grey. "
                            f"Received: shape={parameters.shape}.")
        return (parameters[:, 4, None, None] * self._coverage(parameters))[..., None]

    def distance(self, images, *, iterations: int = 25) -> tuple[np.ndarray, np.ndarray]:
        """How far images are from the manifold, and the triangles next to them.

        min over triangles t of ‖x - render(t)‖₂, by Levenberg-Marquardt from a start computed from the image's moments
        (and from three further rotations, which only matter for images that are no triangles). As every local
        search it gives an upper bound.

        Args:
            images: (N, size, size) or (N, size, size, 1), in [0, 1].
            iterations: int >= 1, steps of the fit.

        Returns:
            distance: float64 (N,), root of the summed squared differences, 0 for a triangle.
            parameters: float64 (N, 5), the fitted triangles.

        Raises:
            DataError: another shape, or values that are not finite.
        """
        images = self._checked(images)
        distances, fitted = [], []
        for start in range(0, len(images), 128):
            block = images[start:start + 128]
            guess = self._from_moments(block)
            error, parameters = self._fit(block, guess, iterations)
            for turn in (0.25, 0.5, 0.75):
                unsolved = np.flatnonzero(error > 1e-9)  # a triangle is found at the first try
                if len(unsolved):
                    again, turned = self._fit(block[unsolved], guess[unsolved] + [0, 0, 0, turn * PERIOD, 0],
                                              iterations)
                    better = again < error[unsolved]
                    error[unsolved[better]], parameters[unsolved[better]] = again[better], turned[better]
            distances.append(np.sqrt(error))
            fitted.append(parameters)
        fitted = np.concatenate(fitted)
        fitted[:, 3] %= PERIOD
        return np.concatenate(distances), fitted

    def _checked(self, images) -> np.ndarray:
        images = np.asarray(images, np.float64)
        if images.ndim == 4 and images.shape[-1] == 1:
            images = images[..., 0]
        if images.ndim != 3 or images.shape[1:] != (self.size, self.size) or not len(images):
            raise DataError(f"`images` must have shape (N, {self.size}, {self.size}[, 1]). "
                            f"Received: shape={images.shape}.")
        if not np.isfinite(images).all():
            raise DataError("`images` must be finite. Received: NaN or infinite pixels.")
        return images

    def _coverage(self, parameters: np.ndarray) -> np.ndarray:
        row, column, radius, rotation = (parameters[:, index, None, None] for index in range(4))
        place = np.arange(self.size, dtype=np.float64)
        down, right = place[:, None] - row, place - column
        covered = np.ones((len(parameters), self.size, self.size))
        for side in range(3):
            # The side opposite to a corner lies half a circumradius beyond the centre.
            angle = rotation + np.pi + side * PERIOD
            inside = radius / 2 - (down * np.sin(angle) + right * np.cos(angle))
            covered *= np.clip(inside / (2 * _SOFTENING) + 0.5, 0, 1)
        return covered

    def _within(self, parameters: np.ndarray) -> np.ndarray:
        parameters = parameters.copy()
        parameters[:, 2] = np.clip(parameters[:, 2], *self.radius)
        limits = parameters[:, 2, None]
        parameters[:, :2] = np.clip(parameters[:, :2], limits, self.size - 1 - limits)
        parameters[:, 4] = np.clip(parameters[:, 4], *self.grey)
        return parameters

    def _from_moments(self, images: np.ndarray) -> np.ndarray:
        ink = np.maximum(images, 0)
        mass = np.maximum(ink.sum(axis=(1, 2)), 1e-9)
        place = np.arange(self.size, dtype=np.float64)
        row, column = ink.sum(axis=2) @ place / mass, ink.sum(axis=1) @ place / mass
        # Brightest tenth of what a smallest triangle covers: robust against single bright pixels.
        grey = np.quantile(ink, 1 - 0.1 * _AREA * self.radius[0] ** 2 / self.size**2, axis=(1, 2))
        grey = np.clip(grey, *self.grey)
        radius = np.sqrt(mass / grey / _AREA)
        # Under rotation by a the third complex moment turns by 3a; that of a corner pointing to the right is positive.
        position = (place - column[:, None])[:, None, :] + 1j * (place - row[:, None])[:, :, None]
        rotation = np.angle((ink * position**3).sum(axis=(1, 2))) / 3
        return self._within(np.stack([row, column, radius, rotation, grey], axis=1))

    def _fit(self, images: np.ndarray, parameters: np.ndarray, iterations: int) -> tuple[np.ndarray, np.ndarray]:
        """Levenberg-Marquardt on all images at once: squared errors (N,), parameters (N, 5)."""
        parameters = self._within(parameters)
        damping = np.full(len(images), 1e-3)
        residual = (images - self.render(parameters)[..., 0]).reshape(len(images), -1)
        error = (residual**2).sum(axis=1)
        for _ in range(iterations):
            slopes = np.stack([self._derivative(parameters, index) for index in range(5)], axis=1)  # (N, 5, pixels)
            curvature = slopes @ slopes.transpose(0, 2, 1)
            diagonal = np.einsum("nii->ni", curvature)
            curvature[:, np.arange(5), np.arange(5)] = diagonal * (1 + damping[:, None]) + 1e-12
            step = np.linalg.solve(curvature, slopes @ residual[..., None])[..., 0]
            trial = self._within(parameters + step)
            trial_residual = (images - self.render(trial)[..., 0]).reshape(len(images), -1)
            trial_error = (trial_residual**2).sum(axis=1)
            better = trial_error < error
            parameters[better], residual[better] = trial[better], trial_residual[better]
            error[better] = trial_error[better]
            damping = np.where(better, damping / 5, damping * 5).clip(1e-9, 1e6)
        return error, parameters

    def _derivative(self, parameters: np.ndarray, index: int) -> np.ndarray:
        if index == 4:
            return self._coverage(parameters).reshape(len(parameters), -1)
        width = 1e-4
        ahead, behind = parameters.copy(), parameters.copy()
        ahead[:, index] += width
        behind[:, index] -= width
        return ((self.render(ahead) - self.render(behind)) / (2 * width)).reshape(len(parameters), -1)


@dataclass(frozen=True)
class TriangleScores:
    """Precision and recall of a generator of triangles.

    Attributes:
        precision: float in [0, 1], share of fakes within `threshold` of the manifold.
        recall: float in [0, 1], share of unseen triangles that the generator reaches within `threshold`.
        f1: float, 2PR/(P + R), 0 if both are 0.
        threshold: float, the distance in L2 over pixels in [0, 1].
        fakes: int, how many were judged.
        targets: int, how many triangles were searched for.
    """

    precision: float
    recall: float
    f1: float
    threshold: float
    fakes: int
    targets: int


def triangle_precision(images, *, triangles: Triangles | None = None, threshold: float = 0.75) -> float:
    """The share of images that lie within `threshold` of a triangle.

    Args:
        images: (N, size, size[, 1]) in [0, 1].
        triangles: the manifold; None is `Triangles()`.
        threshold: float > 0, distance in L2 over pixels.

    Raises:
        ConfigError: `threshold` not positive.
        DataError: as `Triangles.distance`.

    Example:
        >>> triangle_precision(Triangles().sample(100))
        1.0
    """
    if not threshold > 0:
        raise ConfigError(f"`threshold` must be positive. Received: threshold={threshold}.")
    return float(((triangles or Triangles()).distance(images)[0] < threshold).mean())


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
    if fakes < 1 or targets < 1:
        raise ConfigError(f"`fakes` and `targets` must be at least 1. Received: fakes={fakes}, targets={targets}.")
    from gan_core.game.batch import call_network
    from gan_core.game.inversion import OUTPUT_RANGES, invert_latents
    from gan_core.random import Stream

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


def train(triangles: Triangles, steps: int, *, latent: int = 8, seed: int = 0):
    """A small GAN on the triangles.

    Args:
        triangles: the manifold; 10,000 of them are drawn.
        steps: int >= 1, of batches of 64.
        latent: int >= 1, numbers that the generator turns into an image.
        seed: int, of everything that is random.

    Returns:
        `gan_core.GAN`, whose images are (batch, size, size, 1) in [-1, 1].
    """
    import keras

    import gan_core as core

    keras.utils.set_random_seed(seed)
    shape = (triangles.size, triangles.size, 1)
    z, x = keras.Input((latent,), name="latent"), keras.Input(shape, name="sample")
    hidden = keras.layers.Dense(256, "relu")(keras.layers.Dense(256, "relu")(z))
    image = keras.layers.Reshape(shape)(keras.layers.Dense(triangles.size**2, "tanh")(hidden))
    seen = keras.layers.LeakyReLU(0.2)(keras.layers.Conv2D(16, 4, 2, padding="same")(x))
    seen = keras.layers.LeakyReLU(0.2)(keras.layers.Conv2D(32, 4, 2, padding="same")(seen))
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(seen))
    gan = core.GAN(keras.Model(z, image), keras.Model(x, logit), core.Objective(core.NonSaturating()),
                   core.Normal(latent), ema=0.99)
    gan.compile(keras.optimizers.Adam(5e-4, 0.5), keras.optimizers.Adam(5e-4, 0.5))
    real = (triangles.sample(10_000, seed=seed)[..., :1] * 2 - 1).astype("float32")
    for _ in range(0, steps, 156):  # one pass over 10,000 images is 156 batches
        gan.fit(real[:64 * min(steps, 156)], batch_size=64, epochs=1, verbose=0)
    return gan


def main(steps: int = 800) -> TriangleScores:
    """Train, judge, and look at how smoothly images follow the latents.

    Returns:
        What `evaluate_triangles` found.
    """
    from gan_core import Normal
    from gan_core.metrics.functional import perceptual_path_length

    triangles = Triangles(16, radius=(3.0, 6.0))
    gan = train(triangles, steps)
    scores = evaluate_triangles(gan.sampler, latent=Normal(8), triangles=triangles, threshold=1.5, fakes=500,
                                targets=50)
    print(f"{steps} steps: precision {scores.precision:.2f}, recall {scores.recall:.2f}, F1 {scores.f1:.2f} "
          f"(within {scores.threshold} of a triangle)")

    def squared_distance(first, second):
        return ((first - second) ** 2).reshape(len(first), -1).sum(axis=1)

    path = perceptual_path_length(lambda z: np.asarray(gan.sampler({"latent": z.astype("float32")})), squared_distance,
                                  lambda count, generator: generator.normal(size=(count, 8)), samples=256)
    print(f"path length {path.mean:.1f} ± {path.std:.1f} (squared pixel distance for a step of 1 in the latents)")
    return scores


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
