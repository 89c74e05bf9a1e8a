"""Samples as files of a folder: a file for each, a folder for each class. Imports no TensorFlow."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.files import write_whole
from gan_core.images.sheet import save_picture

REPORT, CAPTIONS = "samples.json", "captions.tsv"
DIGITS = 5  # of file names, at least
LONGEST = 80  # bytes of a folder's name
# What some file systems refuse, or read in another way: Windows and what is shared with it is the strictest.
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class SamplePart:
    """Samples with numbers from 0 on.

    Args:
        count: how many.
        batches: their images, uint8 (n, height, width, channels) each, as `ImageRun.generate_batches` gives them.
        names: `count` classes or captions; None without any.
        folders: whether each name has a folder of its own.
    """

    count: int
    batches: Iterator[np.ndarray]
    names: Sequence[str] | None = None
    folders: bool = False

    def files(self, folders: Mapping[str, str]) -> Iterator[str]:
        """The path of each sample below the folder of all: "00012.png" or "cat/00012.png"."""
        digits = max(DIGITS, len(str(self.count - 1)))
        for number in range(self.count):
            name = f"{number:0{digits}}.png"
            yield f"{folders[self.names[number]]}/{name}" if self.folders and self.names is not None else name


def means_folder(out: str | os.PathLike) -> bool:
    """Whether a place to write to is a folder: it ends in a slash, or there is one."""
    return os.fspath(out).endswith(("/", os.sep)) or Path(out).expanduser().is_dir()


def check_sample_folder(folder: Path, *, overwrite: bool = False) -> Path:
    """The folder, if samples may be written to it.

    Raises:
        ConfigError: it is a file, or holds something that `overwrite` does not allow to replace.
    """
    folder = folder.expanduser()
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"`--out` must be a folder where it ends in a slash. Received: {folder}, which is a file. "
                          "Choose another.")
    found = next(_files_in(folder), None)
    if found is not None and not overwrite:
        raise ConfigError(f"`--out` must be a new or an empty folder. Received: {folder}, which holds {found}. Choose "
                          "another, or replace the samples in it with --overwrite.")
    return folder


def folder_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> the name of a folder that every file system takes, another one for each.

    Example:
        >>> folder_names(["cat", "Cat", "black/white", "..."])
        {'cat': 'cat', 'Cat': 'Cat_2', 'black/white': 'black_white', '...': '_'}
    """
    found: dict[str, str] = {}
    taken = {REPORT, CAPTIONS}
    for name in dict.fromkeys(names):
        whole = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
        plain = " ".join(_REFUSED.sub("_", " ".join(whole.split())).split())
        # A dot in front hides a folder; one at the end, as a space, is lost on Windows.
        plain = plain.encode()[:LONGEST].decode(errors="ignore").strip(" .")
        if not plain or _DEVICES.fullmatch(plain):
            plain += "_"
        candidates = itertools.chain([plain], (f"{plain}_{number}" for number in itertools.count(2)))
        # Folders that differ in capitals alone are the same one on some systems.
        found[name] = next(each for each in candidates if each.casefold() not in taken)
        taken.add(found[name].casefold())
    return found


def write_samples(folder: Path, parts: Sequence[SamplePart], about: Mapping, *, captions: bool = False,
                  overwrite: bool = False) -> dict[str, int]:
    """Write each sample to a PNG file of its own, and samples.json beside them.

    Only a batch is in memory. Files are complete or not there at all; when the writing is interrupted, samples.json
    and the captions tell of those that are there.

    Args:
        folder: as `check_sample_folder` gives it.
        parts: what to write, one after the other.
        about: what samples.json shall hold beside the numbers of samples.
        captions: whether the names are captions, which captions.tsv then tells of each file: `captions:FOLDER` reads
            them again.
        overwrite: whether samples of the same names may be replaced. Others are never removed.

    Returns:
        Name -> how many were written; {"": how many} without names.

    Raises:
        ConfigError: files in the folder would stay among the new ones.
        OSError: a file cannot be written.

    Example:
        >>> part = SamplePart(1000, run.generate_batches(1000), run.names_by_number(1000), folders=True)
        >>> write_samples(Path("made"), [part], {"step": run.step})
        {'cat': 500, 'dog': 500}
    """
    folders = folder_names(name for part in parts if part.folders and part.names is not None
                           for name in dict.fromkeys(part.names))
    if overwrite:
        _refuse_others(folder, parts, folders, captions=captions)
    folder.mkdir(parents=True, exist_ok=True)
    for name in folders.values():
        (folder / name).mkdir(exist_ok=True)
    counts: collections.Counter[str] = collections.Counter()
    rows: list[tuple[str, str]] = []
    try:
        for name, file in _written(folder, parts, folders):
            counts[name] += 1
            if captions:
                rows.append((file, name))
    finally:
        if captions:
            write_whole(folder / CAPTIONS, _table(rows))
        named = {name: {"folder": folders.get(name), "samples": number} for name, number in counts.items() if name}
        content = {**about, "asked": sum(part.count for part in parts), "samples": counts.total(),
                   "captions" if captions else "classes": named or None}
        write_whole(folder / REPORT, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return dict(counts)


def _written(folder: Path, parts: Sequence[SamplePart], folders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The name and the path of each sample, once it is written."""
    from gan_core.progress import track

    total = sum(part.count for part in parts)
    # A hidden folder of this process alone, on the same disk, from which finished files move to their places.
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as making:
        batches = ((part, images) for part in parts for images in part.batches)
        places = {id(part): enumerate(part.files(folders)) for part in parts}
        for part, images in track(batches, "samples", total, size=lambda batch: len(batch[1])):
            for image in images:
                number, file = next(places[id(part)])
                made = save_picture(Path(making) / "sample.png", image[..., 0] if image.shape[-1] == 1 else image)
                os.replace(made, folder / file)
                yield "" if part.names is None else part.names[number], file


def _refuse_others(folder: Path, parts: Sequence[SamplePart], folders: Mapping[str, str], *, captions: bool) -> None:
    """Refuse a folder with files that would stay: who reads it would take them for samples of this run."""
    written = {file for part in parts for file in part.files(folders)} | {REPORT, *([CAPTIONS] if captions else [])}
    other = next((file for file in _files_in(folder) if file not in written), None)
    if other is not None:
        raise ConfigError(f"--overwrite replaces samples of the same names and removes nothing. Received: {folder}, "
                          f"which also holds {other}. Empty it, or choose another folder.")


def _files_in(folder: Path) -> Iterator[str]:
    """The paths below a folder, "/" between their parts, of all files that are not hidden."""
    for place, subfolders, files in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(place, name).relative_to(folder).as_posix()


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """The content of captions.tsv."""
    lines = ["file\tcaption"]
    for file, caption in rows:
        plain = " ".join(caption.split())
        if plain.startswith('"') and plain.endswith('"'):  # else readers take these quotes for the table's own
            plain = '"' + plain.replace('"', '""') + '"'
        lines.append(f"{file}\t{plain}")
    return "\n".join([*lines, ""])
