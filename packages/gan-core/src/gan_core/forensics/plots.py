"""The pictures of the forensics report, as PNG bytes."""

from __future__ import annotations

import io

import numpy as np

from gan_core.forensics.ecdf import POINTS
from gan_core.forensics.pixel_comparison import Comparison, Spread, View
from gan_core.images.sheet import image_grid

COLOURS = ("#1f5fa8", "#d9631e")  # distinguishable with the common forms of colour blindness


def _figure(columns: int, rows: int = 1, *, width: float = 4.4, height: float = 3.2):
    from matplotlib.figure import Figure  # not pyplot: no window system, no global state

    figure = Figure(figsize=(width * columns, height * rows), dpi=110, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False).ravel()


def _png(figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _steps(axes, histogram_pair, names, *, logarithmic: bool) -> None:
    for histogram, name, colour in zip(histogram_pair, names, COLOURS, strict=True):
        # A share of zero has no logarithm: those bins stay empty.
        shares = np.where(histogram.shares > 0, histogram.shares, np.nan) if logarithmic else histogram.shares
        axes.stairs(shares, histogram.edges, color=colour, label=name, linewidth=1.4, baseline=None)
    if logarithmic:
        axes.set_yscale("log")
    axes.set_xlabel("pixel value")
    axes.set_ylabel("share of all pixels")


def histograms(view: View, names) -> bytes:
    """All values on a logarithmic scale, and the middle of the range without the two modes."""
    figure, (full, middle) = _figure(2)
    _steps(full, view.histograms["full"], names, logarithmic=True)
    full.set_title("the whole range")
    _steps(middle, view.histograms["middle"], names, logarithmic=False)
    middle.set_title("the middle: 0.11 to 0.88")
    full.legend()
    return _png(figure)


def ends(view: View, names) -> bytes:
    """Both ends of the range, enlarged: teeth where values are few, steps where they are many."""
    figure, panels = _figure(2)
    for axes, key, title in zip(panels, ("low_end", "high_end"),
                                ("the dark end: 0 to 0.05", "the bright end: 0.95 to 1"), strict=True):
        filled = np.concatenate([histogram.shares[histogram.shares > 0] for histogram in view.histograms[key]])
        floor = filled.min() / 3 if filled.size else 1e-6
        for order, (histogram, name, colour) in enumerate(zip(view.histograms[key], names, COLOURS, strict=True)):
            inside = histogram.shares > 0
            if inside.mean() > 0.5:
                axes.stairs(np.where(inside, histogram.shares, np.nan), histogram.edges, color=colour, label=name,
                            linewidth=1.4, baseline=None)
            else:  # single grey levels: a step one bin wide would be a dot
                middle = (histogram.edges[:-1] + histogram.edges[1:])[inside] / 2
                axes.vlines(middle, floor, histogram.shares[inside], color=colour, linewidth=0.8)
                axes.plot(middle, histogram.shares[inside], "os"[order], color=colour, markersize=3.5, label=name)
        axes.set(yscale="log", title=title, xlabel="pixel value", ylabel="share of all pixels",
                 xlim=(histogram.edges[0] - 0.002, histogram.edges[-1] + 0.002))
        axes.set_ylim(bottom=floor)
    panels[0].legend()
    return _png(figure)


def distribution_functions(comparison: Comparison) -> bytes:
    """ECDFs, raw and rounded."""
    views = [("as stored", comparison.raw)]
    if comparison.quantised is not None:
        views.append(("rounded to grey levels", comparison.quantised))
    figure, panels = _figure(len(views))
    for axes, (title, view) in zip(panels, views, strict=True):
        for shares, name, colour in zip(view.ecdf, comparison.settings["names"], COLOURS, strict=True):
            axes.plot(POINTS, shares, color=colour, label=name, marker=".", markersize=4, linewidth=1)
        axes.axvline(view.ks.location, color="0.6", linewidth=0.8, linestyle=":")
        axes.set(title=title, xlabel="pixel value t", ylabel="share of pixels ≤ t", ylim=(-0.02, 1.02))
    panels[0].legend()
    return _png(figure)


def lines(view: View, names) -> bytes:
    """Where the ink of rows and columns sits, and how this place moves."""
    figure, panels = _figure(2)
    for axes, title, spread in zip(panels, ("centroids (pixels)", "slopes of the centroids"),
                                   (view.centroids, view.slopes), strict=True):
        _spread(axes, spread, names)
        axes.set_title(title)
    panels[0].legend()
    return _png(figure)


def per_image(view: View, names) -> bytes:
    """Distributions of the numbers per image."""
    figure, panels = _figure(4, -(-len(view.images) // 4), width=2.3, height=2.2)
    for axes in panels[len(view.images):]:
        axes.set_axis_off()
    for axes, (title, spread) in zip(panels, view.images.items(), strict=False):
        _spread(axes, spread, names)
        axes.set_title(title.replace("_", " "), fontsize=9)
        axes.set_yticks([])
        axes.set_ylabel("")
        axes.tick_params(labelsize=7)
    return _png(figure)


def _spread(axes, spread: Spread, names) -> None:
    for shares, name, colour in zip(spread.shares, names, COLOURS, strict=True):
        axes.stairs(shares, spread.edges, color=colour, label=name, linewidth=1.4)
    axes.set_ylabel("share")


def sheet(images: np.ndarray, columns: int = 6, margin: int = 2, smallest: int = 320) -> bytes:
    """Up to 36 images in a grid, enlarged by whole factors so that single pixels stay visible.

    Args:
        images: (N, H, W, C) in [0, 1]; values outside are clipped, two or more than four channels are averaged.
        columns: int.
        margin: int, pixels between images.
        smallest: int, the sheet is enlarged to at least this width.
    """
    from PIL import Image

    images = np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
    if images.shape[-1] not in (1, 3):
        images = np.rint(images[..., :3].mean(axis=-1, keepdims=True)).astype(np.uint8)
    picture = Image.fromarray(image_grid(images, min(columns, len(images)), padding=margin, background=128))
    factor = -(-smallest // picture.width)
    buffer = io.BytesIO()
    picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()
