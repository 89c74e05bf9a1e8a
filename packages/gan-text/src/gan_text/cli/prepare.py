"""The function behind `gan-text prepare`."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gan_core.progress import showing
from gan_text.data.corpus import TextCorpus
from gan_text.data.vocabulary import Vocabulary
from gan_text.errors import TextWarning

Flag = Annotated[bool, Parameter(negative="")]


def prepare(source: str, /, *, out: Path, level: Literal["character", "word"] | None = None, length: int = 32,
            max_size: int | None = None, min_count: int | None = None, lowercase: bool | None = None,
            add_markers: bool | None = None, too_long: Literal["truncate", "drop", "split"] = "truncate",
            unknown: Literal["keep", "drop"] = "keep",
            splits: Annotated[tuple[float, float, float], Parameter(negative="")] = (0.98, 0.01, 0.01),
            deduplicate: Flag = False, errors: Literal["strict", "replace"] = "strict",
            vocabulary: Path | None = None, rebuild: Flag = False,
            as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Turn text into a folder of memory-mapped ids and print what was read, kept and dropped.

    Args:
        source: file:PATH, folder:PATH, glob:PATTERN, lm1b:PATH, tfds:NAME, or a bare path or pattern; UTF-8, one
            sentence per line, .gz accepted.
        out: folder of the corpus; an up-to-date one is not built again.
        level: what one token is; default: character, or that of the vocabulary.
        length: ids per row, at least 2.
        max_size: most ids of the vocabulary (default 256 characters, 2048 words).
        min_count: rarer tokens become unknown (default 10 for characters, 1 for words).
        lowercase: lower-case the text (default: words yes, characters no).
        add_markers: begin and end symbols around sentences (default: words yes, characters no).
        too_long: what happens to longer sentences.
        unknown: keep or drop rows with unknown tokens.
        splits: shares of train, validation and test.
        deduplicate: keep each row once.
        errors: refuse bytes that are not UTF-8, or replace them.
        vocabulary: a vocabulary.json to use instead of counting one.
        rebuild: build even if nothing changed.
        as_json: print the report as JSON.
    """
    table = None if vocabulary is None else Vocabulary.load(vocabulary)
    options = {"length": length, "max_size": max_size, "min_count": min_count, "too_long": too_long,
               "unknown": unknown, "splits": splits, "deduplicate": deduplicate, "errors": errors}
    options |= {name: value for name, value in (("level", level), ("lowercase", lowercase),
                                                ("add_markers", add_markers)) if value is not None}
    built = False

    def noticed(*state) -> None:
        nonlocal built
        built = True
        show(*state)

    with warnings.catch_warnings(), showing(in_bytes=True) as show:
        warnings.simplefilter("ignore", TextWarning)  # the report below states them
        corpus = TextCorpus.prepare(source, out, vocabulary=table, progress=noticed, rebuild=rebuild, **options)
    if as_json:
        sys.stdout.write(json.dumps(corpus.report.as_dict(), ensure_ascii=False, indent=1) + "\n")
        return
    title = f"{out}: {'prepared' if built else 'up to date, not built again'}"
    result = Table(show_header=False, title=escape(title))
    for name, value in corpus.report.rows_of_table():
        result.add_row(escape(name), escape(value))
    Console().print(result)
    for text in corpus.report.warnings:
        Console().print(f"[yellow]warning:[/yellow] {escape(text)}")
