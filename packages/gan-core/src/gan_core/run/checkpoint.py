"""Checkpoints that exist completely or not at all, and are verified before anything is read from them.

Everything is written to `.step-000000123.tmp/`; the manifest with the SHA-256 of every file comes last; after an
fsync one rename commits. A step that is saved again is set aside as `.step-000000123.old/` until the new one is in its
place. "The newest checkpoint" is computed by verification, never stored.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import CheckpointError, DivergedError, RunError
from gan_core.files import sync

SCHEMA = 1
MANIFEST = "manifest.json"
SEAL = "manifest_sha256"


@dataclass(frozen=True)
class Saved:
    """A checkpoint that passed verification."""

    path: Path
    manifest: dict

    @property
    def step(self) -> int:
        """Discriminator updates done."""
        return self.manifest["step"]


class Checkpoints:
    """The checkpoints of one run.

    Args:
        folder: the run's `checkpoints/`.
        keep: how many of the newest to keep, beside the best.
    """

    def __init__(self, folder: Path, keep: int = 2):
        self.folder, self.keep = Path(folder), keep

    def steps(self) -> list[int]:
        """The steps that have a committed checkpoint, oldest first; verified or not."""
        names = [path.name for path in self.folder.glob("step-*")]
        names += [path.name[1:-4] for path in self.folder.glob(".step-*.old")]
        return sorted({int(name[5:]) for name in names if name[5:].isdigit()})

    def path(self, step: int) -> Path:
        """Where the checkpoint of `step` lives: set aside, if a process was killed while it was replaced."""
        place, aside = self._place(step), self._aside(step)
        return aside if aside.exists() and not place.exists() else place

    def _place(self, step: int) -> Path:
        return self.folder / f"step-{step:09d}"

    def _aside(self, step: int) -> Path:
        return self.folder / f".step-{step:09d}.old"

    def save(self, step: int, variables: list[keras.Variable], notes: dict) -> Path:
        """Commit the variables and `notes` (JSON values) as the checkpoint of `step`.

        Raises:
            DivergedError: a value is not finite; nothing is written.
            RunError: the disk is full or not writable; earlier checkpoints are intact.
        """
        for variable in variables:
            floating = variable.dtype.startswith(("float", "bfloat"))
            if floating and not np.all(np.isfinite(np.asarray(variable, "float32"))):
                raise DivergedError(f"{variable.path} is no longer finite at step {step:,}; {self.last()}. "
                                    "Try a lower learning rate, --precision float32, or another loss.")
        final, aside = self._place(step), self._aside(step)
        temporary = self.folder / f".{final.name}.tmp"
        try:
            self._put_back()
            self._refuse_full_disk()
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            tf.train.Checkpoint(state=[variable.value for variable in variables]).write(str(temporary / "state"))
            crash_point("after-data")
            manifest = {"schema": SCHEMA, "step": step, **notes,
                        "variables": [describe(variable) for variable in variables],
                        "files": {path.name: fingerprint(path) for path in sorted(temporary.iterdir())}}
            sealed = {**manifest, SEAL: seal(manifest)}
            (temporary / MANIFEST).write_text(json.dumps(sealed, indent=1), encoding="utf-8")
            crash_point("after-manifest")
            for path in (*temporary.iterdir(), temporary):
                sync(path)
            if final.exists():
                os.replace(final, aside)
            crash_point("between-renames")
            os.replace(temporary, final)
            sync(self.folder)
            crash_point("after-rename")
            shutil.rmtree(aside, ignore_errors=True)
        except (OSError, tf.errors.OpError) as error:
            shutil.rmtree(temporary, ignore_errors=True)
            free = shutil.disk_usage(self.folder if self.folder.exists() else ".").free
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise RunError(f"cannot write the checkpoint {final}: {reason}; {size_in_words(free)} are free. "
                           "Earlier checkpoints are intact: make room, then `resume`.") from None
        self._prune(step, notes.get("best_step"))
        return final

    def last(self) -> str:
        """The newest checkpoint in words, for messages."""
        steps = self.steps()
        return f"last good checkpoint: step {steps[-1]:,}" if steps else "no checkpoint had been written yet"

    def newest(self, step: int | None = None) -> tuple[Saved, list[str]]:
        """The newest checkpoint that verifies (or that of `step`), and one message per damaged one passed over.

        Raises:
            CheckpointError: none can be used; the message says why each failed.
        """
        complaints = []
        if step is not None and step not in self.steps():
            raise CheckpointError(f"{self.folder} has no checkpoint of step {step:,}. "
                                  f"Kept: {', '.join(map(str, self.steps())) or 'none'}.")
        for candidate in [step] if step is not None else reversed(self.steps()):
            try:
                return Saved(self.path(candidate), verify(self.path(candidate))), complaints
            except CheckpointError as error:
                complaints.append(str(error))
        if not complaints:
            raise CheckpointError(f"{self.folder} holds no checkpoint yet. Continue the run with `resume`.")
        raise CheckpointError("\n  ".join([f"no usable checkpoint in {self.folder}", *complaints])
                              + "\nStart a new run with `train`.")

    def restore(self, saved: Saved, variables: list[keras.Variable]) -> None:
        """Assign the saved values: all of them, or none if the structure differs.

        Raises:
            CheckpointError: names, shapes or dtypes differ; the message names the first difference.
        """
        ours, theirs = [describe(variable) for variable in variables], saved.manifest["variables"]
        for mine, other in zip(ours, theirs, strict=False):
            if mine[1:] != other[1:] or without_counters(mine[0]) != without_counters(other[0]):
                raise CheckpointError(f"{saved.path} does not fit the model: found {other}, expected {mine}. "
                                      "Resume with the config the run was started with.")
        if len(ours) != len(theirs):
            raise CheckpointError(f"{saved.path} does not fit the model: found {len(theirs)} variables, "
                                  f"expected {len(ours)}. Resume with the config the run was started with.")
        try:
            state = tf.train.Checkpoint(state=[variable.value for variable in variables])
            with readable(saved) as prefix:
                state.read(prefix).assert_existing_objects_matched()
        except (tf.errors.OpError, AssertionError, LookupError, RuntimeError, ValueError) as error:  # all of them occur
            raise CheckpointError(f"{saved.path} cannot be read: {str(error).splitlines()[0]}") from None

    def sweep(self) -> None:
        """Remove what a killed process left half written. Only under the run's lock."""
        for path in self.folder.glob(".step-*.tmp"):
            shutil.rmtree(path, ignore_errors=True)
        self._put_back()

    def _put_back(self) -> None:
        """Give checkpoints that were set aside their place, or remove them where the new ones are in it."""
        for aside in self.folder.glob(".step-*.old"):
            place = aside.with_name(aside.name[1:-4])
            if place.exists():
                shutil.rmtree(aside, ignore_errors=True)
            else:
                os.replace(aside, place)

    def _prune(self, newest: int, best: int | None) -> None:
        for step in self.steps()[:-self.keep]:
            if step != best and step != newest:
                shutil.rmtree(self.path(step), ignore_errors=True)

    def _refuse_full_disk(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        steps = self.steps()
        if not steps:
            return
        size = sum(path.stat().st_size for path in self.path(steps[-1]).iterdir())
        free = shutil.disk_usage(self.folder).free
        if free < 2 * size:
            raise OSError(errno.ENOSPC, f"only {size_in_words(free)} free, the next checkpoint needs "
                                        f"{size_in_words(2 * size)}")


@contextlib.contextmanager
def readable(saved: Saved):
    """The prefix that TensorFlow reads a checkpoint's values from, while inside.

    It takes a prefix for a glob pattern: a path that could be one is read through a link.
    """
    if not re.search(r"[*?\[\\]", str(saved.path)):
        yield str(saved.path / "state")
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "checkpoint"
        link.symlink_to(saved.path.resolve(), target_is_directory=True)
        yield str(link / "state")


def verify(path: Path) -> dict:
    """The manifest of a checkpoint whose files all have the recorded length and hash.

    Raises:
        CheckpointError: what is missing or damaged.
    """
    name = path.name
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if manifest.pop(SEAL) != seal(manifest):
            raise CheckpointError(f"checkpoint {name} is damaged ({MANIFEST}: checksum)")
    except FileNotFoundError:
        raise CheckpointError(f"checkpoint {name} is damaged ({MANIFEST}: missing)") from None
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        raise CheckpointError(f"checkpoint {name} is damaged ({MANIFEST}: {error})") from None
    if manifest["schema"] != SCHEMA:
        raise CheckpointError(f"checkpoint {name} has schema {manifest['schema']}, expected {SCHEMA}")
    for file, expected in manifest["files"].items():
        try:
            found = fingerprint(path / file)
        except FileNotFoundError:
            raise CheckpointError(f"checkpoint {name} is damaged ({file}: missing)") from None
        except OSError as error:
            raise CheckpointError(f"checkpoint {name} cannot be read ({file}: {error.strerror})") from None
        if found != expected:
            raise CheckpointError(f"checkpoint {name} is damaged ({file}: checksum)")
    return manifest


def seal(manifest: dict) -> str:
    """SHA-256 of a manifest's content: the manifest vouches for the other files, this for the manifest."""
    return hashlib.sha256(json.dumps(manifest).encode()).hexdigest()


def fingerprint(path: Path) -> dict:
    """Length and SHA-256 of a file."""
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def describe(variable: keras.Variable) -> list:
    """Name, shape and dtype: what must agree before a value is assigned."""
    return [variable.path, [int(size) for size in variable.shape], str(variable.dtype)]


def without_counters(path: str) -> str:
    """A variable's path without the numbers that Keras appends when a process makes several layers of a kind."""
    return re.sub(r"_\d+(?=[_/]|$)", "", path)


def size_in_words(count: float) -> str:
    """Bytes for people: "3.1 GB"."""
    if count < 1000:
        return f"{count:.0f} bytes"
    for unit in ("kB", "MB"):
        count /= 1000
        if count < 1000:
            return f"{count:.1f} {unit}"
    return f"{count / 1000:.1f} GB"


def crash_point(name: str) -> None:
    """End the process at once if GAN_FAULT names this point: tests prove with it that no crash loses a checkpoint."""
    if os.environ.get("GAN_FAULT") == name:
        os._exit(70)
