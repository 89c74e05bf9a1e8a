"""Examples whose fields lie in files: decoded at once if they fit into memory, else each when it is asked for."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.images.decode import printable, read_header
from gan_core.images.listing import list_images
from gan_core.progress import track
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.kind import Kind
from gan_vision.data.rejects import POLICIES, Reject, apply_policy, decode_all
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.storage import MEMORY_LIMIT

Files = Sequence[tuple[Path, ...]]  # those of each example
Folders = tuple[Path, ...]
HELD_OUT = ("val", "validation", "test")
_SHOWN = 5


def parts_of(inside: Callable[[str], Folders]) -> tuple[Folders, Folders | None]:
    """The folders of the training examples and of the held-out ones; `inside(part)` names those of a part, "" all."""
    def exists(part: str) -> bool:
        return all(folder.is_dir() for folder in inside(part))

    if not exists("train"):
        return inside(""), None
    return inside("train"), next((inside(part) for part in HELD_OUT if exists(part)), None)


def partners(folders: Mapping[str, Path], suffixes: Mapping[str, str] | None = None) -> Files:
    """The files of equal names in all folders, in the order of the folders, sorted by name; nothing goes by position.

    Args:
        folders: what each holds -> where it is, at any depth.
        suffixes: what ends the names of the files of a folder ("_labelIds"), if any do; others there are left out.

    Raises:
        DataError: no files; two of one name; or some without a partner: up to five are named.
    """
    named = {each: _by_name(folder, (suffixes or {}).get(each, "")) for each, folder in folders.items()}
    everything = sorted(set().union(*named.values()))
    for each, folder in folders.items():
        if missing := [name for name in everything if name not in named[each]]:
            shown = ", ".join(map(printable, missing[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
            raise DataError(f"every file needs a partner of the same name in {printable(folder)}. Missing there: "
                            f"{len(missing)} of {len(everything)} ({shown}). Add them, or take their partners out.")
    return [tuple(found[name] for found in named.values()) for name in everything]


def _by_name(folder: Path, suffix: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    paths = list_images(folder)
    for path in [path for path in paths if path.stem.endswith(suffix)] or paths:
        name = unicodedata.normalize("NFC", path.relative_to(folder).with_suffix("").as_posix()).removesuffix(suffix)
        if name in found:
            raise DataError(f"names must differ in more than their endings. Found: {printable(found[name])} and "
                            f"{printable(path)}. Rename or remove one.")
        found[name] = path
    return found


def examples_of_files(train: Files, held_out: Files | None, fields: Mapping[str, Kind],
                      decode: Callable[[tuple[Path, ...]], Mapping[str, Any]],
                      check_sizes: Callable[[tuple[Path, ...], list[tuple[int, int]]], None], *, size: tuple[int, int],
                      name: str, on_bad: str, limit: int | None, seed: int, memory_limit: int | None,
                      max_pixels: int) -> Examples:
    """The examples of these files, but for those that cannot be used.

    Args:
        train: the files of each training example.
        held_out: those of the validation examples, if there are any.
        fields: name -> kind, all of them maps.
        decode: the files of an example -> its fields at `size`; raises ImageError.
        check_sizes: (files of an example, their (height, width)) -> None, raises ImageError: asked with the headers
            where there are too many examples to decode now.
        size: (height, width).
        name: the data set, for messages.
        on_bad: "error" or "skip".
        limit: int, use only so many training examples.
        seed: int, of `limit` and of a later `split`.
        memory_limit: int, bytes that decoded examples may take; 1 GiB by default.
        max_pixels: int, height times width above which a picture is refused.

    Raises:
        ConfigError: an unknown `on_bad`.
        DataError: examples that `on_bad` does not allow.
    """
    choose("on_bad", on_bad, POLICIES)
    bytes_of_one = sum(kind.dtype.itemsize * math.prod(kind.shape(size)) for kind in fields.values())
    most = MEMORY_LIMIT if memory_limit is None else memory_limit

    def check(paths: tuple[Path, ...]) -> None:
        check_sizes(paths, [read_header(path, max_pixels=max_pixels).size for path in paths])

    def examples(files: Files, name: str, others: Examples | None = None) -> Examples:
        in_memory = len(files) * bytes_of_one <= most
        read, title = (decode, "decoding files") if in_memory else (check, "reading headers")
        tried = list(track(decode_all(files, read), title, len(files)))
        usable = [paths for paths, found in tried if not isinstance(found, Reject)]
        rejects = tuple(found for _, found in tried if isinstance(found, Reject))
        apply_policy(rejects, len(files), on_bad, name=name)

        def decoded(row: int) -> tuple:
            values = decode(usable[row])
            return tuple(values[field] for field in fields)

        columns: dict = {tuple(fields): decoded}
        if in_memory:
            values: list[Any] = [found for _, found in tried if not isinstance(found, Reject)]
            columns = {field: np.stack([each[field] for each in values]) for field in fields}
        return Examples(Columns(columns, files=usable), fields, name, rejects, held_out=others, seed=seed)

    others = examples(held_out, f"{name}, held out") if held_out else None
    return examples([train[row] for row in choose_rows(len(train), limit, seed)], name, others)
