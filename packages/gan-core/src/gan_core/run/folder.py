"""The run folder: created once, locked while a process works in it, readable by people. Imports no TensorFlow."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import re
import socket
import sys
import time
from pathlib import Path

import filelock

from gan_core.errors import RunError

PACKAGES = ("gan-core", "gan-vision", "gan-audio", "gan-text", "tensorflow", "keras", "numpy")


class RunFolder:
    """One run on disk: config.yaml, metrics.jsonl, events.*, samples/, checkpoints/, environment.json, report.html."""

    def __init__(self, path: Path | str):
        self.path = Path(os.path.expanduser(path))  # a shell leaves --out=~/run as it is; an unknown ~name stays
        self.config = self.path / "config.yaml"
        self.metrics = self.path / "metrics.jsonl"
        self.samples = self.path / "samples"
        self.checkpoints = self.path / "checkpoints"
        self.environment = self.path / "environment.json"
        self.report = self.path / "report.html"
        self._lock_path = self.path / ".lock"
        self._lock = filelock.FileLock(self._lock_path, timeout=0)

    @classmethod
    def create(cls, out: Path | str | None, name: str, root: Path | str = "runs") -> RunFolder:
        """Make a new folder: `out`, or the next number under `root`.

        Raises:
            RunError: `out` holds something already, or cannot be made.
        """
        try:
            if out is not None:
                folder = cls.refuse_used(out)
                folder.path.mkdir(parents=True, exist_ok=True)
                try:
                    folder._lock_path.touch(exist_ok=False)  # exclusive: two processes may have found it empty
                except FileExistsError:
                    cls.refuse_used(out)
                return folder
            root = Path(root)
            root.mkdir(parents=True, exist_ok=True)
            safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60]
            while True:
                numbers = [int(match[1]) for path in root.iterdir() if (match := re.match(r"(\d{5})(-|$)", path.name))]
                path = root / f"{max(numbers, default=-1) + 1:05d}-{safe}"
                try:
                    path.mkdir()  # exclusive: of two processes one gets the number, the other tries the next
                    return cls(path)
                except FileExistsError:
                    continue
        except OSError as error:
            raise RunError(
                f"cannot create the run folder {out or root}: {error.strerror}. Choose another --out.") from None

    @classmethod
    def refuse_used(cls, out: Path | str) -> RunFolder:
        """The folder `out`, which is absent or empty and can be made; nothing is made yet.

        Raises:
            RunError: `out` holds something already, or cannot be read or made.
        """
        folder = cls(out)
        try:
            if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
                kind = "is not empty" if folder.path.is_dir() else "is a file"
                remedy = f", or continue that run with `resume {out}`" if folder.config.is_file() else ""
                raise RunError(f"the run folder must be new. Received: out={str(out)!r}, which {kind}. "
                               f"Choose another --out{remedy}.")
            refuse_unwritable(folder.path)
        except OSError as error:
            raise RunError(f"cannot read the run folder {out}: {error.strerror}. Choose another --out.") from None
        return folder

    @classmethod
    def open(cls, path: Path | str) -> RunFolder:
        """An existing run.

        Raises:
            RunError: there is no run at `path`.
        """
        folder = cls(path)
        if not folder.config.is_file():
            raise RunError(f"{path} is not a run folder. Expected: a folder with config.yaml. "
                           "Give the folder that `train` printed.")
        return folder

    def lock(self) -> filelock.AcquireReturnProxy:
        """Hold the run for this process until the `with` block ends; the kernel releases it even after `kill -9`.

        Raises:
            RunError: another process holds it; the message names the process.
        """
        holder = self.path / ".lock-holder.json"
        try:
            held = self._lock.acquire()
        except filelock.Timeout:
            try:
                who = json.loads(holder.read_text())
                by = f"process {who['pid']} on {who['host']} since {who['since']}"
            except (OSError, ValueError, KeyError):
                by = "another process"
            raise RunError(f"run {self.path} is in use by {by}. Wait for it, or end it first.") from None
        except OSError as error:
            raise RunError(f"cannot lock the run {self.path}: {error.strerror}. Make the folder writable.") from None
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(),
                                      "since": time.strftime("%Y-%m-%d %H:%M:%S")}))
        return held

    def write_environment(self) -> None:
        """Record the command, the machine and the versions."""
        self.environment.write_text(json.dumps({
            "command": sys.argv, "directory": str(Path.cwd()), "python": platform.python_version(),
            "platform": platform.platform(), "cores": os.cpu_count(), "versions": installed_versions(),
            "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }, indent=2) + "\n", encoding="utf-8")

    def started_in(self) -> Path | None:
        """The directory in which the run was started; None where that is not known."""
        try:
            return Path(json.loads(self.environment.read_text(encoding="utf-8"))["directory"])
        except (OSError, ValueError, LookupError, TypeError):
            return None


def refuse_unwritable(path: Path) -> None:
    """Make sure that the folder `path` can be made or, if it exists, written in.

    Raises:
        RunError: it cannot; the message names the part of the path that is in the way.
    """
    path = path.absolute()
    place = next(place for place in (path, *path.parents) if place.exists())
    if not place.is_dir():
        raise RunError(f"cannot create the run folder {path}: {place}: Not a directory. Choose another --out.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise RunError(f"cannot create the run folder {path}: {place}: Permission denied. Choose another --out.")


def installed_versions() -> dict[str, str]:
    """The versions that decide a run's numbers, of the packages that are installed."""
    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return versions
