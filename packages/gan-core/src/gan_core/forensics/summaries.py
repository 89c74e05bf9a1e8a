"""A few numbers per data set, and a few numbers per image."""

from __future__ import annotations

import numpy as np

from gan_core.errors import DataError
from gan_core.forensics.quantise import quantise


def moments(values) -> dict[str, float | int | bool]:
    """Mean, spread and shape of all pixels, and how many sit exactly at the ends of the range.

    Args:
        values: any shape, finite, nominally in [0, 1].

    Returns:
        dict: mean, standard_deviation, skewness and excess_kurtosis (third and fourth central moments over the
        standard deviation's powers, kurtosis less 3; 0 for a constant), minimum, maximum, exact_zero, exact_one,
        below_zero, above_one (shares of all values), distinct (number of different values), eight_bit (all values
        are k/255).

    Raises:
        DataError: no values, or NaN or infinities among them.

    Example:
        >>> moments([0, 0, 1, 1])["exact_zero"]
        0.5
    """
    values = np.sort(np.asarray(values, np.float64), axis=None)
    if not values.size or not (np.isfinite(values[0]) and np.isfinite(values[-1])):
        raise DataError("`values` must hold at least one number, all finite. Received: "
                        + ("NaN or infinite values." if values.size else "none."))
    mean = values.mean()
    centred = values - mean
    squares = centred * centred  # products: powers of arrays take ten times as long
    variance = float(squares.mean())
    spread = variance**0.5
    distinct = values[np.append(True, values[1:] != values[:-1])]
    return {
        "mean": float(mean),
        "standard_deviation": spread,
        "skewness": float((squares @ centred) / values.size / spread**3) if spread else 0.0,
        "excess_kurtosis": float((squares @ squares) / values.size / variance**2 - 3) if spread else 0.0,
        "minimum": float(values[0]),
        "maximum": float(values[-1]),
        "exact_zero": float((values == 0).mean()),
        "exact_one": float((values == 1).mean()),
        "below_zero": float((values < 0).mean()),
        "above_one": float((values > 1).mean()),
        "distinct": int(distinct.size),
        # float32 storage of k/255 is off by up to 3e-8
        "eight_bit": bool(distinct.size <= 256 and np.abs(distinct - quantise(distinct)).max() < 1e-7),
    }


def image_summaries(images) -> dict[str, np.ndarray]:
    """Numbers per image: independent of each other, unlike pixels, so that ordinary tests hold for them.

    Args:
        images: (N, H, W), grey, nominally in [0, 1]; H and W at least 2. Negative pixels weigh nothing in the centres.

    Returns:
        dict of float64 (N,): brightness (mean), contrast (standard deviation), zero_share and one_share (pixels exactly
        0 and 1), centre_row and centre_column (centre of mass, in pixels; NaN for an empty image), roughness (mean
        absolute difference of neighbouring pixels).

    Raises:
        DataError: not three dimensions, or images smaller than 2 x 2.

    Example:
        >>> image_summaries(np.ones((1, 2, 2)))["centre_row"]
        array([0.5])
    """
    images = np.asarray(images, np.float64)
    if images.ndim != 3 or not len(images) or min(images.shape[1:]) < 2:
        raise DataError("`images` must have shape (N, H, W) with H and W at least 2. "
                        f"Received: shape={images.shape}.")
    ink = np.maximum(images, 0)
    mass = ink.sum(axis=(1, 2))

    def centre(axis: int) -> np.ndarray:
        moment = ink.sum(axis=3 - axis) @ np.arange(images.shape[axis])
        return np.divide(moment, mass, out=np.full(len(images), np.nan), where=mass > 0)

    steps = (np.abs(np.diff(images, axis=1)).sum(axis=(1, 2)) + np.abs(np.diff(images, axis=2)).sum(axis=(1, 2)))
    height, width = images.shape[1:]
    return {
        "brightness": images.mean(axis=(1, 2)),
        "contrast": images.std(axis=(1, 2)),
        "zero_share": (images == 0).mean(axis=(1, 2)),
        "one_share": (images == 1).mean(axis=(1, 2)),
        "centre_row": centre(1),
        "centre_column": centre(2),
        "roughness": steps / ((height - 1) * width + height * (width - 1)),
    }
