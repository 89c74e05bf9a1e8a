"""Examples whose fields lie in files: decoded at once if they fit into memory, else each when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.progress import track
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.kind import Kind
from gan_vision.data.rejects import Reject, apply_policy, decode_all
from gan_vision.data.storage import MEMORY_LIMIT

Files = Sequence[tuple[Path, ...]]  # those of each example


def examples_of_files(files: Files, fields: Mapping[str, Kind], decode: Callable[[tuple[Path, ...]], Mapping[str, Any]],
                      check: Callable[[tuple[Path, ...]], None], *, size: tuple[int, int], name: str, on_bad: str,
                      memory_limit: int | None = None, **options) -> Examples:
    """The examples of these files, but for those that cannot be used.

    Args:
        files: of each example.
        fields: name -> kind, all of them maps.
        decode: the files of an example -> its fields at `size`; raises ImageError.
        check: the same from the headers alone, where there are too many examples to decode now.
        size: (height, width).
        name: the data set, for messages.
        on_bad: "error" or "skip".
        memory_limit: int, bytes that decoded examples may take; 1 GiB by default.
        **options: of `Examples`.

    Raises:
        DataError: examples that `on_bad` does not allow.
    """
    bytes_of_one = sum(kind.dtype.itemsize * math.prod(kind.shape(size)) for kind in fields.values())
    in_memory = len(files) * bytes_of_one <= (MEMORY_LIMIT if memory_limit is None else memory_limit)
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
    return Examples(Columns(columns, files=usable), fields, name, rejects, **options)
