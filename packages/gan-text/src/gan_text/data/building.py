"""The two passes that turn text into a folder of memory-mapped ids, line by line, never the corpus in memory."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np

from gan_text.data.counting import CharacterCounter, WordCounter
from gan_text.data.lines import normalized
from gan_text.data.report import PreparationReport
from gan_text.data.rows_file import RowsFile
from gan_text.data.seen import SeenHashes
from gan_text.data.sequences import Encoder, Rows, row_hashes
from gan_text.data.settings import SPLITS, CorpusSettings
from gan_text.data.vocabulary import Vocabulary, escaped
from gan_text.errors import TextDataError, TextWarning

Progress = Callable[[str, int, int], None]  # (what is done, bytes read, bytes in total)
UNKNOWN_WARNING, TRUNCATED_WARNING = 0.2, 0.5
_HISTOGRAM_FACTOR = 4  # lengths are counted up to four rows; longer ones share the last bin


def count_vocabulary(source, settings: CorpusSettings, progress: Progress) -> tuple[Vocabulary, int, list[str]]:
    """Pass 1: the vocabulary, the number of distinct tokens, and words of the text that look like markers."""
    counter = WordCounter(settings.tokenizer) if settings.level == "word" else CharacterCounter()
    size = source.size()
    for _, block in source.blocks(settings.errors):
        counter.add(normalized(block.text, lowercase=bool(settings.lowercase)))
        progress("counting tokens", block.position, size)
    counts = counter.result()
    if all(token.isspace() for token in counts):
        raise TextDataError(f"{source.name}: no text in it, only blank lines. Expected one sentence per line.")
    vocabulary = Vocabulary.from_counts(
        counts, level=settings.level, max_size=settings.max_size, min_count=cast(int, settings.min_count),
        specials=settings.specials, lowercase=settings.lowercase, tokenizer=settings.tokenizer)
    lookalikes = sorted(word for word in counts if escaped(word) != word) if settings.level == "word" else []
    return vocabulary, len(counts), lookalikes


def write_rows(source, folder: Path, vocabulary: Vocabulary, settings: CorpusSettings, report: PreparationReport,
               progress: Progress) -> None:
    """Pass 2: append the rows of each split to its file and fill the report.

    Raises:
        TextDataError: no row is left for training; the message holds the table of what was dropped.
    """
    encoder = Encoder(vocabulary, settings.length, add_markers=bool(settings.add_markers), too_long=settings.too_long,
                      drop_unknown=settings.unknown == "drop")
    files = {part: RowsFile(folder / f"{part}.npy", settings.length, encoder.dtype) for part in SPLITS}
    seen = SeenHashes() if settings.deduplicate else None
    histogram = np.zeros(_HISTOGRAM_FACTOR * settings.length + 1, np.int64)
    size = source.size()
    try:
        for heldout, block in source.blocks(settings.errors):
            rows = encoder.encode(normalized(block.text, lowercase=bool(settings.lowercase)))
            _account(report, rows, block.lines, histogram)
            hashes, ids = row_hashes(rows.ids), rows.ids
            if seen is not None:
                new = seen.first_seen(hashes)
                report.duplicate += int((~new).sum())
                hashes, ids = hashes[new], ids[new]
            # An official held-out part is the test split; the training part then has no share for it.
            official = bool(getattr(source, "heldout", ()) or getattr(source, "heldout_split", ""))
            for part, chosen in zip(SPLITS, split_masks(hashes, settings.splits, heldout, official), strict=True):
                files[part].append(ids[chosen])
            progress("encoding rows", block.position, size)
        report.rows = {part: file.count for part, file in files.items()}
        report.length_histogram = histogram.tolist()
        if not report.rows["train"]:
            table = "; ".join(f"{name}: {value}" for name, value in report.rows_of_table()[1:8])
            remedy = ("All distinct rows fell into the other splits: raise the share of train in `splits`"
                      if sum(report.rows.values()) else "Loosen `too_long`, `unknown` or `length`")
            raise TextDataError(f"{source.name}: nothing is left for training. {table}. {remedy}, or add text.")
    except BaseException:
        for file in files.values():
            file.discard()
        raise
    for file in files.values():
        file.close()


def split_masks(hashes: np.ndarray, shares, heldout: bool = False, official: bool = False) -> list[np.ndarray]:
    """Which rows belong to train, validation and test: decided by the hash, so equal rows are never in two splits."""
    if heldout:
        nobody = np.zeros(len(hashes), bool)
        return [nobody, nobody, ~nobody]
    uniform = (hashes >> np.uint64(11)) * 2.0**-53
    ends = np.cumsum(shares)
    if official:
        ends = ends / ends[1]
    train, validation = uniform < ends[0], uniform < ends[1]
    if shares[2] == 0 or official:  # rounding must not leave rows to an empty split
        validation[:] = True
    if shares[1] == 0 and (shares[2] == 0 or official):
        train[:] = True
    return [train, validation & ~train, ~validation]


def _account(report: PreparationReport, rows: Rows, lines: int, histogram: np.ndarray) -> None:
    report.lines += lines
    report.blank += rows.blank
    report.sentences += len(rows.lengths)
    report.too_long += rows.too_long
    report.unknown += rows.unknown
    report.truncated += rows.truncated
    report.tokens += rows.tokens
    report.unknown_tokens += rows.unknown_tokens
    histogram += np.bincount(np.minimum(rows.lengths, len(histogram) - 1), minlength=len(histogram))


def warn_about(report: PreparationReport, lookalikes: list[str]) -> None:
    """Warn, and note in the report, what makes text unusable in practice though not invalid."""
    if lookalikes:
        report.warnings.append(f"the text contains {', '.join(map(repr, lookalikes))}, which look like markers: they "
                               "are kept as ordinary words, written with a backslash in the vocabulary.")
    if report.unknown_rate > UNKNOWN_WARNING:
        report.warnings.append(f"{report.unknown_rate:.0%} of the tokens are unknown. Raise `max_size`, lower "
                               "`min_count`, or drop sentences with unknown tokens (unknown='drop').")
    if report.truncated_share > TRUNCATED_WARNING:
        report.warnings.append(f"{report.truncated_share:.0%} of the sentences are truncated to {report.length} ids. "
                               f"Raise `length` (95 % of them have at most {report.length_quantile(0.95)} tokens), "
                               "or use too_long='split' or 'drop'.")
    for text in report.warnings:
        warnings.warn(text, TextWarning, stacklevel=4)


def build(source, folder: Path, settings: CorpusSettings, vocabulary: Vocabulary | None,
          progress: Progress) -> tuple[Vocabulary, PreparationReport]:
    """Both passes; without the first where a vocabulary is given."""
    began = time.perf_counter()
    distinct, lookalikes = 0, []
    if vocabulary is None:
        vocabulary, distinct, lookalikes = count_vocabulary(source, settings, progress)
    report = PreparationReport(source=source.name, level=settings.level, length=settings.length,
                               vocabulary=len(vocabulary), distinct_tokens=distinct or len(vocabulary))
    write_rows(source, folder, vocabulary, settings, report, progress)
    report.seconds = time.perf_counter() - began
    warn_about(report, lookalikes)
    return vocabulary, report
