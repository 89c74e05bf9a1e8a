"""Check examples before training: read every one once, and say which cannot be used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import DataError
from gan_core.images.decode import BLANK, ImageError
from gan_core.progress import track
from gan_vision.data.example_source import Columns
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.photo import Photo
from gan_vision.data.rejects import Reject, apply_policy, decode_all

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

_BLOCK_BYTES = 1 << 20  # read at a time of what need not be decoded


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Args:
        name: the data set.
        total: int, how many examples were tried.
        rejects: the files that cannot be used.
        kinds: name -> kind, of every field.
        class_counts: usable examples of each class; empty without classes.
        smallest: (height, width) of the usable picture with the fewest pixels, or None.
        largest: the same for the most pixels.
        transparent: int, how many usable pictures have a pixel with opacity below 255; None where they were read
            without opacity, so that nobody knows.
    """

    name: str
    total: int
    rejects: tuple[Reject, ...]
    kinds: dict[str, str]
    class_counts: dict[str, int]
    smallest: tuple[int, int] | None
    largest: tuple[int, int] | None
    transparent: int | None = None

    @property
    def usable(self) -> int:
        """How many examples can be trained on."""
        return self.total - len(self.rejects)

    def joined(self, other: CheckReport) -> CheckReport:
        """What both found together."""
        sizes = sorted((size for report in (self, other) for size in (report.smallest, report.largest)
                        if size is not None), key=lambda size: (size[0] * size[1], size))
        counts = {name: self.class_counts.get(name, 0) + other.class_counts.get(name, 0)
                  for name in {**self.class_counts, **other.class_counts}}
        return CheckReport(self.name, self.total + other.total, self.rejects + other.rejects, self.kinds, counts,
                           sizes[0] if sizes else None, sizes[-1] if sizes else None,
                           None if self.transparent is None or other.transparent is None
                           else self.transparent + other.transparent)

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


def check_examples(examples: Examples) -> CheckReport:
    """Read every example once: see `Examples.check`."""
    rejects, sizes, transparent = [*examples.rejects], set(), 0
    has_opacity = isinstance(kind := examples.fields["real"], Photo) and kind.channels == 4
    names = examples.class_names if isinstance(examples.fields.get("label"), ClassLabel) else ()
    counts = np.zeros(len(names), np.int64)

    def read(rows: np.ndarray) -> dict:
        try:
            return examples.gather(rows)
        except ImageError:
            raise
        except DataError as error:
            raise ImageError(examples.source.place(int(rows[0])), str(error)) from error

    for rows, found in track(decode_all(_blocks(examples), read), "checking images", len(examples)):
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        if has_opacity:
            opacity = found["real"][..., 3]
            visible = opacity.any(axis=(1, 2))
            rejects += [Reject(examples.source.place(int(row)), BLANK) for row in rows[~visible]]
            transparent += int((opacity[visible].min(axis=(1, 2)) < 255).sum())
            if not visible.any():
                continue
            found = {name: found[name][visible] for name in ("real", "label") if name in found}
        sizes.add(found["real"].shape[1:3])
        if names:
            counts += np.bincount(found["label"], minlength=len(counts))
    by_pixels = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return CheckReport(examples.name, len(examples) + len(examples.rejects), tuple(rejects),
                       {name: repr(each) if each.is_map else type(each).__name__
                        for name, each in examples.fields.items()},
                       dict(zip(names, counts.tolist(), strict=True)),
                       by_pixels[0] if sizes else None, by_pixels[-1] if sizes else None,
                       transparent if has_opacity else None)


def _blocks(examples: Examples) -> Iterator[np.ndarray]:
    """One row at a time where each may fail on its own, or has a size of its own."""
    step = 1
    if isinstance(examples.source, Columns) and not examples.source.is_decoded_on_demand:
        step = max(1, _BLOCK_BYTES // sum(dtype.itemsize * math.prod(shape) for shape, dtype in examples.spec.values()))
    for start in range(0, len(examples), step):
        yield np.arange(start, min(start + step, len(examples)))
