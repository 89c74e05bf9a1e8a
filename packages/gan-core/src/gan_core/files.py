"""Files that appear under their names complete or not at all, whatever ends the process that writes them.

The content goes to a hidden file beside the target, `.NAME.PROCESS.tmp.SUFFIX`, reaches the disk, and takes the
target's name in one rename.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

ABANDONED_SECONDS = 86_400  # an older hidden file belongs to a process that was killed
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def whole_file(path: Path | str) -> Iterator[BinaryIO]:
    """A new binary file to write and read, which becomes `path` once the block ends without an error.

    Args:
        path: the file to make or replace; missing folders are made. A symbolic link is replaced, not followed.

    Raises:
        OSError: it cannot be written; a file that was there before is untouched.

    Example:
        >>> with whole_file("scores.json") as file:
        ...     file.write(b"{}")
    """
    temporary = new_temporary(path)
    try:
        with open(temporary, "r+b") as file:
            yield cast("BinaryIO", file)
        commit(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_path(path: Path | str) -> Iterator[Path]:
    """The path of a new, empty file with the suffix of `path`, for libraries that want a name; else as `whole_file`.

    Example:
        >>> with whole_path("model.keras") as temporary:
        ...     model.save(temporary)
    """
    temporary = new_temporary(path)
    try:
        yield temporary
        commit(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path | str, content: bytes | str) -> Path:
    """Write bytes, or text as UTF-8, to a file that appears complete or not at all.

    Raises:
        OSError: as `whole_file`.
        UnicodeEncodeError: the text holds half of a surrogate pair.

    Example:
        >>> write_whole("run/config.yaml", "steps: 100")
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    with whole_file(path) as file:
        file.write(data)
    return Path(path)


def temporary_name(path: Path | str) -> Path:
    """Where this process writes what shall become `path`; `commit` gives it its name.

    For tests and messages; writers ask `new_temporary`.
    """
    path = Path(path)
    return path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")


def commit(temporary: Path, path: Path | str) -> None:
    """Bring a finished file to the disk and give it its name, in one step that no crash can split.

    Args:
        temporary: the finished and closed file, in the folder of `path`.
        path: its name from now on.

    Raises:
        OSError: the disk is full or fails; `path` is what it was.
    """
    path = Path(path)
    sync(temporary)  # a rename may reach the disk before the content does
    os.replace(temporary, path)
    if os.name != "nt":  # folders cannot be opened there
        sync(path.parent)


def sync(path: Path | str) -> None:
    """Make a file or folder survive a power failure.

    Raises:
        OSError: it does not exist, is a symbolic link, or the disk fails.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) if not os.path.isdir(path) else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def new_temporary(path: Path | str) -> Path:
    """A new, empty file that `commit` can turn into `path`, for writers that stay open longer than a block.

    It is made exclusively: what lies at its name, a symbolic link included, is removed and never followed.

    Raises:
        OSError: it cannot be made.

    Example:
        >>> temporary = new_temporary("long.wav")
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(path)
    _remove_abandoned(path)
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, _NEW, 0o666))
    return temporary


def _remove_abandoned(path: Path) -> None:
    """Remove what killed processes left of earlier attempts at the same file."""
    start, end = f".{path.stem}.", f".tmp{path.suffix}"
    with contextlib.suppress(OSError):
        for name in os.listdir(path.parent):
            if name.startswith(start) and name.endswith(end) and name[len(start):-len(end)].isdigit():
                orphan = path.parent / name
                with contextlib.suppress(OSError):
                    if time.time() - orphan.lstat().st_mtime > ABANDONED_SECONDS:
                        orphan.unlink()
