"""Files of captions: CSV or TSV with a header row, or JSON lines; and the vectors that belong to them."""

from __future__ import annotations

import csv
import dataclasses
import difflib
import io
import json
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.data.array_files import open_array
from gan_core.errors import DataError
from gan_core.images.decode import printable

CLASS_COLUMNS = ("class", "category")
MOST_NUMBERS = 65_536  # of a vector
_NUMBERED = re.compile(r"caption_\d+")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_Record = tuple[int, dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class CaptionRow:
    """One row of a captions file.

    Args:
        line: int, where it begins, from 1.
        key: the picture that it is about: a file, or a number.
        captions: at least one.
        class_name: or None.
        split: of a data set that has some, or None.
    """

    line: int
    key: str | int
    captions: tuple[str, ...]
    class_name: str | None = None
    split: str | None = None


@dataclasses.dataclass
class Description:
    """What a captions file says about one picture: all its rows together."""

    line: int
    captions: tuple[str, ...]
    class_name: str | None
    vectors: np.ndarray | None
    """float32 (captions, size)."""


def read_captions_file(path: Path, *, keys: Sequence[str] = ("file",)) -> list[CaptionRow]:
    """The rows of a captions file, in its order.

    CSV and TSV have a header row with a column `file`, a column `caption` (and caption_1, caption_2, ...) and perhaps
    `class` or `category`; other columns are left aside. A line of JSON lines is {"file": ..., "caption": a text or
    several, "class": ...}.

    Args:
        path: .csv, .tsv or .jsonl, in UTF-8.
        keys: the columns that may name the picture, the first one found counts; "index" is a number from 0.

    Raises:
        DataError: it cannot be read, or a row is not as it should be: the message names the line.

    Example:
        >>> read_captions_file(Path("birds/captions.csv"))[0]
        CaptionRow(line=2, key='1.jpg', captions=('a red bird',), class_name=None, split=None)
    """
    readers: dict[str, Callable[[Path, str, Sequence[str]], Iterator[_Record]]] = {
        ".csv": _table, ".tsv": _table, ".jsonl": _json_lines}
    if path.suffix.lower() not in readers:
        raise DataError(f"a captions file must end in .csv, .tsv or .jsonl. Received: {printable(path)}.")
    rows = [_row(path, line, record, keys) for line, record in
            readers[path.suffix.lower()](path, _text_of(path), keys)]
    if not rows:
        raise DataError(f"{printable(path)} has no captions. Expected one row for each picture, or several.")
    return rows


def descriptions(path: Path, rows: Sequence[CaptionRow], key: Callable[[CaptionRow], Hashable], *,
                 vectors: Path | None = None) -> dict[Any, Description]:
    """The rows put together by picture, in the order in which pictures come up.

    Args:
        path: of the captions file, for messages.
        rows: of the captions file.
        key: what two rows of one picture have in common.
        vectors: .npy file of numbers (captions of all rows, size), in the order of the file.

    Raises:
        DataError: a picture has two classes, or there are not as many vectors as captions.
    """
    each = [None] * len(rows) if vectors is None else _vectors_of(vectors, rows, path)
    found: dict[Any, Description] = {}
    for row, own in zip(rows, each, strict=True):
        known = found.get(picture := key(row))
        if known is None:
            found[picture] = Description(row.line, row.captions, row.class_name, own)
            continue
        if None not in (row.class_name, known.class_name) and row.class_name != known.class_name:
            raise DataError(f"{printable(path)}, line {row.line}: a picture must have one class. Found: "
                            f"{row.class_name!r} and, in line {known.line}, {known.class_name!r} for {row.key!r}. "
                            "Correct one.")
        known.captions += row.captions
        known.class_name = known.class_name or row.class_name
        known.vectors = None if known.vectors is None or own is None else np.concatenate([known.vectors, own])
    return found


def _vectors_of(vectors: Path, rows: Sequence[CaptionRow], path: Path) -> list[np.ndarray]:
    array, count = open_array(vectors), sum(len(row.captions) for row in rows)
    if len(array.shape) != 2 or len(array) != count:
        raise DataError(f"{printable(vectors)} must hold one vector for each caption of {printable(path)}, in its "
                        f"order: ({count}, size). Found: {array.shape}. Encode all {count} captions again.")
    if array.shape[1] > MOST_NUMBERS:
        raise DataError(f"{printable(vectors)} must hold vectors of at most {MOST_NUMBERS:,} numbers. "
                        f"Found: {array.shape[1]:,}.")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused with its picture
        numbers = array.read().astype(np.float32)
    return np.split(numbers, np.cumsum([len(row.captions) for row in rows])[:-1])


# ------------------------------------------------------------------------------------------- what is in the file


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{printable(path)}: cannot be read ({error.strerror or error}).") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[:error.start].count(b"\n") + 1
        raise DataError(f"{printable(path)}, line {line}: not UTF-8. Found: the byte "
                        f"0x{content[error.start]:02x} at position {error.start} of the file. Save it again as "
                        "UTF-8.") from None


def _table(path: Path, text: str, keys: Sequence[str]) -> Iterator[_Record]:
    rows = _fields_of_rows(path, text)
    _, header = next(rows, (1, []))
    columns = [name.strip().lower() for name in header]
    _check_columns(path, columns, keys)
    for line, row in rows:
        if len(row) > len(columns):
            raise DataError(f"{printable(path)}, line {line}: found {len(row)} fields; expected {len(columns)}, as in "
                            "the header. Put a caption that holds the separator into double quotes, or write JSON "
                            "lines.")
        record: dict[str, Any] = dict(zip(columns, row, strict=False))
        texts = [record.get("caption", ""), *(record.get(name, "") for name in columns if _NUMBERED.fullmatch(name))]
        yield line, {**record, "caption": [text for text in texts if text.strip()]}


def _fields_of_rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The line in which each row begins, and its fields; empty rows are left aside."""
    if path.suffix.lower() == ".tsv":  # a line is a row: quotes belong to the caption unless they enclose the field
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            if path.suffix.lower() == ".tsv":
                row = [match[1].replace('""', '"') if (match := _QUOTED.fullmatch(field)) else field for field in row]
            if any(field.strip() for field in row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{printable(path)}, line {begins}: the row cannot be read ({error}). Put a text that holds "
                        "quotes into quotes, and double those inside.") from None


def _check_columns(path: Path, columns: Sequence[str], keys: Sequence[str]) -> None:
    shown, found = printable(path), ", ".join(map(repr, columns)) or "nothing"
    if len(set(columns)) < len(columns):
        raise DataError(f"{shown}: columns must have different names. Found: {found}.")
    captions = any(name == "caption" or _NUMBERED.fullmatch(name) for name in columns)
    missing = [] if set(keys) & set(columns) else [keys[0]]
    missing += [] if captions else ["caption"]
    if missing:
        hints = [f" Rename {close[0]!r} to {name!r}." for name in missing
                 if (close := difflib.get_close_matches(name, columns, n=1, cutoff=0.5))]
        separated = " Separate columns by commas." if len(columns) == 1 and ";" in columns[0] else ""
        raise DataError(f"{shown} must begin with a row of names, {' or '.join(map(repr, keys))} and 'caption' among "
                        f"them. Found: {found}.{separated or ''.join(hints)}")


def _json_lines(path: Path, text: str, keys: Sequence[str]) -> Iterator[_Record]:
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{printable(path)}, line {line}: not JSON ({error}). Write one object a line: "
                            '{"file": "1.jpg", "caption": "a red bird"}.') from None
        if not isinstance(record, dict):
            raise DataError(f"{printable(path)}, line {line}: found {type(record).__name__}; expected an object, as "
                            'in {"file": "1.jpg", "caption": "a red bird"}.')
        captions = record.get("caption")
        yield line, {**record, "caption": [captions] if isinstance(captions, str) else captions}


def _row(path: Path, line: int, record: dict[str, Any], keys: Sequence[str]) -> CaptionRow:
    def refuse(found: str, expected: str):
        raise DataError(f"{printable(path)}, line {line}: found {found}; expected {expected}.")

    name = next((name for name in keys if record.get(name) not in (None, "")), None)
    if name is None:
        return refuse(f"no {' or '.join(map(repr, keys))} among {', '.join(map(repr, record))}",
                      "what says which picture the row is about")
    key = record[name]
    if name == "index":
        try:
            key = int(key)
        except (TypeError, ValueError):
            key = -1
        if key < 0:
            return refuse(f"the index {record[name]!r}", "a whole number from 0")
    elif not isinstance(key, str):
        return refuse(f"{key!r} as {name!r}", "a text")
    captions = record["caption"]
    if not isinstance(captions, list) or not all(isinstance(text, str) for text in captions):
        return refuse(f"{captions!r} as 'caption'", "a text, or a list of texts")
    if not captions or not all(text.strip() for text in captions):
        return refuse("an empty caption", "a text: write one, or take the row out")
    captions = tuple(" ".join(text.split()) for text in captions)
    if not all(map(_is_plain, captions)):
        return refuse("a caption with half of a surrogate pair or a zero character", "plain text")
    class_name = next((record[name] for name in CLASS_COLUMNS if record.get(name) not in (None, "")), None)
    split = record.get("split")
    return CaptionRow(line, key, captions, None if class_name is None else str(class_name).strip(),
                      str(split).strip() if split else None)


def _is_plain(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text
