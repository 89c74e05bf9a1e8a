"""Reading metrics.jsonl. Imports no TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path


def read_lines(path: Path) -> list[dict]:
    """The lines of a metrics.jsonl; a last line cut short by a crash is left out."""
    lines = []
    if path.exists():
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                break
            if not isinstance(line, dict) or "step" not in line:
                break
            lines.append(line)
    return lines
