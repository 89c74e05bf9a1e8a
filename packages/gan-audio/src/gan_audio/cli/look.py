"""`gan-audio look`: a table and a picture of recordings, to compare before and after by eye."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def look(files: tuple[Path, ...], /, *, out: Path | None = None, scale: Literal["mel", "linear"] = "mel",
         start: float = 0.0, seconds: float = 20.0, overwrite: Annotated[bool, Parameter(negative="")] = False,
         as_json: Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")] = False) -> None:
    """Measure recordings and draw their spectrograms one below the other, on one scale.

    gan-audio look noisy.wav enhanced.wav clean.wav --out compare.png

    Args:
        files: Recordings; several channels are averaged.
        out: Picture to write; its ending says how (.png, .jpg).
        scale: Frequencies as hearing resolves them, or evenly.
        start: Seconds from the beginning of each.
        seconds: At most so many seconds.
        overwrite: Replace a picture that exists.
        as_json: Print JSON.
    """
    from gan_audio.data.reading import read_excerpt, read_header
    from gan_audio.data.resampling import resample
    from gan_audio.errors import AudioConfigError
    from gan_audio.sound.analysis import analyse
    from gan_core.progress import stdout

    if not files:
        raise AudioConfigError("at least one recording is needed. Received: none. Write `gan-audio look FILE`.")
    if out is not None:
        if out.suffix.lower() not in PICTURES:
            raise AudioConfigError(f"`out` must end in {', '.join(PICTURES)}. Received: out={str(out)!r}.")
        if out.exists() and not overwrite:
            raise AudioConfigError(f"{out} exists already. Choose another --out, or pass --overwrite.")
        if not out.absolute().parent.is_dir():
            raise AudioConfigError(f"{out}: there is no folder {out.absolute().parent}. Make it, or choose another "
                                   "--out.")
    parts = {path: read_excerpt(path, start=start, seconds=seconds) for path in dict.fromkeys(files)}
    found = {path: (read_header(path), analyse(samples[:, 0], rate)) for path, (samples, rate) in parts.items()}
    if out is not None:
        from gan_audio.sound.pictures import spectrogram_picture
        from gan_core.images.sheet import save_picture

        rate = min(rate for _, rate in parts.values())  # one axis for all: what lies above cannot be compared
        picture = spectrogram_picture({str(path): resample(samples[:, 0], own, rate)
                                       for path, (samples, own) in parts.items()}, rate, mel=scale == "mel")
        save_picture(out, picture)
    if as_json:
        print(json.dumps({str(path): {"sample_rate": header.sample_rate, "channels": header.channels,
                                      **{name: value if value == value else None
                                         for name, value in values.as_dict().items()}}
                          for path, (header, values) in found.items()}))
        return
    _print(found, stdout())
    if out is not None:
        stdout().print(f"spectrograms -> {out}", markup=False)


def _print(found: dict, console) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    names = [path.name for path in found]
    table = Table("", box=box.SIMPLE)  # a column for each recording: few are compared, and their names are long
    for path in found:
        table.add_column(escape(path.name if len(set(names)) == len(names) else str(path)), justify="right",
                         overflow="fold")
    for title, show in {
        "sample rate, Hz": lambda header, values: f"{header.sample_rate}",
        "channels": lambda header, values: f"{header.channels}",
        "looked at, s": lambda header, values: f"{values.seconds:.2f}",
        "peak, dB of full scale": lambda header, values: f"{values.peak:.1f}",
        "level, dB of full scale": lambda header, values: f"{values.level:.1f}",
        "clipped": lambda header, values: f"{values.clipped:.1%}",
        "centroid, Hz": lambda header, values: _hertz(values.centroid),
        "99 % lies below, Hz": lambda header, values: _hertz(values.bandwidth),
    }.items():
        table.add_row(title, *(show(*each) for each in found.values()))
    console.print(table)


def _hertz(value: float) -> str:
    return "-" if value != value else f"{value:.0f}"  # silence has no frequencies
