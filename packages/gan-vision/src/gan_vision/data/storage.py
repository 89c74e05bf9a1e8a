"""Where decoded examples are kept: in memory, or above a byte limit in memory-mapped files of a cache folder.

A cache entry is a folder `<key>/` with one `<field>.npy` per field (captions: `<field>.json`) and entry.json. It is
written under a temporary name and renamed when it is complete, so an interrupted run leaves no half entry. The key
names the source and the settings; the fingerprint inside (paths, sizes, times) decides whether the entry is still true.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from gan_core.data.content_hash import RowsHash, combined_hash, rows_hash
from gan_core.errors import DataError
from gan_core.images.decode import printable
from gan_vision.data.example_source import Columns
from gan_vision.data.fields.kind import Kind, Origin
from gan_vision.data.rejects import Reject

MEMORY_LIMIT = 1 << 30
_VERSION = 3  # of the decoder and of the entry: raise it when either changes what is stored
_HEADER_BYTES = 128
_ABANDONED_SECONDS = 24 * 3600
_COMMIT_TRIES = 40


@dataclass
class Filled:
    """What decoding a source leaves beside the examples: rejects, and how many were tried."""

    rejects: list[Reject] = field(default_factory=list)
    total: int = 0


@dataclass
class Stored:
    """The columns, in memory or memory-mapped, with the rest."""

    source: Columns
    filled: Filled


def cache_folder(cache: str | os.PathLike | None) -> Path:
    """`cache` itself, or the user's cache folder ($XDG_CACHE_HOME/gan-vision, ~/.cache/gan-vision)."""
    if cache is not None:
        return Path(cache).expanduser()
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base, "gan-vision")
    try:
        return Path.home() / ".cache" / "gan-vision"
    except RuntimeError:  # no home
        return Path(tempfile.gettempdir(), "gan-vision")


def store_examples(
    fill: Callable[[Callable[..., None]], Filled],
    count: int,
    fields: Mapping[str, Kind],
    size: tuple[int, int],
    *,
    settings: dict,
    fingerprint: Callable[[], str],
    accept: Callable[[Filled], None] = lambda filled: None,
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> Stored:
    """Run `fill(append)` into memory or into the cache, or find its result there.

    Args:
        fill: calls `append(real=image, label=3, ...)` for every usable example, and returns the rest.
        count: int, how many examples at most are expected.
        fields: name -> kind.
        size: (height, width) of the maps.
        settings: JSON values that, with the source's name, identify the result.
        fingerprint: () -> str, changes whenever the source's files do.
        accept: raises DataError if the rejects are too many; asked before anything is kept, and for a cache hit.
        cache: a folder: always keep the result there. None: only results above the memory limit, in the default place.
        memory_limit: int, bytes; 1 GiB by default.

    Raises:
        DataError: no space or no permission to write the cache.
    """
    limit = MEMORY_LIMIT if memory_limit is None else memory_limit
    shapes = {name: kind.shape(size) for name, kind in fields.items()}
    needed = count * sum(kind.dtype.itemsize * math.prod(shapes[name]) for name, kind in fields.items())
    if cache is None and needed <= limit:
        columns = {name: _column(kind, shapes[name], count) for name, kind in fields.items()}
        filled = _fill(fill, columns, fields)
        accept(filled)
        return Stored(Columns({name: column.finish() for name, column in columns.items()}), filled)

    settings = {**settings, "fields": {name: repr(kind) for name, kind in fields.items()}, "version": _VERSION,
                "pillow": PIL.__version__}
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:32]
    root, mark = cache_folder(cache), fingerprint()
    stored = _read_entry(root / key, mark, limit, fields)
    if stored is not None:
        accept(stored.filled)
        return stored
    try:
        return _write_entry(fill, fields, shapes, needed, root, key, mark, accept, limit)
    except OSError as error:
        raise DataError(f"cannot write decoded images to the cache {printable(root)}: {error}. Free space or "
                        f"pass another folder as `cache`. Needed: {needed / 1e9:.1f} GB.") from error


def _fill(fill, columns: Mapping[str, _Texts | _Memory | _Disk], fields: Mapping[str, Kind]) -> Filled:
    def append(**values) -> None:
        origin = Origin("the examples read", lambda row: "an example")
        for name, column in columns.items():
            kind, value = fields[name], values[name]
            column.append(kind.checked([value] if kind.stays_on_host else np.asarray(value)[None], name, origin))

    return fill(append)


def _column(kind: Kind, shape: tuple[int, ...], count: int) -> _Texts | _Memory:
    return _Texts() if kind.stays_on_host else _Memory(kind.dtype, shape, count)


class _Texts:
    def __init__(self):
        self._texts: list = []

    def append(self, values: list) -> None:
        self._texts += values

    def finish(self) -> list:
        return self._texts


