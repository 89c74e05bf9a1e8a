"""The table of metrics: each a short function from features and images to scores that carry their protocol.

The formulas are in `gan_core.metrics.functional`, one metric a file; `evaluation.evaluate` extracts the features and
calls what the table names.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors.base import Extractor
from gan_core.metrics.features import MOST_IMAGES, FeatureSet, choose_images
from gan_core.metrics.functional.binomial import binomial_interval
from gan_core.metrics.functional.birthday import BirthdayTest, birthday_test, calibrate_threshold
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.functional.fid import frechet_distance, frechet_distance_from_moments
from gan_core.metrics.functional.inception_score import inception_score as inception_score_of
from gan_core.metrics.functional.kid import kernel_distance
from gan_core.metrics.functional.memorisation import memorisation as memorisation_of
from gan_core.metrics.functional.modes import labels_from_probabilities, mode_analysis
from gan_core.metrics.functional.moments import Moments
from gan_core.metrics.functional.ms_ssim import ms_ssim_diversity
from gan_core.metrics.functional.prdc import precision_recall_density_coverage
from gan_core.metrics.functional.standard_errors import frechet_distance_error, kernel_distance_error
from gan_core.metrics.functional.two_sample import two_sample_accuracy
from gan_core.metrics.score import OF_REAL, Score

FEWEST = 30  # generated images from which on a standard error is computed
SUBSET = 1000  # KID: images per subset; half of the images where there are no more
SPLITS = 10  # Inception score
CONFIDENT = 0.9  # a class counts as recognised from this probability on
INTERVAL = "95% Clopper-Pearson"
SMALLEST, LARGEST = 8, 256  # images per draw of the birthday test
REPEATS, CALIBRATION_REPEATS = 40, 100
CAVEAT = ("the birthday estimate is the effective size 1/Σp², a lower bound on the number of different images: read it "
          "beside that of the real ones")
ERROR = "standard error over generated images"


@dataclass(frozen=True)
class Inputs:
    """What metrics are computed from.

    Attributes:
        real: `FeatureSet`.
        fake: `FeatureSet` of the same extractor.
        train: images the generator was trained on, or None; see `extract_features` for the forms.
        draw: (count) -> float32 (count, D), features of so many new fakes; None draws from `fake`.
        seed: int, of subsets, pairs and draws.
        advance: (done, total) -> None, called by what takes long.
    """

    real: FeatureSet
    fake: FeatureSet
    train: object = None
    draw: Callable[[int], np.ndarray] | None = None
    seed: int = 0
    advance: Callable[[int, int], None] = field(default=lambda done, total: None)

    def score(self, metric: str, value: float, *, pixels: bool = False, **fields) -> Score:
        """A score that carries the protocol of these inputs; `pixels`: of images, without an extractor."""
        where = {} if pixels else {"extractor": self.fake.extractor, "extractor_hash": self.fake.extractor_hash,
                                   "resize": self.fake.resize}
        counts = {"real_count": len(self.real.features), "fake_count": len(self.fake.features)}
        reference = f"real:{self.real.fingerprint}"
        return Score(metric, value, **{**where, **counts, "reference": reference, "seed": self.seed, **fields})

    def following(self, advance: Callable[[int, int], None]) -> Inputs:
        """The same inputs, with `advance` told how far a metric is."""
        return replace(self, advance=advance)


class FreshFeatures:
    """Features of new samples, any number at a time; the sampler is asked for whole batches, which is much faster.

    Args:
        sampler: (count) -> uint8 (count, height, width, channels), new ones at every call.
        extractor: `Extractor`.
        batch_size: int ≥ 1.
    """

    def __init__(self, sampler: Callable[[int], np.ndarray], extractor: Extractor, batch_size: int):
        self.sampler, self.extractor, self.batch_size = sampler, extractor, batch_size
        self._waiting: np.ndarray | None = None

    def __call__(self, count: int) -> np.ndarray:
        """float32 (count, D), each row given once."""
        while self._waiting is None or len(self._waiting) < count:
            rows = self.extractor.features(self.sampler(self.batch_size), self.batch_size)
            self._waiting = rows if self._waiting is None else np.concatenate([self._waiting, rows])
        given, self._waiting = self._waiting[:count], self._waiting[count:]
        return given


def fid(inputs: Inputs) -> list[Score]:
    """Fréchet distance, of all images: those beyond the memory limit enter through mean and covariance."""
    real, fake = inputs.real, inputs.fake
    if real.complete and fake.complete:
        value = frechet_distance(real.features, fake.features)
    else:
        value = frechet_distance_from_moments(*(found.moments or Moments.of(found.features) for found in (real, fake)))
    error = None if len(fake.features) < FEWEST else frechet_distance_error(real.features, fake.features,
                                                                            count=fake.count)
    return [inputs.score("FID", value, estimator="sample covariances", higher_is_better=False, spread=error,
                         spread_kind=ERROR, real_count=real.count, fake_count=fake.count)]


def kid(inputs: Inputs) -> list[Score]:
    """Kernel distance over random subsets."""
    fewest = min(len(inputs.real.features), len(inputs.fake.features))
    # Subsets that hold every image would all be the same one.
    size = SUBSET if fewest > SUBSET else max(2, fewest // 2)
    found = kernel_distance(inputs.real.features, inputs.fake.features, subset_size=size, seed=inputs.seed)
    error = None
    if len(inputs.fake.features) >= FEWEST:
        # Beside the chance of the images that of the subsets: their mean varies around the value of all pairs.
        error = math.hypot(kernel_distance_error(inputs.real.features, inputs.fake.features, seed=inputs.seed),
                           cast(float, found.spread) / math.sqrt(found.parts))
    return [inputs.score("KID", found.value, estimator=f"subsets {found.parts}x{found.part_size}", spread=error,
                         spread_kind=ERROR, higher_is_better=False)]


def prdc(inputs: Inputs) -> list[Score]:
    """Precision, recall, density and coverage."""
    found = precision_recall_density_coverage(inputs.real.features, inputs.fake.features)
    # Given the real images each generated one counts by itself in precision, and in none of the others.
    count = len(inputs.fake.features)
    precision = {"interval": binomial_interval(round(found.precision * count), count), "interval_kind": INTERVAL}
    return [inputs.score(name, getattr(found, name), estimator=f"k={k}", higher_is_better=True,
                         **(precision if name == "precision" else {}))
            for name, k in (("precision", found.manifold_k), ("recall", found.manifold_k),
                            ("density", found.density_k), ("coverage", found.density_k))]


def two_sample(inputs: Inputs) -> list[Score]:
    """Accuracy of a nearest-neighbour classifier of real against generated, over equally many of both."""
    count = min(len(inputs.real.features), len(inputs.fake.features))
    found = two_sample_accuracy(inputs.real.features[:count], inputs.fake.features[:count])
    return [inputs.score(name, value, estimator="k=1, leave one out", real_count=count, fake_count=count)
            for name, value in (("two-sample accuracy", found.overall), ("two-sample accuracy, real", found.real),
                                ("two-sample accuracy, generated", found.fake))]


def inception_score(inputs: Inputs) -> list[Score]:
    """Inception score of the extractor's own classes."""
    logits = _logits(inputs.fake)
    found = inception_score_of(logits, splits=SPLITS, seed=inputs.seed)
    return [inputs.score("inception score", found.mean, real_count=0, reference="", estimator=f"{SPLITS} splits",
                         spread=found.std / math.sqrt(SPLITS - 1), spread_kind="standard error over splits",
                         higher_is_better=True)]


