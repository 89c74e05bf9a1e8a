"""Scores of generated against real images: features once, in bounded memory, then any number of metrics."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError, choose
from gan_core.metrics.extractors.base import OVER_WHITE, Extractor
from gan_core.metrics.extractors.choice import extractor_by_name
from gan_core.metrics.feature_cache import FeatureCache
from gan_core.metrics.features import (
    FEATURE_BYTES,
    MOST_IMAGES,
    FeatureSet,
    check_same_extractor,
    choose_images,
    extract_features,
    fingerprint_of,
)
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.metrics import METRICS, WITH_CONTROL, FreshFeatures, Inputs
from gan_core.metrics.score import OF_REAL, Score, collect_warnings
from gan_core.progress import say, stage

DEFAULT_METRICS = ("fid", "kid", "prdc", "birthday")
ENCODER_IMAGES = 20_000
SLOW = ("birthday", "memorisation")


def evaluate(real, fake, *, metrics: Sequence[str] = DEFAULT_METRICS, extractor: Extractor | str | None = None,
             train=None, sampler: Callable[[int], np.ndarray] | None = None, seed: int = 0, batch_size: int = 64,
             feature_bytes: int = FEATURE_BYTES, cache: Path | str | None = None) -> list[Score]:
    """Score generated images.

    Every image passes the extractor once. FID is of all images. Metrics that need the features themselves (KID,
    precision and recall, birthday) use all rows while they fit into `feature_bytes`, and beyond it a uniform random
    choice of that size, which their scores say. A metric that these images do not allow (too few of them, say) is left
    out with a `MetricWarning` that gives the reason.

    Args:
        real: uint8 **(n, height, width, 1, 3 or 4)** in 0..255, an iterable of such batches, what `open_images`
            returns, or a `FeatureSet`. Held-out images, where there are any. Images with opacity, the fourth channel,
            are laid over white, which their scores say.
        fake: likewise, generated.
        metrics: names of `METRICS`: "fid", "kid", "prdc" (precision, recall, density, coverage), "birthday",
            "memorisation" (needs `train`), "ms_ssim", "two_sample", and with a classifier "inception_score", "modes".
        extractor: an `Extractor`, or a name for `extractor_by_name` ("random", "encoder", "inception:FILE",
            "keras:FILE"); "encoder" is trained on `train`, else on `real`. Not needed for two `FeatureSet`s.
        train: the images the generator was trained on, in a form that can be read twice (no iterator). Given them, FID,
            KID and the four of "prdc" are also computed with training images in place of generated ones ("FID of real
            images"): what a perfect generator would get with so many images.
        sampler: (count) -> uint8 (count, height, width, channels), new samples at every call: the birthday test asks
            the generator itself instead of drawing from `fake`.
        seed: int ≥ 0, of all random choices.
        batch_size: int ≥ 1, images per call of the extractor.
        feature_bytes: int, limit of memory for the features of one side.
        cache: folder where features of real images are kept (`FeatureCache`), or None.

    Returns:
        Scores in the order of `metrics`, each with its protocol and its warnings.

    Raises:
        ConfigError: an unknown metric or extractor, one that fits no other argument, or features of two extractors.
        DataError: images that cannot be used, or no metric could be computed.

    Warns:
        MetricWarning: a metric was left out.

    Example:
        >>> scores = evaluate(real_images, fake_images, extractor="random")
        >>> print_scores(scores)
    """
    names = _checked_names(metrics)
    if "memorisation" in names and train is None:
        raise ConfigError("the metric `memorisation` compares with the images the generator was trained on. "
                          "Received: train=None. Pass them, or leave the metric out.")
    if isinstance(train, Iterator):
        raise ConfigError("`train` is read more than once. Received: an iterator. Pass an array or what `open_images` "
                          "returns.")
    extractor = _resolve(extractor, real, fake, train, seed)
    real = _features(real, extractor, "real images", FeatureCache(cache) if cache is not None else None,
                     batch_size, feature_bytes, seed)
    fake = _features(fake, extractor, "generated images", None, batch_size, feature_bytes, seed)
    check_same_extractor(real, fake)
    draw = None
    if sampler is not None:
        if extractor is None:
            raise ConfigError("`sampler` needs an extractor, since its samples are new. Received: extractor=None.")
        draw = FreshFeatures(sampler, extractor, batch_size)
    inputs = Inputs(real, fake, train, draw, seed)
    return _scores(names, inputs, _control(inputs, names, extractor, batch_size))


def _checked_names(metrics) -> list[str]:
    names = [metrics] if isinstance(metrics, str) else list(dict.fromkeys(metrics))
    if not names:
        raise ConfigError(f"`metrics` must name at least one. Known: {', '.join(METRICS)}.")
    for name in names:
        choose("metric", name, METRICS)
    return names


def _resolve(extractor, real, fake, train, seed: int) -> Extractor | None:
    if isinstance(extractor, str):
        images = real if train is None else train
        return extractor_by_name(extractor, images=lambda: choose_images(images, ENCODER_IMAGES, seed=seed), seed=seed,
                                 say=say)
    if extractor is None and not (isinstance(real, FeatureSet) and isinstance(fake, FeatureSet)):
        raise ConfigError("`extractor` is needed to get features from images. Received: extractor=None. "
                          "Pass 'random', 'encoder', 'inception:FILE', 'keras:FILE' or an `Extractor`.")
    return extractor


def _features(images, extractor, name: str, cache: FeatureCache | None, batch_size: int,
              feature_bytes: int, seed: int) -> FeatureSet:
    if isinstance(images, FeatureSet):
        return images
    key = None
    if cache is not None and extractor.hash:
        with stage(f"looking for features of the {name} in {cache.folder}", brief=True):
            fingerprint = fingerprint_of(images)
        if fingerprint is not None:
            key = cache.key(fingerprint, extractor, feature_bytes=feature_bytes, seed=seed)
            if (found := cache.load(key)) is not None:
                return found
    total = len(images) if hasattr(images, "__len__") and hasattr(images, "shape") else None
    with stage(f"features of the {name}", total) as advance:
        found = extract_features(images, extractor, batch_size=batch_size, feature_bytes=feature_bytes, seed=seed,
                                 name=name, advance=advance)
    if cache is not None:
        cache.store(key, found)
    return found


def _control(inputs: Inputs, names: list[str], extractor, batch_size: int) -> Inputs | None:
    """The same inputs with as many training images in the place of the generated ones, if there are so many."""
    count = inputs.fake.count
    if inputs.train is None or extractor is None or not set(names) & set(WITH_CONTROL):
        return None
    images = choose_images(inputs.train, min(count, MOST_IMAGES), seed=inputs.seed)
    if len(images) < count:
        return None
    with stage("features of training images, for comparison", count) as advance:
        found = extract_features(images, extractor, batch_size=batch_size, keep_images=False, seed=inputs.seed,
                                 name="training images", advance=advance)
    return dataclasses.replace(inputs, fake=found)


def _scores(names: list[str], inputs: Inputs, control: Inputs | None) -> list[Score]:
    scores, refused = [], {}
    notes = _notes(inputs)
    for name in names:
        with stage(name.replace("_", " "), brief=name not in SLOW) as advance:
            done = 0

            def follow(now: int, total: int, advance=advance) -> None:
                nonlocal done
                advance(now - done, total)
                done = now

            try:
                scores += _with_notes(METRICS[name], inputs.following(follow), notes)
                if control is not None and name in WITH_CONTROL:
                    scores += [dataclasses.replace(score, metric=score.metric + OF_REAL)
                               for score in _with_notes(METRICS[name], control, notes)]
            except DataError as error:
                refused[name] = str(error)
    if not scores:
        raise DataError("none of the metrics could be computed. " + " ".join(f"{name}: {reason}"
                                                                            for name, reason in refused.items()))
    for name, reason in refused.items():
        warnings.warn(f"{name} was left out: {reason}", MetricWarning, stacklevel=3)
    return scores


def _with_notes(metric, inputs: Inputs, notes: dict[str, list[str]]) -> list[Score]:
    with collect_warnings() as found:
        results = metric(inputs)
    return [dataclasses.replace(score, warnings=tuple(dict.fromkeys(
        (*score.warnings, *found, *_notes_for(score, notes))))) for score in results]


def _notes(inputs: Inputs) -> dict[str, list[str]]:
    """Warnings about the inputs: for every score on features, those that need the rows, and those on pixels."""
    real, fake = inputs.real, inputs.fake
    seen = [OVER_WHITE] if 4 in (real.image_shape[-1], fake.image_shape[-1]) else []
    always = [*([real.caveat] if real.caveat else []), *seen]
    if real.image_shape != fake.image_shape:
        always.append(f"real images are {_shape(real)} and generated ones {_shape(fake)} (height x width x channels): "
                      "the conversion enters the score")
    rows = [f"{len(found.features):,} of {found.count:,} {name} images, drawn at random, entered, since features "
            "exceeded the memory limit" for name, found in (("real", real), ("generated", fake)) if not found.complete]
    return {"always": always, "rows": rows, "pixels": seen}


def _notes_for(score: Score, notes: dict[str, list[str]]) -> list[str]:
    if not score.extractor:
        return notes["pixels"]
    return notes["always"] + ([] if score.metric.startswith("FID") else notes["rows"])


def _shape(found: FeatureSet) -> str:
    return " x ".join(map(str, found.image_shape))
