"""`gan-core forensics REAL FAKE`: read both, compare, write the report, print what was found."""

from __future__ import annotations

import json as json_format
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.forensics.forensics_report import write_report
from gan_core.forensics.pixel_comparison import Comparison, compare_pixels
from gan_core.progress import quietly, stage, track
from gan_core.run.config import check_seed

MOST_VALUES = 20_000_000  # pixel values per set: 160 MB each, and about four times that while comparing


def forensics(real: str, fake: str, *, out: str = "forensics", quantise: int | None = 256, count: int = 10_000,
              resize: int | None = None, value_range: str = "auto", repeats: int = 200, seed: int = 0,
              json: bool = False, quiet: bool = False) -> None:
    """Compare the pixels of generated images with those of real ones, and write a report with pictures.

    Args:
        real: folder of images, `.npy`, or `.npz` (FILE.npz:NAME where it holds several arrays).
        fake: likewise. Save floats as `.npy` to see what a generator really puts out; files of pictures are rounded.
        out: folder of report.html and report.json.
        quantise: grey levels of the second, rounded view; 0 leaves it out.
        count: images per side at most, drawn at random; fewer if they are large.
        resize: bring all images to this height and width (changes the statistics: avoid it where you can).
        value_range: of float arrays: auto, unit [0, 1], signed [-1, 1] or bytes [0, 255].
        repeats: resamples of the images for the intervals.
        seed: of the draws.
        json: print all numbers as JSON instead of a table.
        quiet: print only where the report is.

    Raises:
        DataError: a side that cannot be read, has fewer than two images, or shapes that differ.
        RunError: `out` cannot be written.

    Example:
        >>> forensics("digits.npz:test", "fake.npy", out="report")
    """
    check_seed(seed)
    with quietly(json or quiet):
        reference, of_real = _load(real, "REAL", count, resize, value_range, seed)
        sample, of_fake = _load(fake, "FAKE", count, resize, value_range, seed)
        if reference.shape[1:] != sample.shape[1:]:
            remedy = ("Bring them to one size with `resize` (--resize)." if reference.shape[3] == sample.shape[3]
                      else "Convert one side: grey and colour cannot be compared.")
            raise DataError(f"REAL and FAKE must hold images of one shape. Found: {real} {reference.shape[1:]}, "
                            f"{fake} {sample.shape[1:]} (height, width, channels). {remedy}")
        with stage(f"comparing {len(sample):,} with {len(reference):,} images"):
            comparison = compare_pixels(reference, sample, quantise=quantise or None, repeats=repeats, seed=seed)
            comparison.settings.update(real=str(real), fake=str(fake), images_in_source=[of_real, of_fake],
                                       resize=resize)
            page, numbers = write_report(comparison, out)
    if json:
        print(json_format.dumps(comparison.to_dict(), allow_nan=False))
    elif quiet:
        print(page)
    else:
        _print(comparison, page, numbers)


def _load(path: str, side: str, count: int, resize: int | None, value_range: str, seed: int
          ) -> tuple[np.ndarray, int]:
    from gan_core.metrics.image_source import open_images

    def choose_rows(most: int):
        # A stated range describes float arrays; files and bytes know theirs.
        stated = "auto" if Path(path).is_dir() else value_range
        return open_images(path, resize=resize, value_range=stated, count=most, seed=seed)

    images = choose_rows(count)
    if images.channels == 4:
        raise DataError(f"{path}: forensics compares pixels of gray or RGB. Found: 4 channels, RGB and opacity. Lay "
                        "the images over one colour before saving them.")
    most = max(2, MOST_VALUES // int(np.prod(images.shape[1:])))
    if len(images) > most:
        images = choose_rows(most)
    if len(images) < 2:
        raise DataError(f"{path}: {side} needs at least two images. Found: {len(images)}.")
    batches = list(track(images.unit(), f"reading {path}", len(images), size=len))
    return np.concatenate(batches), images.total


def _print(comparison: Comparison, page: Path, numbers: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    views = [("as stored", comparison.raw)]
    if comparison.quantised is not None:
        views.append((f"rounded to {comparison.settings['quantise']} levels", comparison.quantised))
    real, fake = comparison.settings["images"]
    table = Table(title=f"{fake:,} generated against {real:,} real images")
    table.add_column("pixels")
    for title, _ in views:
        table.add_column(title, justify="right")
    table.add_row("distance D", *(f"{view.ks.statistic:.4f}" for _, view in views))
    table.add_row("95 % interval over images", *(f"{view.bootstrap.low:.4f} – {view.bootstrap.high:.4f}"
                                                 for _, view in views))
    table.add_row("two halves of the real images", *(f"{view.bootstrap.floor:.4f}" for _, view in views))
    table.add_row("JSD (nats)", *(f"{view.jsd:.4f}" for _, view in views))
    for index, name in enumerate(comparison.settings["names"]):
        table.add_row(f"exactly black, {name}", *(f"{view.moments[index]['exact_zero']:.1%}" for _, view in views))
    console.print(table)
    for finding in comparison.findings:
        console.print(f"- {finding}", markup=False, highlight=False)
    console.print(f"Report: {page}\nNumbers: {numbers}", markup=False, highlight=False, soft_wrap=True)
