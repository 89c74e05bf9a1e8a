"""What every metric demands of its inputs, said once.

A number computed from NaN, object arrays or features of two different extractors looks like any other number;
so each metric refuses them with `DataError` before it computes anything.
"""

from __future__ import annotations

import operator

import numpy as np

from gan_core.errors import ConfigError, DataError


class MetricWarning(UserWarning):
    """A metric was computed, but its number means less than a reader would assume."""


def check_features(name: str, array, *, minimum: int = 1) -> np.ndarray:
    """`array` as a (count, dimension) array of finite real numbers, without a copy where it already is one.

    Args:
        name: str, the argument's name for the message.
        array: array-like of **shape (count, dimension)**, any real or integer dtype.
        minimum: int, the least count with which the metric is defined.

    Returns:
        The array with its own dtype: tiles are converted to float64 one at a time.

    Raises:
        DataError: not numeric, not two-dimensional, too few rows, no columns, or NaN or infinity inside.

    Example:
        >>> check_features("real", [[1, 2], [3, 4]]).shape
        (2, 2)
    """
    array = check_numeric(name, array)
    if array.ndim != 2:
        raise DataError(
            f"`{name}` must have shape (samples, features). Received: {name}.shape={array.shape}. "
            "Flatten each sample with array.reshape(len(array), -1)."
        )
    count, dimension = array.shape
    if dimension == 0:
        raise DataError(f"`{name}` must have at least one feature. Received: {name}.shape={array.shape}.")
    if count < minimum:
        raise DataError(
            f"`{name}` must hold at least {minimum} samples for this metric. Received: {name}.shape={array.shape}. "
            "Pass more samples."
        )
    return array


def check_numeric(name: str, array) -> np.ndarray:
    """`array` as a NumPy array of finite real numbers of any shape.

    Raises:
        DataError: another dtype (objects, strings, complex), or NaN or infinity inside; tells the first bad row.
    """
    try:
        array = np.asarray(array)
    except ValueError as error:  # rows of unequal length
        raise DataError(f"`{name}` must be a rectangular array of numbers. Received: {error}.") from error
    if array.dtype.kind not in "fiub":
        raise DataError(
            f"`{name}` must hold real numbers. Received: {name}.dtype={array.dtype}. "
            "Convert it with array.astype('float32')."
        )
    if array.dtype.kind == "f":
        rows_of = np.atleast_1d(array)
        step = max(1, 2**22 // max(1, rows_of[:1].size))  # in pieces: a memory-mapped file must not be loaded at once
        for start in range(0, len(rows_of), step):
            finite = np.isfinite(rows_of[start : start + step])
            if not finite.all():
                raise DataError(
                    f"`{name}` must be finite. Received: NaN or infinity, first in row "
                    f"{start + int(np.argwhere(~finite)[0][0])}. Find the sample or the extractor that produced it."
                )
    return array


def check_pair(first_name: str, first, second_name: str, second, *, minimum: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two feature arrays of one dimension; `check_features` for each.

    Raises:
        DataError: as `check_features`, or the dimensions differ.
    """
    first = check_features(first_name, first, minimum=minimum)
    second = check_features(second_name, second, minimum=minimum)
    if first.shape[1] != second.shape[1]:
        raise DataError(
            f"`{first_name}` and `{second_name}` must have equally many features, from one extractor. "
            f"Received: {first_name}.shape={first.shape}, {second_name}.shape={second.shape}."
        )
    return first, second


def check_integer(name: str, value, *, minimum: int = 1) -> int:
    """`value` as an int that is at least `minimum`.

    Raises:
        ConfigError: not an integer, or smaller.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < minimum:
        raise ConfigError(f"`{name}` must be an integer of at least {minimum}. Received: {name}={value!r}.")
    return number


def check_fraction(name: str, value) -> float:
    """`value` as a float strictly between 0 and 1.

    Raises:
        ConfigError: anything else.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not 0 < number < 1:
        raise ConfigError(f"`{name}` must lie strictly between 0 and 1. Received: {name}={value!r}.")
    return number


def check_result(name: str, value) -> float:
    """`value` as a float.

    Raises:
        DataError: it overflowed float64: the features are too large.
    """
    if not np.isfinite(value):
        raise DataError(
            f"{name} overflowed float64. Received: {name}={value}. The features are too large: check the extractor's "
            "output or divide both sets by one constant."
        )
    return float(value)


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
