"""From features and images to scores: one function per metric, all with one signature."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.birthday_scores import INTERVAL, birthday
from gan_core.metrics.feature_set import MOST_IMAGES, FeatureSet, choose_images
from gan_core.metrics.functional.fid import frechet_distance, frechet_distance_from_moments
from gan_core.metrics.functional.inception_score import inception_score as inception_score_of
from gan_core.metrics.functional.kid import kernel_distance
from gan_core.metrics.functional.memorisation import memorisation as memorisation_of
from gan_core.metrics.functional.modes import labels_from_probabilities, mode_analysis
from gan_core.metrics.functional.moments import Moments
from gan_core.metrics.functional.ms_ssim import ms_ssim_diversity
from gan_core.metrics.functional.prdc import precision_recall_density_coverage
from gan_core.metrics.result import Score
from gan_core.metrics.score_table import OF_REAL
from gan_core.metrics.scoring_inputs import Inputs

SUBSET = 1000  # KID: images per subset; half of the images where there are no more
SPLITS = 10  # Inception score
CONFIDENT = 0.9  # a class counts as recognised from this probability on


def fid(inputs: Inputs) -> list[Score]:
    """Fréchet distance, of all images: those beyond the memory limit enter through mean and covariance."""
    real, fake = inputs.real, inputs.fake
    if real.complete and fake.complete:
        value = frechet_distance(real.features, fake.features)
    else:
        value = frechet_distance_from_moments(*(found.moments or Moments.of(found.features) for found in (real, fake)))
    return [inputs.score("FID", value, estimator="sample covariances", higher_is_better=False,
                         real_count=real.count, fake_count=fake.count)]


def kid(inputs: Inputs) -> list[Score]:
    """Kernel distance over random subsets."""
    fewest = min(len(inputs.real.features), len(inputs.fake.features))
    # Subsets that hold every image would all be the same one, and their spread 0.
    size = SUBSET if fewest > SUBSET else max(2, fewest // 2)
    found = kernel_distance(inputs.real.features, inputs.fake.features, subset_size=size, seed=inputs.seed)
    return [inputs.score("KID", found.value, estimator=f"subsets {found.parts}x{found.part_size}", spread=found.spread,
                         spread_kind=found.spread_kind, higher_is_better=False)]


def prdc(inputs: Inputs) -> list[Score]:
    """Precision, recall, density and coverage."""
    found = precision_recall_density_coverage(inputs.real.features, inputs.fake.features)
    return [inputs.score(name, getattr(found, name), estimator=f"k={k}", higher_is_better=True)
            for name, k in (("precision", found.manifold_k), ("recall", found.manifold_k),
                            ("density", found.density_k), ("coverage", found.density_k))]


def inception_score(inputs: Inputs) -> list[Score]:
    """Inception score of the extractor's own classes."""
    logits = _logits(inputs.fake)
    found = inception_score_of(logits, splits=SPLITS, seed=inputs.seed)
    return [inputs.score("inception score", found.mean, real_count=0, reference="", estimator=f"{SPLITS} splits",
                         spread=found.std, spread_kind="standard deviation over splits", higher_is_better=True)]


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


METRICS: dict[str, Callable[[Inputs], list[Score]]] = {
    "fid": fid, "kid": kid, "prdc": prdc, "birthday": birthday, "memorisation": memorisation, "ms_ssim": ms_ssim,
    "inception_score": inception_score, "modes": modes,
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
