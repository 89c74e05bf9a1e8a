"""Where decoded images are kept: in memory, or above a byte limit in a memory-mapped file of a cache folder.

A cache entry is a folder `<key>/` with images.npy, labels.npy and entry.json. It is written under a temporary
name and renamed when it is complete, so an interrupted run leaves no half entry. The key names the source and
the settings; the fingerprint inside (paths, sizes, times) decides whether the entry is still true.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import PIL

from gan_core.errors import DataError
from gan_core.images.decode import printable
from gan_vision.data.rejects import Reject

MEMORY_LIMIT = 1 << 30
_VERSION = 1  # of the decoder and of the entry: raise it when either changes what is stored
_HEADER_BYTES = 128
_ABANDONED_SECONDS = 24 * 3600


@dataclass
class Filled:
    """What decoding a source leaves beside the images: labels (n, ...) or None, rejects, and how many were tried."""

    labels: np.ndarray | None
    rejects: list[Reject] = field(default_factory=list)
    total: int = 0


@dataclass
class Stored:
    """uint8 (n, h, w, c) images, in memory or memory-mapped, with the rest."""

    images: np.ndarray
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


def store_images(
    fill: Callable[[Callable[[np.ndarray], None]], Filled],
    count: int,
    shape: tuple[int, int, int],
    *,
    settings: dict,
    fingerprint: Callable[[], str],
    accept: Callable[[Filled], None],
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> Stored:
    """Run `fill(append)` into memory or into the cache, or find its result there.

    Args:
        fill: calls `append(image)` for every usable image, uint8 of `shape`, and returns the rest.
        count: int, how many images at most are expected.
        shape: (height, width, channels).
        settings: JSON values that, with the source's name, identify the result.
        fingerprint: () -> str, changes whenever the source's files do.
        accept: raises DataError if the rejects are too many; asked before anything is kept, and for a cache hit.
        cache: a folder: always keep the result there. None: only results above the memory limit, in the default place.
        memory_limit: int, bytes; 1 GiB by default.

    Raises:
        DataError: no space or no permission to write the cache.
    """
    limit, needed = MEMORY_LIMIT if memory_limit is None else memory_limit, count * int(np.prod(shape))
    if cache is None and needed <= limit:
        memory = _Memory(count, shape)
        filled = fill(memory.append)
        accept(filled)
        return Stored(memory.finish(), filled)

    settings = {**settings, "version": _VERSION, "pillow": PIL.__version__}
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:32]
    root, mark = cache_folder(cache), fingerprint()
    stored = _read_entry(root / key, mark, limit)
    if stored is not None:
        accept(stored.filled)
        return stored
    try:
        return _write_entry(fill, count, shape, root, key, mark, accept, limit)
    except OSError as error:
        raise DataError(f"cannot write decoded images to the cache {printable(root)}: {error}. Free space or "
                        f"pass another folder as `cache`. Needed: {needed / 1e9:.1f} GB.") from error


class _Memory:
    def __init__(self, count: int, shape: tuple[int, int, int]):
        self._images, self._used = np.empty((count, *shape), np.uint8), 0

    def append(self, image: np.ndarray) -> None:
        if self._used == len(self._images):  # a source may not know its length
            grown = np.empty((max(64, 2 * self._used), *self._images.shape[1:]), np.uint8)
            grown[: self._used] = self._images
            self._images = grown
        self._images[self._used] = image
        self._used += 1

    def finish(self) -> np.ndarray:
        return self._images[: self._used]


class _Disk:
    """Writes a .npy file front to back: a full disk is then an OSError, not a bus error as in a sparse memory map."""

    def __init__(self, path: Path, shape: tuple[int, int, int]):
        self._file, self._shape, self._used = path.open("wb"), shape, 0
        self._file.write(bytes(_HEADER_BYTES))  # the count is known at the end

    def append(self, image: np.ndarray) -> None:
        self._file.write(np.ascontiguousarray(image, np.uint8).data)
        self._used += 1

    def finish(self) -> None:
        header = {"descr": "|u1", "fortran_order": False, "shape": (self._used, *self._shape)}
        text = f"{header!r}".ljust(_HEADER_BYTES - 11) + "\n"
        self._file.seek(0)
        self._file.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin1"))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def _write_entry(fill, count, shape, root: Path, key: str, mark: str, accept, limit: int) -> Stored:
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    needed, free = count * int(np.prod(shape)), shutil.disk_usage(root).free
    if needed > free:
        raise OSError(f"only {free / 1e9:.1f} GB are free")
    building = Path(tempfile.mkdtemp(prefix=f".{key}.", suffix=".tmp", dir=root))
    try:
        with contextlib.closing(_Disk(building / "images.npy", shape)) as disk:
            filled = fill(disk.append)
            accept(filled)
            disk.finish()
        if filled.labels is not None:
            np.save(building / "labels.npy", filled.labels, allow_pickle=False)
        rejects = [[reject.path, reject.reason] for reject in filled.rejects]
        entry = {"fingerprint": mark, "rejects": rejects, "total": filled.total, "labelled": filled.labels is not None}
        (building / "entry.json").write_text(json.dumps(entry), encoding="utf-8")
        return _commit(building, root / key, mark, limit)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _read_entry(folder: Path, mark: str, limit: int) -> Stored | None:
    """The entry, or None if it is absent, damaged, or made from other files."""
    try:
        entry = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
        if entry["fingerprint"] != mark:
            return None
        images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
        if images.nbytes <= limit:
            images = np.array(images)
        labels = np.load(folder / "labels.npy", allow_pickle=False) if entry["labelled"] else None
        if images.dtype != np.uint8 or images.ndim != 4 or (labels is not None and len(labels) != len(images)):
            return None
        return Stored(images, Filled(labels, [Reject(*reject) for reject in entry["rejects"]], entry["total"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def _commit(new: Path, target: Path, mark: str, limit: int) -> Stored:
    """Rename `new` to `target` and read it; a result that another process committed first is as good."""
    for _ in range(20):
        stored = _read_entry(target, mark, limit)
        if stored is not None:
            return stored
        if target.exists():  # stale or damaged
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
            with contextlib.suppress(FileNotFoundError):
                os.replace(target, old)
            shutil.rmtree(old, ignore_errors=True)
        try:
            os.replace(new, target)
        except OSError:
            if not new.exists() or not target.exists():
                raise
    raise OSError(f"the entry {target.name} is being written by other processes")


def _sweep(root: Path) -> None:
    """Remove what killed runs left behind more than a day ago."""
    for orphan in root.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - orphan.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(orphan, ignore_errors=True)