def modes(inputs: Inputs) -> list[Score]:
    """How many classes of the classifier the fakes hold, and how evenly."""
    real, fake = (_probabilities(_logits(found)) for found in (inputs.real, inputs.fake))
    classes = real.shape[1]
    frequencies = np.bincount(real.argmax(1), minlength=classes) / len(real)
    least = max(1, math.ceil(0.01 * len(fake)))
    found = mode_analysis(labels_from_probabilities(fake, confidence=CONFIDENT), classes, minimum_count=least,
                          real_frequencies=frequencies)
    estimator = f"{classes} classes, confidence {CONFIDENT}"
    scores = [inputs.score("classes found", found.covered, estimator=f"{estimator}, at least {least} images",
                           higher_is_better=True),
              inputs.score("recognised", 1 - found.unassigned, estimator=estimator, higher_is_better=True)]
    if math.isfinite(found.divergence):
        scores.append(inputs.score("class balance", found.divergence, estimator=estimator, higher_is_better=False))
    return scores


def ms_ssim(inputs: Inputs) -> list[Score]:
    """Similarity of random pairs of fakes, and beside it that of real pairs."""
    scores = []
    for name, found in (("MS-SSIM", inputs.fake), ("MS-SSIM" + OF_REAL, inputs.real)):
        images = _images(found)
        result = ms_ssim_diversity(images, seed=inputs.seed)
        counts = {"real_count": 0, "fake_count": len(images)} if found is inputs.fake else {
            "real_count": len(images), "fake_count": 0}
        reference = {} if found is inputs.real else {"reference": ""}
        scores.append(inputs.score(name, result.mean, pixels=True, estimator=f"{result.pairs} pairs, {result.identity}",
                                   spread=result.std / math.sqrt(result.pairs), spread_kind="standard error",
                                   **counts, **reference))
    return scores


