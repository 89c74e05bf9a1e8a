"""Scores of a translation on held-out pairs, beside what copies and neighbours get: each with an interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import DataError
from gan_core.images.decode import convert_channels
from gan_core.images.resize import resize_image
from gan_core.images.sheet import to_uint8
from gan_core.metrics.functional.paired import (
    absolute_error,
    bootstrap_mean,
    peak_signal_to_noise,
    structural_similarity,
)
from gan_core.metrics.score import Score
from gan_core.progress import stage
from gan_vision.data.examples import Examples
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.photo import Photo

if TYPE_CHECKING:
    from gan_core.metrics.extractors.base import Extractor

METRICS: dict[str, Callable] = {"l1": absolute_error, "psnr": peak_signal_to_noise, "ssim": structural_similarity}
NAMES = (*METRICS, "kid")
BETTER = {"l1": False, "psnr": True, "ssim": True}
BOOTSTRAP = "95% bootstrap over pairs"
THUMB = 32  # pixels: pairs are compared at most at this size to find the nearest one
SEARCHED = 5000  # training pairs at most

Pictures = np.ndarray  # uint8 (count, height, width, channels)


def made_by(gan, examples: Examples, rows: np.ndarray, value_range: tuple[float, float], *,
            raw: bool = False) -> Pictures:
    """What a generator makes of the conditions of some examples; the trained one instead of its average with `raw`."""
    from gan_vision.training.matching_samples import matching_samples, reads_real

    with stage("translating held-out pairs", len(rows)) as advance:
        parts = []
        for samples in matching_samples(gan, examples, rows, value_range, real=reads_real(gan), raw=raw):
            parts.append(to_uint8(samples, value_range))
            advance(len(samples))
    return np.concatenate(parts)


def copies_of_the_input(examples: Examples, rows: np.ndarray) -> Pictures:
    """The sources themselves as pictures: what a translation must beat that does nothing.

    Of label maps there is no such copy: the classes in a fixed palette stand for it.
    """
    real: Photo = examples.fields["real"]  # type: ignore[assignment]
    name = "source" if "source" in examples.fields else "labels"
    shown = examples.fields[name].pictures(examples.gather(rows, (name,))[name])
    return np.stack([convert_channels(picture, real.channels) for picture in np.asarray(shown)])


def nearest_training_pairs(train: Examples, examples: Examples, rows: np.ndarray) -> Pictures:
    """For each example the picture of the training pair whose source is nearest (L2 of small versions)."""
    from gan_vision.data.row_choice import choose_rows

    name = "source" if "source" in train.fields else "labels"
    known = choose_rows(len(train), SEARCHED, 0)
    size = examples.image_shape[:2]
    ours, theirs = (_thumbs(each, which, name) for each, which in ((examples, rows), (train, known)))
    squares = (theirs**2).sum(1)
    found = np.array([known[np.argmin(squares - 2 * theirs @ one)] for one in ours])
    pictures = train.gather(found, ("real",))["real"]
    return np.stack([resize_image(np.ascontiguousarray(picture), size) for picture in np.asarray(pictures)])


def scores_of(systems: Mapping[str, Pictures], real: Pictures, metrics, *, extractor: Extractor | None = None,
              seed: int = 0, reference: str = "") -> dict[str, list[Score]]:
    """Scores of several systems on the same pairs: system -> scores in the order of `metrics`.

    Args:
        systems: name -> uint8 pictures (count, ...), one for each pair.
        real: uint8, the targets.
        metrics: names of `NAMES`.
        extractor: of features, for "kid".
        seed: of the bootstrap and of the subsets.
        reference: what the pairs are.
    """
    from gan_core.metrics.evaluation import evaluate

    found = {}
    for name, pictures in systems.items():
        scores = []
        for metric in metrics:
            if metric == "kid":
                scores += evaluate(real, pictures, metrics=["kid"], extractor=extractor, seed=seed)
                continue
            values = METRICS[metric](real, pictures)
            scores.append(paired_score(metric, values, reference=reference, seed=seed))
        found[name] = scores
    return found


def paired_score(metric: str, values: np.ndarray, *, reference: str, seed: int = 0, **fields) -> Score:
    """A score from one value for each pair: their mean, and the interval of its bootstrap."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Score(metric, float("inf"), len(values), len(values), higher_is_better=BETTER.get(metric, True),
                     reference=reference, seed=seed, **fields)
    mean, low, high = bootstrap_mean(finite, seed=seed)
    interval = {} if np.isnan(low) else {"interval": (low, high), "interval_kind": BOOTSTRAP}
    notes = () if len(finite) == len(values) else (f"{len(values) - len(finite)} pairs are equal, and left out",)
    return Score(metric, mean, len(values), len(values), estimator="mean over pairs", reference=reference, seed=seed,
                 higher_is_better=BETTER.get(metric, True), warnings=notes, **interval, **fields)


def segmentation_agreement(pictures: Pictures, labels: np.ndarray, kind: LabelMap, segment: Callable, *,
                           seed: int = 0, reference: str = "", extractor: str = "") -> list[Score]:
    """How far a classifier of pixels finds in pictures the classes they were made of (Isola et al. 2017, FCN score).

    Args:
        pictures: uint8 (count, height, width, channels).
        labels: ids (count, height, width); ids to ignore do not count.
        kind: of the labels.
        segment: float32 pictures in 0..255 (batch, ...) -> scores (batch, height, width, classes).
        seed: of the bootstrap.
        reference: what the pictures are.
        extractor: the classifier, for the protocol.

    Returns:
        Pixel accuracy (mean over pictures), and mean intersection over union of the classes that occur.

    Raises:
        DataError: the classifier has other classes or another size.
    """
    answers = []
    for start in range(0, len(pictures), 8):
        logits = np.asarray(segment(pictures[start:start + 8].astype(np.float32)))
        if logits.shape[:-1] != labels[start:start + 8].shape or logits.shape[-1] != kind.classes:
            raise DataError(f"the classifier must give {kind.classes} scores for each pixel of pictures of "
                            f"{labels.shape[1]} x {labels.shape[2]}. Found: {logits.shape[1:]}.")
        answers.append(logits.argmax(-1))
    found, known = np.concatenate(answers), ~np.isin(labels, kind.ignore)
    counted = np.maximum(known.sum((1, 2)), 1)
    accuracy = ((found == labels) & known).sum((1, 2)) / counted
    pairs = np.bincount((labels[known].astype(np.int64) * kind.classes + found[known]).ravel(),
                        minlength=kind.classes**2).reshape(kind.classes, kind.classes)
    union = pairs.sum(0) + pairs.sum(1) - np.diag(pairs)
    shares = np.diag(pairs)[pairs.sum(1) > 0] / union[pairs.sum(1) > 0]
    return [paired_score("pixel accuracy", accuracy, reference=reference, seed=seed, extractor=extractor),
            Score("mean IoU", float(shares.mean()), len(labels), len(labels), reference=reference, seed=seed,
                  estimator=f"{len(shares)} classes that occur", extractor=extractor, higher_is_better=True)]


def _thumbs(examples: Examples, rows: np.ndarray, name: str) -> np.ndarray:
    """Small versions, float32 (m, values); one-hot would be exact for label maps, their palette is close."""
    found = []
    for start in range(0, len(rows), 256):
        shown = examples.fields[name].pictures(examples.gather(rows[start:start + 256], (name,))[name])
        for picture in np.asarray(shown):
            height, width = (min(THUMB, side) for side in picture.shape[:2])
            found.append(resize_image(np.ascontiguousarray(picture), (height, width)).ravel())
    return np.stack(found).astype(np.float32) / 255
