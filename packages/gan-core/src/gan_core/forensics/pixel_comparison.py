"""A set of images against a reference: every statistic of this package, raw and rounded to grey levels."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.centroid import centroid
from gan_core.forensics.divergence import jsd
from gan_core.forensics.ecdf import POINTS, ecdf
from gan_core.forensics.findings import findings
from gan_core.forensics.histogram import PixelHistogram, pixel_histogram
from gan_core.forensics.image_bootstrap import ImageBootstrap, bootstrap_ks
from gan_core.forensics.kolmogorov_smirnov import KolmogorovSmirnov, ks_2samp
from gan_core.forensics.quantise import quantise as to_levels
from gan_core.forensics.slope import slope
from gan_core.forensics.summaries import image_summaries, moments

RANGES = {"full": (0.0, 1.0), "middle": (0.11, 0.88), "low_end": (0.0, 0.05), "high_end": (0.95, 1.0)}


@dataclass(frozen=True)
class Spread:
    """One statistic of both sets.

    Attributes:
        ks: the distance; None if one side has no defined value.
        undefined: (reference, sample), shares of NaN that were left out (columns without ink).
        mean: (reference, sample).
        standard_deviation: (reference, sample).
        edges: (bins + 1,), common bins.
        shares: (2, bins), part of the defined values per bin.
    """

    ks: KolmogorovSmirnov | None
    undefined: tuple[float, float]
    mean: tuple[float, float]
    standard_deviation: tuple[float, float]
    edges: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class View:
    """All figures of one way to look: pixels as they are, or rounded.

    Attributes:
        moments: (reference, sample), see `moments`.
        ks: distance of all pixels; its `rejected` assumes independent pixels and is shown only to warn of it.
        bootstrap: the same distance with its uncertainty over images.
        jsd: divergence of the full histograms in nats, what lies outside [0, 1] counted as two further bins.
        histograms: range name -> (reference, sample).
        ecdf: (2, 50) distribution functions at 50 points in [0, 1].
        centroids, slopes: of the columns and rows together.
        images: name of a per-image summary -> its spread.
    """

    moments: tuple[dict, dict]
    ks: KolmogorovSmirnov
    bootstrap: ImageBootstrap
    jsd: float
    histograms: dict[str, tuple[PixelHistogram, PixelHistogram]]
    ecdf: np.ndarray
    centroids: Spread
    slopes: Spread
    images: dict[str, Spread]


@dataclass(frozen=True)
class Comparison:
    """What `compare_pixels` found.

    Attributes:
        settings: names, counts, shapes, levels, seed: all that is needed to repeat it.
        raw: the pixels as given.
        quantised: rounded to `levels` grey levels, or None.
        findings: sentences a person understands, most telling first.
        examples: (reference, sample), up to 36 images each, for the report's sheets.
    """

    settings: dict
    raw: View
    quantised: View | None
    findings: list[str]
    examples: tuple[np.ndarray, np.ndarray] = field(repr=False)

    def to_dict(self) -> dict:
        """All numbers as plain JSON types (NaN becomes None); the example images stay out."""
        content = {name: getattr(self, name) for name in ("settings", "findings", "raw", "quantised")}
        return {"format": "gan-core forensics 1", **_plain(content)}


def compare_pixels(reference, sample, *, quantise: int | None = 256, bins: int = 100, alpha: float = 0.05,
                   repeats: int = 200, window: int = 7, seed: int = 0,
                   names: tuple[str, str] = ("real", "generated")) -> Comparison:
    """Every pixel statistic of `sample` against `reference` (Valle et al. 2018, arXiv:1807.04919).

    Args:
        reference: (N, H, W) or (N, H, W, C), N >= 2, finite, in [0, 1].
        sample: (M, H, W[, C]), M >= 2, finite, nominally in [0, 1]; what falls outside is counted and reported.
        quantise: int >= 2, grey levels for the second view; None leaves it out.
        bins: int, of the pixel histograms.
        alpha: float in (0, 1), level of the critical values.
        repeats: int, resamples of the images.
        window: int, length of the windows of the slopes; shortened to the image where that is smaller.
        seed: int, of the resampling.
        names: what the two sets are called in the report.

    Raises:
        DataError: shapes that differ, fewer than two images, values that are not finite, or a reference outside [0, 1].
        ConfigError: `quantise` below 2, or another option outside its range.

    Example:
        >>> compare_pixels(real, fake).raw.ks.statistic
        0.808
    """
    reference, sample = _images("reference", reference), _images("sample", sample)
    if reference.shape[1:] != sample.shape[1:]:
        raise DataError(f"both sets must hold images of one shape. Received: reference {reference.shape[1:]}, "
                        f"sample {sample.shape[1:]}. Resize or convert one of them.")
    if reference.min() < 0 or reference.max() > 1:
        raise DataError(f"`reference` must lie in [0, 1]. Received: {reference.min():g}..{reference.max():g}. "
                        "Divide bytes by 255, or map [-1, 1] with (x + 1) / 2.")
    if quantise is not None and quantise < 2:
        raise ConfigError(f"`quantise` must be at least 2 grey levels, or None. Received: quantise={quantise}.")
    settings = {"names": list(names), "images": [len(reference), len(sample)], "shape": list(reference.shape[1:]),
                "quantise": quantise, "bins": bins, "alpha": alpha, "repeats": repeats, "window": window, "seed": seed}
    options = {"bins": bins, "alpha": alpha, "repeats": repeats, "window": window, "seed": seed}
    raw = _view(reference, sample, **options)
    rounded = None
    if quantise is not None:
        rounded = _view(to_levels(reference, levels=quantise), to_levels(sample, levels=quantise), **options)
    return Comparison(settings, raw, rounded, findings(raw, rounded, names), (reference[:36], sample[:36]))


def _images(name: str, images) -> np.ndarray:
    images = np.asarray(images, np.float64)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or len(images) < 2 or 0 in images.shape:
        raise DataError(f"`{name}` must hold at least two images, shape (N, H, W) or (N, H, W, C). "
                        f"Received: shape={images.shape}.")
    if not np.isfinite(images).all():
        raise DataError(f"`{name}` must be finite. Received: NaN or infinite pixels in "
                        f"{int((~np.isfinite(images)).any(axis=(1, 2, 3)).sum())} of {len(images)} images.")
    return images


def _view(reference, sample, *, bins, alpha, repeats, window, seed) -> View:
    histograms = {name: (pixel_histogram(reference, bins=bins, range=limits),
                         pixel_histogram(sample, bins=bins, range=limits)) for name, limits in RANGES.items()}
    # Statistics of lines need one value per place: colours are averaged. A centre of mass needs weights >= 0.
    grey = reference.mean(axis=-1), sample.mean(axis=-1)
    lines = [[centroid(np.maximum(images, 0), axis=axis) for axis in (0, 1)] for images in grey]
    slopes = [[slope(line, min(window, line.shape[-1])) for line in pair] for pair in lines]
    summaries = [image_summaries(images) for images in grey]
    return View(
        moments=(moments(reference), moments(sample)),
        ks=ks_2samp(reference, sample, alpha=alpha),
        bootstrap=bootstrap_ks(reference, sample, repeats=repeats, seed=seed),
        jsd=jsd(histograms["full"][0].complete, histograms["full"][1].complete),
        histograms=histograms,
        ecdf=np.stack([ecdf(reference, POINTS), ecdf(sample, POINTS)]),
        centroids=_spread(*(np.concatenate(pair, axis=1) for pair in lines), alpha=alpha),
        slopes=_spread(*(np.concatenate(pair, axis=1) for pair in slopes), alpha=alpha),
        images={name: _spread(summaries[0][name], summaries[1][name], alpha=alpha) for name in summaries[0]},
    )


def _spread(reference: np.ndarray, sample: np.ndarray, *, alpha: float, bins: int = 40) -> Spread:
    sides = [values.ravel() for values in (reference, sample)]
    defined = [values[~np.isnan(values)] for values in sides]
    both = np.concatenate(defined)
    edges = np.histogram_bin_edges(both, bins) if both.size else np.linspace(0.0, 1.0, bins + 1)
    return Spread(
        ks=ks_2samp(*defined, alpha=alpha) if all(values.size for values in defined) else None,
        undefined=_pair(1 - some.size / values.size for some, values in zip(defined, sides, strict=True)),
        mean=_pair(float(values.mean()) if values.size else float("nan") for values in defined),
        standard_deviation=_pair(float(values.std()) if values.size else float("nan") for values in defined),
        edges=edges,
        shares=np.stack([np.histogram(values, edges)[0] / max(values.size, 1) for values in defined]),
    )


def _pair(values: Iterable[float]) -> tuple[float, float]:
    reference, sample = values
    return reference, sample


def _plain(value) -> Any:
    if dataclasses.is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
