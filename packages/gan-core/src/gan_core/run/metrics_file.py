"""Reading metrics.jsonl. Imports no TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path

from gan_core.errors import DataError


def read_lines(path: Path) -> list[dict]:
    """The lines of a metrics.jsonl that are entries: a step, and numbers or null by name; others are left out.

    Raises:
        DataError: it is no file that can be read.
    """
    return [line for line in map(_entry, _texts(path)) if line is not None]


def is_damaged(path: Path) -> bool:
    """Whether a line other than the last, which a crash may have cut short, is no entry.

    Raises:
        DataError: it is no file that can be read.
    """
    return any(_entry(text) is None for text in _texts(path)[:-1])


def _texts(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}. Restore the file that the run wrote, or move away "
                        "what is in its place.") from None


def _entry(text: str) -> dict | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or type(line.get("step")) is not int:
        return None
    return line if all(value is None or isinstance(value, int | float) for value in line.values()) else None
