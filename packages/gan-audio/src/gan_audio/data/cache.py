"""An HDF5 file with the decoded windows of a data set, so that later runs do not decode and resample again.

Data sets `clean` and `noisy` (windows, window + 1), one chunk per row: a window and the one sample before it (0 at the
start of a file), so pre-emphasis at load time equals pre-emphasis of the whole file. int16 when all sources have 16
bits, else float32. `file` and `start` say where each window comes from.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import numpy as np

from gan_audio.errors import AudioDataError
from gan_core.files import whole_path

FORMAT = "gan-audio windows 1"


def source_hash(pairs, settings: dict) -> str:
    """A hash of every source file's name, size and time of change, and of the settings that shape the windows."""
    files = []
    for pair in pairs:
        for path in (pair.clean, pair.noisy):
            state = os.stat(path)
            files.append([pair.key, path.name, state.st_size, state.st_mtime_ns])
    return hashlib.sha256(json.dumps([FORMAT, files, settings], sort_keys=True).encode()).hexdigest()


class CachedRows:
    """The windows of a cache file, read row by row.

    Args:
        path: path of the HDF5 file.

    Raises:
        AudioDataError: the file is not a cache of this program.
    """

    def __init__(self, path):
        self.path, self._lock, self._file = Path(path), threading.Lock(), None
        with _open(self.path) as file:
            self.window = int(file["clean"].shape[1]) - 1
            self.file, self.start = file["file"][:], file["start"][:]
            self.lengths = file["lengths"][:]
            self.report = json.loads(file["report"][()])
            self.hash = str(file.attrs["source_hash"])

    def __len__(self):
        return len(self.start)

    def read(self, indices) -> tuple[np.ndarray, np.ndarray]:
        """float32 (count, window + 1) of both sides."""
        with self._lock:  # the loader reads from several threads
            if self._file is None:
                self._file = _open(self.path)
            sides = [np.stack([self._file[name][int(index)] for index in indices]) for name in ("clean", "noisy")]
        if sides[0].dtype == np.int16:
            sides = [side.astype(np.float32) / np.float32(32768) for side in sides]
        return sides[0], sides[1]


def write_cache(path, recordings, *, dtype, window: int, attributes: dict, starts_of, report) -> None:
    """Write a cache; the file appears under its name only when it is complete.

    Args:
        path: path of the HDF5 file.
        recordings: iterable of (clean, noisy), each (time,) of `dtype`.
        dtype: np.int16 or np.float32.
        window: int, samples.
        attributes: sample_rate, hop, source_hash.
        starts_of: length -> int64 starts.
        report: () -> JSON text, called after the last recording.
    """
    import h5py

    from gan_audio.data.windows import MemoryRows

    with whole_path(path) as temporary:
        with h5py.File(temporary, "w") as file:
            stores = [file.create_dataset(name, (0, window + 1), dtype, maxshape=(None, window + 1),
                                          chunks=(1, window + 1)) for name in ("clean", "noisy")]
            files, starts, lengths = [], [], []
            for number, (clean, noisy) in enumerate(recordings):
                begin = starts_of(len(clean))
                lengths.append(len(clean))
                if not len(begin):
                    continue
                # float32 rows, written back in the stored type: x/32768·32768 is exact
                rows = MemoryRows([clean], [noisy], window, [begin])
                for store, values in zip(stores, rows.read(np.zeros(len(begin), int), begin), strict=True):
                    store.resize(len(store) + len(begin), axis=0)
                    store[-len(begin):] = values * np.float32(32768) if dtype == np.int16 else values
                files.append(np.full(len(begin), number))
                starts.append(begin)
            file["file"] = np.concatenate(files or [np.zeros(0, np.int64)])
            file["start"] = np.concatenate(starts or [np.zeros(0, np.int64)])
            file["lengths"] = np.array(lengths, np.int64)
            file.attrs["format"], file.attrs["window"] = FORMAT, window
            file.attrs.update(attributes)
            file["report"] = report()  # a data set, since an attribute holds 64 KiB at most


def is_current(path, expected_hash: str) -> bool:
    """Whether `path` is a cache of exactly these sources and settings.

    Raises:
        AudioDataError: `path` is some other file, which must not be overwritten.
    """
    if not Path(path).exists():
        return False
    with _open(Path(path)) as file:
        return str(file.attrs.get("source_hash", "")) == expected_hash


def _open(path: Path):
    import h5py

    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise AudioDataError(f"{path}: cannot be read as a cache ({error}). "
                             "Delete it if it is one, or choose another `cache`.") from error
    names = ("clean", "noisy", "file", "start", "lengths", "report")
    plain = file.attrs.get("format") == FORMAT and all(
        isinstance(file.get(name, getlink=True), h5py.HardLink) and isinstance(file[name], h5py.Dataset)
        and not file[name].is_virtual and file[name].external is None for name in names)
    if not plain or len({len(file[name]) for name in names[:4]}) != 1:
        file.close()
        raise AudioDataError(f"{path}: is not a cache written by gan-audio ({FORMAT!r}). "
                             "It is left untouched: choose another `cache`.")
    return file
