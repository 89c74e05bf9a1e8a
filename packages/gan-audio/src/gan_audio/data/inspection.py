"""What is unusual about sound that can be used: silence, clipping, samples beyond full scale."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from gan_audio.errors import AudioWarning, listed
from gan_audio.sound.frames import runs


@dataclass
class Report:
    """What was met while reading a data set: nothing is skipped or changed without an entry here.

    Attributes:
        skipped: file -> reason.
        notes: kind of observation -> files, each with its detail.
    """

    skipped: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, name: str) -> None:
        """Remember that `kind` was seen in `name`."""
        self.notes.setdefault(kind, []).append(name)

    def add(self, other: Report) -> None:
        """Take over what `other` holds."""
        self.skipped |= other.skipped
        for kind, names in other.notes.items():
            self.notes.setdefault(kind, []).extend(names)

    @property
    def counts(self) -> Counter:
        """How often each kind was seen; "skipped" among them."""
        counts = Counter({kind: len(names) for kind, names in self.notes.items()})
        return counts + Counter({"skipped": len(self.skipped)})

    def warn(self, place: str) -> None:
        """One `AudioWarning` per kind, with a count and the first ten files."""
        for kind, names in self.notes.items():
            warnings.warn(f"{place}: {len(names)} × {kind}: {listed(names)}", AudioWarning, stacklevel=3)
        if self.skipped:
            lines = [f"{name} ({reason})" for name, reason in self.skipped.items()]
            warnings.warn(f"{place}: {len(lines)} skipped: {listed(lines)}", AudioWarning, stacklevel=3)


def clipped_share(samples: np.ndarray) -> float:
    """The share (0..1) of samples that sit at the extreme of the recording in runs of at least 3.

    Clipping happens at the level of the device, which need not be full scale, so the extreme is the recorded one.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return 0.0
    count = 0
    for side in (samples, -samples):
        found = runs(side >= peak * (1 - 1e-4))  # one step of 16 bits is tolerated
        lengths = found[:, 1] - found[:, 0]
        count += int(lengths[lengths >= 3].sum())
    return count / len(samples)


def inspect_clean(samples: np.ndarray, name: str, report: Report) -> None:
    """Note what is unusual about a training target (time,)."""
    if not samples.any():
        report.note("silent target", name)
    share = clipped_share(samples)
    if share > 0.001:
        report.note("clipped", f"{name} ({100 * share:.1f} %)")
    inspect_scale(samples, name, report)


def inspect_scale(samples: np.ndarray, name: str, report: Report) -> None:
    """Note samples beyond full scale."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > 1.0:
        report.note("beyond full scale (a generator with tanh cannot reach it)", f"{name} (peak {peak:.2f})")
