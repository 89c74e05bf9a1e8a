"""`gan-text check`: read a whole text once, list the files that cannot be used, and report what training would see."""

from __future__ import annotations

import json
import tempfile
import warnings
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_text.data.lines import read_blocks
from gan_text.data.sources import FileSource, open_source
from gan_text.errors import TextConfigError, TextDataError, TextWarning


def check(*, data: str, level: Literal["character", "word"] = "character", length: int = 32,
          as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Read a text once; print what training would see and the rejected files. Exit code 3 if there are any.

    Args:
        data: folder:PATH, file:PATH, glob:PATTERN, lm1b:PATH, tfds:NAME or grammar:NAME.
        level: What one token is.
        length: Tokens of a row.
        as_json: Print JSON.
    """
    if not data.strip():
        raise TextConfigError("`--data` must name a text. Received: data=''. Give folder:PATH, file:PATH or "
                              "glob:PATTERN.")
    kind, _, name = data.partition(":")
    if kind == "grammar":
        from gan_text.cli.grammar import check as check_grammar

        check_grammar(name)
        return
    source = open_source(data)
    rejects: list[tuple[str, str]] = []
    if isinstance(source, FileSource):
        source, rejects = usable(source)
    report = None if not _size(source) else measured(source, level, length)
    if as_json:
        print(json.dumps({
            "data": data, "files": _size(source), "rejects": [{"path": path, "reason": why} for path, why in rejects],
            "report": None if report is None else report.as_dict()}))
    else:
        show(data, report, rejects)
    if rejects:
        raise TextDataError(f"{len(rejects)} of the files of {data} cannot be used. Repair them, or leave them out of "
                            "the pattern.")


def _size(source) -> int:
    return len((*source.files, *source.heldout)) if isinstance(source, FileSource) else 1


def usable(source: FileSource) -> tuple[FileSource, list[tuple[str, str]]]:
    """The source without the files that cannot be read as UTF-8 text, and (path, reason) of those."""
    rejects: list[tuple[str, str]] = []
    parts = []
    for files in (source.files, source.heldout):
        good = []
        for path in files:
            try:
                for _ in read_blocks(path):
                    pass
                good.append(path)
            except TextDataError as error:
                rejects.append((str(path), str(error).removeprefix(f"{path}").lstrip(":, ")))
        parts.append(good)
    return FileSource(*parts, name=source.name), rejects


def measured(source, level: str, length: int):
    """The report of a preparation that is thrown away."""
    from gan_text.data.corpus import TextCorpus

    with tempfile.TemporaryDirectory(prefix="gan-text-check-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", TextWarning)  # the report states them
        return TextCorpus.prepare(source, folder, level=level, length=length).report


def show(data: str, report, rejects: list[tuple[str, str]]) -> None:
    """Report and rejects for people."""
    from rich.markup import escape
    from rich.table import Table

    from gan_core.progress import stdout

    if report is not None:
        table = Table(show_header=False, title=escape(data), title_justify="left")
        for name, value in report.rows_of_table():
            table.add_row(escape(name), escape(value))
        stdout().print(table)
        for text in report.warnings:
            stdout().print(f"warning: {text}", markup=False)
    for path, why in rejects:
        stdout().print(f"rejected: {path}: {why}", markup=False)