class _Memory:
    def __init__(self, dtype: np.dtype, shape: tuple[int, ...], count: int):
        self._values, self._used = np.empty((count, *shape), dtype), 0

    def append(self, values: np.ndarray) -> None:
        if self._used == len(self._values):  # a source may not know its length
            grown = np.empty((max(64, 2 * self._used), *self._values.shape[1:]), self._values.dtype)
            grown[: self._used] = self._values
            self._values = grown
        self._values[self._used] = values[0]
        self._used += 1

    def finish(self) -> np.ndarray:
        return self._values[: self._used]


class _Disk:
    """Writes a .npy file front to back: a full disk is then an OSError, not a bus error as in a sparse memory map."""

    def __init__(self, path: Path, dtype: np.dtype, shape: tuple[int, ...]):
        self._file, self._dtype, self._shape, self._used = path.open("wb"), dtype, shape, 0
        self.hash = RowsHash()
        self._file.write(bytes(_HEADER_BYTES))  # the count is known at the end

    def append(self, values: np.ndarray) -> None:
        self._file.write(np.ascontiguousarray(values).data)
        self.hash.update(values)
        self._used += 1

    def finish(self) -> None:
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": (self._used, *self._shape)}
        text = f"{header!r}".ljust(_HEADER_BYTES - 11) + "\n"
        self._file.seek(0)
        self._file.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin1"))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def _write_entry(fill, fields, shapes, needed: int, root: Path, key: str, mark: str, accept, limit: int) -> Stored:
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    free = shutil.disk_usage(root).free
    if needed > free:
        raise OSError(f"only {free / 1e9:.1f} GB are free")
    building = Path(tempfile.mkdtemp(prefix=f".{key}.", suffix=".tmp", dir=root))
    try:
        with contextlib.ExitStack() as files:
            columns: dict[str, _Texts | _Disk] = {
                name: _Texts() if kind.stays_on_host else
                files.enter_context(contextlib.closing(_Disk(building / f"{name}.npy", kind.dtype, shapes[name])))
                for name, kind in fields.items()}
            filled = _fill(fill, columns, fields)
            accept(filled)
            hashes = {}
            for name, column in columns.items():
                texts = column.finish()
                hashes[name] = (column.hash if isinstance(column, _Disk) else rows_hash(texts or [])).hexdigest
                if texts is not None:
                    (building / f"{name}.json").write_text(json.dumps(texts), encoding="utf-8")
        entry = {"fingerprint": mark, "rejects": [[reject.path, reject.reason] for reject in filled.rejects],
                 "total": filled.total, "content_hash": combined_hash(hashes)}
        (building / "entry.json").write_text(json.dumps(entry), encoding="utf-8")
        return _commit(building, root / key, mark, limit, fields)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _read_entry(folder: Path, mark: str, limit: int, fields: Mapping[str, Kind]) -> Stored | None:
    """The entry, or None if it is absent, damaged, or made from other files."""
    try:
        entry = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
        if entry["fingerprint"] != mark:
            return None
        columns: dict[Any, Any] = {}
        for name, kind in fields.items():
            if kind.stays_on_host:
                columns[name] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
                continue
            columns[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            if columns[name].dtype != kind.dtype:
                return None
        if len(set(map(len, columns.values()))) != 1:
            return None
        arrays = {name: column for name, column in columns.items() if isinstance(column, np.ndarray)}
        in_memory = sum(array.nbytes for array in arrays.values()) <= limit
        # What has no pixels is small, and asked for as a whole.
        columns |= {name: np.array(array) for name, array in arrays.items() if in_memory or not fields[name].is_map}
        return Stored(Columns(columns, content_hash=entry["content_hash"]),
                      Filled([Reject(*reject) for reject in entry["rejects"]], entry["total"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def _commit(new: Path, target: Path, mark: str, limit: int, fields: Mapping[str, Kind]) -> Stored:
    """Rename `new` to `target` and read it; a result that another process committed first is as good."""
    problem = OSError(f"the entry {target.name} is being written by other processes")
    for _ in range(_COMMIT_TRIES):
        stored = _read_entry(target, mark, limit, fields)
        if stored is not None:
            return stored
        if not new.exists():
            # Committed, then moved aside by a process that had found a stale entry there. Right afterwards it commits
            # its own, which is as good.
            time.sleep(0.05)
            continue
        with contextlib.ExitStack() as after:
            if target.exists():  # stale or damaged
                old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
                after.callback(shutil.rmtree, old, ignore_errors=True)
                with contextlib.suppress(FileNotFoundError):
                    os.replace(target, old)
            try:
                os.replace(new, target)
            except OSError as error:  # others were faster, or it cannot be done
                problem = error
    raise problem


def _sweep(root: Path) -> None:
    """Remove what killed runs left behind more than a day ago."""
    for orphan in root.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - orphan.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(orphan, ignore_errors=True)