def memorisation(inputs: Inputs) -> list[Score]:
    """Share of the fakes that lie nearer to a training image than to any held-out one, in pixels.

    Features would not do: an encoder trained on the training images places them differently from unseen ones.
    """
    if inputs.train is None:
        raise ConfigError("the metric `memorisation` compares with the images the generator was trained on. "
                          "Received: train=None. Pass them, or leave the metric out.")
    fake, held_out = _images(inputs.fake), _images(inputs.real)
    train = choose_images(inputs.train, min(MOST_IMAGES, len(held_out)), seed=inputs.seed)
    held_out = choose_images(held_out, len(train), seed=inputs.seed)
    shapes = {images.shape[1:] for images in (fake, held_out, train)}
    if len(shapes) > 1:
        raise DataError("memorisation compares pixels: real, generated and training images must have one shape. "
                        f"Received: {', '.join(map(str, sorted(shapes)))}.")
    found = memorisation_of(*(images.reshape(len(images), -1) for images in (fake, train, held_out)))
    notes = (f"{found.copies} generated images are exact copies of training images",) if found.copies else ()
    return [inputs.score(
        "memorisation", found.share, pixels=True, estimator=f"l2 of pixels, {len(train)} training images",
        real_count=len(held_out), fake_count=len(fake), interval=found.interval, interval_kind=INTERVAL,
        warnings=notes)]


def birthday(inputs: Inputs) -> list[Score]:
    """How many different images the generator makes; the same test on real images beside it.

    The threshold below which two images count as the same one is calibrated on one random half of the real images; the
    other half is the control.
    """
    draw = np.random.default_rng(inputs.seed)
    real = inputs.real.features[draw.permutation(len(inputs.real.features))]
    halves = np.array_split(real, 2)
    pool = inputs.fake.features if inputs.draw is None else None
    # Of n images a draw takes at most half, so that draws differ.
    most = min([len(halves[1])] if pool is None else [len(halves[1]), len(pool)]) // 2
    if most < SMALLEST:
        raise DataError(f"the birthday test needs at least {4 * SMALLEST} real and {2 * SMALLEST} "
                        f"generated images. Received: {len(real)} and {len(inputs.fake.features)}.")
    sizes = [SMALLEST]
    while 2 * sizes[-1] <= min(most, LARGEST):
        sizes.append(2 * sizes[-1])
    return _birthday_tests(inputs, sizes, halves, pool, draw)


