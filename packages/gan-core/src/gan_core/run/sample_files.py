"""The samples of a run as HTML: the real ones, and of each kind of sheet the first beside the last."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from gan_core.html_page import figure, paragraph, picture, preformatted, row, sound

WIDEST = 1280  # pixels; larger pictures are shown smaller
PICTURES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}
SOUNDS = {".wav": "wav", ".flac": "flac", ".mp3": "mpeg", ".ogg": "ogg"}
LARGEST_SOUND = 4_000_000  # bytes
LONGEST_TEXT = 40  # lines
KINDS = 24  # shown; the rest stays in the folder


def families(folder: Path) -> tuple[list[Path], dict[str, list[Path]]]:
    """The files that belong to no step (such as real.png), and the others by kind, each kind in the order of steps.

    The first number in a name is its step: step-000000100.png and step-000002000.png are of one kind,
    step-000000100-noisy.wav of another.
    """
    standing, kinds = [], {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.suffix.lower() not in {*PICTURES, *SOUNDS, ".txt"}:
            continue
        name = path.relative_to(folder).as_posix()
        number = re.search(r"\d+", name)
        if number is None:
            standing.append(path)
        else:
            kind = f"{name[:number.start()]}#{name[number.end():]}"
            kinds.setdefault(kind, []).append((int(number[0]), path))
    return standing, {kind: [path for _, path in sorted(files)] for kind, files in sorted(kinds.items())}


def samples_as_html(folder: Path) -> str:
    """One row for what belongs to no step, then one for each kind of file: the first and the last."""
    standing, kinds = families(folder)
    rows = [standing] if standing else []
    rows += [[files[0], files[-1]] if len(files) > 1 else files for files in kinds.values()]
    if not rows:
        return paragraph("There are no samples yet.")
    more = paragraph(f"{len(rows) - KINDS} more kinds of files are in samples/.") if len(rows) > KINDS else ""
    return "".join(_row(files, folder) for files in rows[:KINDS]) + more


def _row(files: Sequence[Path], folder: Path) -> str:
    names = [path.relative_to(folder).as_posix() for path in files[:KINDS]]
    return row(figure(_inline(path, name), name, above=True) for path, name in zip(files, names, strict=False))


def _inline(path: Path, name: str) -> str:
    suffix = path.suffix.lower()
    try:
        if suffix in PICTURES:
            return picture(*_fitting(path), name)
        if suffix in SOUNDS:
            if path.stat().st_size > LARGEST_SOUND:
                return paragraph("Too long to be included: see samples/.")
            return sound(path.read_bytes(), SOUNDS[suffix])
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, SyntaxError, ValueError) as error:  # SyntaxError: Pillow's word for a broken PNG
        return paragraph(f"This file cannot be read: {getattr(error, 'strerror', None) or 'it is damaged'}.")
    cut = [*lines[:LONGEST_TEXT], "..."] if len(lines) > LONGEST_TEXT else lines
    return preformatted("\n".join(cut))


def _fitting(path: Path) -> tuple[bytes, str]:
    from PIL import Image

    with Image.open(path) as opened:
        opened.load()  # a picture cut short must not reach the page
        if opened.width <= WIDEST or getattr(opened, "n_frames", 1) > 1:
            return path.read_bytes(), PICTURES[path.suffix.lower()]
        height = max(1, round(opened.height * WIDEST / opened.width))
        smaller = opened.convert("RGB").resize((WIDEST, height), Image.Resampling.BOX)
    buffer = io.BytesIO()
    smaller.save(buffer, "PNG")
    return buffer.getvalue(), "png"
