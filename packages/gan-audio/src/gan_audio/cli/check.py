"""`gan-audio check`: read every recording of a source once and list what cannot be used or looks unusual."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_audio.cli.options import SOURCES
from gan_audio.errors import AudioDataError, listed


@dataclass
class Findings:
    """What `check` met: usable recordings, seconds, rejects (name -> reason), and notes (kind -> names)."""

    usable: int = 0
    seconds: float = 0.0
    speakers: set[str] = field(default_factory=set)
    rejects: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)


def check(*, data: Annotated[str, Parameter(help=SOURCES)], split: Literal["train", "test"] = "train",
          sample_rate: int = 16_000, channels: Literal["error", "mix", "first"] = "error",
          damage: str = "clip:percentile=90",
          as_json: Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")] = False) -> None:
    """Read every recording of a source once; print a summary and the table of rejects. Exit code 3 if there are any.

    Args:
        data: The source.
        split: Which part, where the source has several.
        sample_rate: Hz, to which everything is resampled.
        channels: What to do with several.
        damage: For damage:CLEAN.
        as_json: Print JSON.
    """
    from gan_audio.data.sources import Reading
    from gan_core.progress import stdout

    found = examine(data, split, Reading(sample_rate, channels, True, damage))
    if as_json:
        print(json.dumps({"data": data, "usable": found.usable, "seconds": round(found.seconds, 3),
                          "speakers": sorted(found.speakers), "rejects": found.rejects, "notes": found.notes}))
    else:
        _print(data, found, stdout())
    if found.rejects:
        raise AudioDataError(f"{data}: {len(found.rejects)} recordings cannot be used. Repair or remove them, or pass "
                             "`--on-bad skip` to `train`.")
    if not found.usable:
        raise AudioDataError(f"{data}: there is no recording.")


def examine(data: str, split: str, reading) -> Findings:
    """Read everything once."""
    found = Findings()
    for _, length, speaker in _each(data, split, reading, found):
        found.usable += 1
        found.seconds += length / reading.sample_rate
        found.speakers.add(speaker)
    return found


def _each(data: str, split: str, reading, found: Findings) -> Iterator[tuple[str, int, str]]:
    """(name, samples, speaker) of every usable recording; the others go to `found`."""
    from dataclasses import replace

    from gan_audio.data.inspection import Report, inspect_clean
    from gan_audio.data.pairing import Pair, judge_folders, read_pair
    from gan_audio.data.reading import list_audio, read_audio
    from gan_audio.data.sources import pairs_of, parse_source, synthetic_recordings

    scheme, place = parse_source(data)
    report = Report()
    if scheme == "synthetic":
        for each in synthetic_recordings(split, reading):
            yield each.name, len(each.clean), "synthetic"
        return
    if scheme == "damage":
        pairs = [Pair(key, path, path) for key, path in list_audio(place).items()]
    else:
        from gan_audio.data.pairing import find_pairs
        from gan_audio.data.voicebank import find_layout

        pairs = pairs_of(scheme, place, split, replace(reading, strict=False))
        clean, noisy = place.split(",", 1) if scheme == "pairs" else find_layout(place, split)[:2]
        find_pairs(clean, noisy, strict=False, report=report)
    for pair in pairs:
        try:
            if scheme == "damage":
                samples = read_audio(pair.clean, sample_rate=reading.sample_rate, channels=reading.channels)[0][:, 0]
                inspect_clean(samples, pair.key, report)
            else:
                samples = read_pair(pair, sample_rate=reading.sample_rate, channels=reading.channels, report=report)[0]
        except AudioDataError as error:
            found.rejects[pair.key] = str(error)
            continue
        yield pair.key, len(samples), pair.speaker
    judge_folders(report, len(pairs))
    found.rejects |= report.skipped
    found.notes = report.notes


def _print(data: str, found: Findings, console) -> None:
    from rich.table import Table

    console.print(f"{data}: {found.usable} recordings, {found.seconds / 60:.1f} min, speakers: "
                  f"{listed(sorted(found.speakers), 20)}", markup=False)
    for kind, names in found.notes.items():
        console.print(f"note: {len(names)} × {kind}: {listed(names, 5)}", markup=False)
    if found.rejects:
        table = Table("recording", "why it cannot be used")
        for name, reason in found.rejects.items():
            table.add_row(name, reason)
        console.print(table)