METRICS: dict[str, Callable[[Inputs], list[Score]]] = {
    "fid": fid, "kid": kid, "prdc": prdc, "birthday": birthday, "memorisation": memorisation, "ms_ssim": ms_ssim,
    "two_sample": two_sample, "inception_score": inception_score, "modes": modes,
}
WITH_CONTROL = ("fid", "kid", "prdc")  # computed a second time with training images in the place of generated ones


def _logits(found: FeatureSet) -> np.ndarray:
    if found.logits is None:
        raise ConfigError(f"the extractor {found.extractor!r} is no classifier, which `inception_score` and `modes` "
                          "need. Use an encoder trained with labels, or a Keras model with the output 'logits'.")
    return found.logits


def _probabilities(logits: np.ndarray) -> np.ndarray:
    logits = logits.astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def _images(found: FeatureSet) -> np.ndarray:
    if found.images is None:
        raise ConfigError("this metric looks at pixels, and these features were extracted without them. "
                          "Pass the images, or extract with keep_images=True.")
    return found.images


def _birthday_tests(inputs, sizes, halves, pool, draw) -> list[Score]:
    def without_replacement(rows):
        return lambda count: rows[draw.choice(len(rows), count, replace=False)]

    sampler = inputs.draw or without_replacement(pool)
    total, done = REPEATS * sum(sizes), 0
    tests: list[BirthdayTest] = []
    for size in sizes:
        threshold = calibrate_threshold(without_replacement(halves[0]), size, repeats=CALIBRATION_REPEATS)
        tests.append(_quiet_test(sampler, size, threshold, lambda count, _, size=size, done=done: inputs.advance(
            done + count * size, total)))
        done += REPEATS * size
    # The first size at which half of the repeats collide estimates best; all sizes are run, so that the number of fakes
    # that entered, and with it the protocol, does not depend on the generator.
    best = next((test for test in tests if (test.rate or 0.0) >= 0.5), tests[-1])
    control = _quiet_test(without_replacement(halves[1]), best.sample_size, best.threshold, None)
    estimator = (f"{REPEATS} repeats of {sizes[0]} to {sizes[-1]} images, threshold at 5% of real pairs, "
                 f"{'new samples' if pool is None else 'drawn from a fixed set'}")
    notes = [CAVEAT]
    if pool is not None and len(pool) < REPEATS * best.sample_size:
        notes.append(f"the birthday test drew its repeats from the same {len(pool)} generated images: its interval is "
                     "too narrow")
    return [_support(inputs, "birthday support", best, estimator, notes,
                     fake_count=total if pool is None else len(pool)),
            _support(inputs, "birthday support" + OF_REAL, control, estimator, notes, fake_count=0)]


def _quiet_test(sampler, size, threshold, progress) -> BirthdayTest:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)  # `_support` says it about the size that counts
        return birthday_test(sampler, size, repeats=REPEATS, threshold=threshold, top=1, progress=progress)


def _support(inputs, name: str, test: BirthdayTest, estimator: str, notes: list[str], **counts) -> Score:
    low, high = cast(tuple[float, float], test.support_interval)  # every test here has a threshold
    found = f"{test.collisions} of {test.repeats} draws of {test.sample_size} hold two images that count as the same"
    if test.collisions == 0:
        found += f": it makes more than {low:,.0f}"
    elif test.collisions == test.repeats:
        found += f": it makes fewer than {high:,.0f}"
    return inputs.score(name, test.support, estimator=estimator, interval=(low, high), interval_kind=INTERVAL,
                        higher_is_better=True if counts["fake_count"] else None, warnings=(found, *notes), **counts)
