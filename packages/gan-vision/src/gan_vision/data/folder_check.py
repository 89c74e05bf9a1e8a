"""Check a folder before training: decode every file once, and say which cannot be used."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from gan_core.errors import choose
from gan_core.images.decode import MAX_PIXELS, decode_image, printable
from gan_core.images.listing import list_images
from gan_core.progress import track
from gan_vision.data.folder import class_labels
from gan_vision.data.rejects import POLICIES, Reject, apply_policy, decode_all


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Args:
        name: the folder.
        total: int, how many files were tried.
        rejects: the files that cannot be used.
        class_counts: usable images of each class sub-folder; empty without classes.
        smallest: (height, width) of the usable image with the fewest pixels, or None.
        largest: the same for the most pixels.
    """

    name: str
    total: int
    rejects: tuple[Reject, ...]
    class_counts: dict[str, int]
    smallest: tuple[int, int] | None
    largest: tuple[int, int] | None

    @property
    def usable(self) -> int:
        """How many images can be trained on."""
        return self.total - len(self.rejects)

    def raise_for(self, on_bad: str = "error") -> None:
        """Raise DataError unless the policy ("error" or "skip", at most 10 %) accepts the rejects."""
        apply_policy(self.rejects, self.total, on_bad, name=self.name)

    def table(self):
        """The rejects as a `rich.table.Table`: path, reason."""
        from rich.markup import escape
        from rich.table import Table

        table = Table("file", "reason", title=f"{len(self.rejects)} of {self.total} images cannot be used")
        for reject in self.rejects:
            table.add_row(escape(reject.path), escape(reject.reason))
        return table


def check_folder(
    root: str | os.PathLike,
    *,
    channels: int = 3,
    max_pixels: int = MAX_PIXELS,
    on_bad: str | None = None,
) -> CheckReport:
    """Decode every image of a folder once.

    Args:
        root: the folder.
        channels: 1 or 3.
        max_pixels: int, as in `decode_image`.
        on_bad: None only reports; "error" and "skip" raise as loading with that policy would.

    Returns:
        CheckReport.

    Raises:
        DataError: no images, or the policy refuses.

    Example:
        >>> check_folder("photos").rejects
        (Reject(path='photos/a.png', reason='found an empty file (0 bytes); ...'),)
    """
    if on_bad is not None:
        choose("on_bad", on_bad, POLICIES)
    paths = list_images(root)
    labels, names = class_labels(root, paths)
    rejects, sizes = [], []
    counts = np.zeros(len(names), np.int64)
    images = decode_all(enumerate(paths),
                        lambda item: decode_image(item[1], channels=channels, max_pixels=max_pixels))
    for (position, _), image in track(images, "checking images", len(paths)):
        if isinstance(image, Reject):
            rejects.append(image)
            continue
        sizes.append(image.shape[:2])
        if labels is not None:
            counts[labels[position]] += 1
    by_pixels = sorted(sizes, key=lambda size: size[0] * size[1])
    report = CheckReport(f"folder {printable(root)}", len(paths), tuple(rejects),
                         dict(zip(names, counts.tolist(), strict=True)),
                         by_pixels[0] if sizes else None, by_pixels[-1] if sizes else None)
    if on_bad is not None:
        report.raise_for(on_bad)
    return report
