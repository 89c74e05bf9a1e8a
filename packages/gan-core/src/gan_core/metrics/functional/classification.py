"""Precision, recall and F1 of a classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import check_integer, check_numeric


@dataclass(frozen=True)
class ClassificationScores:
    """Scores per class and their averages; 0 where a ratio has the denominator 0.

    Attributes:
        precision: float64 **(classes,)** in [0, 1].
        recall: float64 **(classes,)** in [0, 1].
        f1: float64 **(classes,)** in [0, 1].
        support: int64 **(classes,)**, true members of each class.
        accuracy: float in [0, 1].
        undefined: tuple of the classes without a true or without a predicted member, whose 0 means "undefined".
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    accuracy: float
    undefined: tuple[int, ...]

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes, each with equal weight."""
        return float(self.f1.mean())


def precision_recall_f1(true_positives: int, false_positives: int, false_negatives: int) -> tuple[float, float, float]:
    """TP/(TP+FP), TP/(TP+FN) and 2PR/(P+R) of counts ≥ 0; 0 where a denominator is 0.

    Raises:
        ConfigError: a count that is negative or no integer.

    Example:
        >>> precision_recall_f1(6, 2, 6)
        (0.75, 0.5, 0.6)
    """
    hits = check_integer("true_positives", true_positives, minimum=0)
    claimed = hits + check_integer("false_positives", false_positives, minimum=0)
    wanted = hits + check_integer("false_negatives", false_negatives, minimum=0)
    precision = hits / claimed if claimed else 0.0
    recall = hits / wanted if wanted else 0.0
    return precision, recall, 2.0 * hits / (claimed + wanted) if claimed + wanted else 0.0


def classification_scores(true, predicted, *, classes: int | None = None) -> ClassificationScores:
    """Precision, recall and F1 of every class from labels.

    Args:
        true: ints of **shape (count,)** in 0, ..., classes - 1.
        predicted: ints of **shape (count,)** in 0, ..., classes - 1.
        classes: int ≥ 1; None takes the largest label + 1.

    Returns:
        `ClassificationScores`.

    Raises:
        DataError: empty, unequal lengths, or labels that are no integers in range.
        ConfigError: `classes` below 1.

    Example:
        >>> classification_scores([0, 0, 1, 1], [0, 1, 1, 1]).recall.tolist()
        [0.5, 1.0]
    """
    true, predicted = check_labels("true", true, classes), check_labels("predicted", predicted, classes)
    if len(true) != len(predicted):
        raise DataError(f"`true` and `predicted` must be equally long. Received: {len(true)} and {len(predicted)}.")
    classes = classes or int(max(true.max(), predicted.max())) + 1
    support, claimed = np.bincount(true, minlength=classes), np.bincount(predicted, minlength=classes)
    hits = np.bincount(true[true == predicted], minlength=classes)
    return ClassificationScores(
        precision=hits / np.maximum(claimed, 1),
        recall=hits / np.maximum(support, 1),
        f1=2.0 * hits / np.maximum(claimed + support, 1),
        support=support,
        accuracy=float((true == predicted).mean()),
        undefined=tuple(np.flatnonzero((support == 0) | (claimed == 0)).tolist()),
    )


def check_labels(name: str, labels, classes: int | None = None, *, lowest: int = 0) -> np.ndarray:
    """`labels` as int64 **(count,)**, count ≥ 1, in lowest, ..., classes - 1.

    Raises:
        DataError: another shape, empty, or values out of range.
        ConfigError: `classes` below 1.
    """
    if classes is not None:
        check_integer("classes", classes)
    labels = check_numeric(name, labels)
    if labels.ndim != 1 or len(labels) == 0:
        raise DataError(
            f"`{name}` must have shape (samples,) with at least one label. Received: {name}.shape={labels.shape}."
        )
    whole = labels.astype(np.int64)
    if (whole != labels).any() or whole.min() < lowest or (classes is not None and whole.max() >= classes):
        upper = "" if classes is None else f" and below {classes}"
        raise DataError(
            f"`{name}` must hold integers of at least {lowest}{upper}. "
            f"Received: values from {labels.min()} to {labels.max()}."
        )
    return whole
