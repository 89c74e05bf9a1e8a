"""A prepared corpus: a folder with memory-mapped ids, the vocabulary and the report; rebuilt when it is stale."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np

from gan_core.files import write_whole
from gan_text.data.building import Progress, build
from gan_text.data.report import PreparationReport
from gan_text.data.settings import SPLITS, CorpusSettings, check_batch_memory
from gan_text.data.sources import FileSource, TensorFlowDataset, open_source
from gan_text.data.vocabulary import Vocabulary
from gan_text.errors import TextConfigError, TextDataError

MANIFEST, VOCABULARY = "manifest.json", "vocabulary.json"
_FORMAT = 1


class TextCorpus:
    """Rows of ids on disk, split into train, validation and test.

    Args:
        folder: a folder that `TextCorpus.prepare` or `gan-text prepare` wrote.
        tokenizer: the one given to `prepare`, if any; code is not stored.

    Raises:
        TextDataError: the folder is not such a corpus, or is incomplete.

    Example:
        >>> corpus = TextCorpus.prepare("texts/*.txt", "corpus", level="character", length=32)
        >>> corpus.ids("train").shape, corpus.vocabulary.decode(corpus.ids("train")[0])
    """

    def __init__(self, folder: str | Path, *, tokenizer=None):
        self.folder = Path(folder)
        manifest = _read_manifest(self.folder)
        if manifest is None:
            raise TextDataError(f"{self.folder}: not a prepared corpus (no readable {MANIFEST}). "
                                "Write one with `gan-text prepare SOURCE --out FOLDER`.")
        if not _complete(self.folder, manifest):
            raise TextDataError(f"{self.folder}: the corpus is incomplete: a file is missing or has another size than "
                                f"{MANIFEST} states. Prepare it again.")
        self.settings = manifest["settings"]
        self.report = PreparationReport(**manifest["report"])
        self.vocabulary = Vocabulary.load(self.folder / VOCABULARY, tokenizer=tokenizer)
        self.length: int = self.settings["length"]

    @classmethod
    def prepare(cls, source: str | Path | Sequence | FileSource | TensorFlowDataset, folder: str | Path, *,
                vocabulary: Vocabulary | None = None, progress: Progress | None = None, rebuild: bool = False,
                **options) -> TextCorpus:
        """Read a source in two passes and open the result; a folder that is up to date is only opened.

        Args:
            source: a SOURCE (see `open_source`), a list of files, or an opened source.
            folder: where the corpus is written; new, empty, or an earlier corpus.
            vocabulary: use this table (that of a trained model) instead of counting one.
            progress: called with (what, bytes read, bytes in total).
            rebuild: bool, build even if nothing changed.
            **options: the fields of `CorpusSettings`.

        Raises:
            TextDataError: nothing to read, unreadable text, or nothing left after filtering.
            TextConfigError: an option outside its range, or a folder with other files.
            VocabularyError: fewer than two tokens are left.
        """
        folder = Path(folder)
        if vocabulary is not None:
            options = {"level": vocabulary.level, "lowercase": vocabulary.lowercase, "tokenizer": vocabulary.tokenizer,
                       "add_markers": vocabulary.has_markers, **options}
        settings = CorpusSettings(**options)
        if isinstance(source, str | Path) or (isinstance(source, Sequence) and not hasattr(source, "blocks")):
            source = open_source(source)
        source = cast("FileSource | TensorFlowDataset", source)
        fingerprint = sha256(json.dumps([
            _FORMAT, settings.as_dict(), source.fingerprint(), vocabulary and vocabulary.fingerprint
        ]).encode()).hexdigest()
        manifest = _read_manifest(folder)
        if not rebuild and manifest and manifest["fingerprint"] == fingerprint and _complete(folder, manifest):
            return cls(folder, tokenizer=settings.tokenizer)
        if folder.is_dir() and manifest is None and any(
                not path.name.startswith(".") and path.stem not in (*SPLITS, "vocabulary")
                for path in folder.iterdir()):
            raise TextConfigError(f"{folder}: the folder holds other files. Give a new or empty folder for the corpus.")
        folder.mkdir(parents=True, exist_ok=True)
        # Without its manifest a folder counts as unfinished: an interrupted preparation is never mistaken for a corpus.
        (folder / MANIFEST).unlink(missing_ok=True)
        vocabulary, report = build(source, folder, settings, vocabulary, progress or (lambda *_: None))
        vocabulary.save(folder / VOCABULARY)
        _write_manifest(folder, {"format": _FORMAT, "fingerprint": fingerprint, "settings": settings.as_dict(),
                                 "report": report.as_dict()})
        return cls(folder, tokenizer=settings.tokenizer)

    def ids(self, part: str = "train") -> np.ndarray:
        """The rows of one split, unsigned int (rows, length), read from disk when indexed.

        Args:
            part: "train", "validation" or "test".
        """
        if part not in SPLITS:
            raise TextConfigError(f"`part` must be one of {', '.join(SPLITS)}. Received: part={part!r}.")
        if not self.report.rows[part]:
            return np.zeros((0, self.length), np.uint8)  # an empty file cannot be mapped
        return np.load(self.folder / f"{part}.npy", mmap_mode="r")

    def sentences(self, part: str = "train", count: int | None = None, *, seed: int = 0,
                  padding: str = "cut") -> list[tuple[str, ...]]:
        """Token tuples of a random selection of rows without replacement; all rows in order without `count`."""
        rows = self.ids(part)
        if count is not None and count < len(rows):
            rows = rows[np.sort(np.random.default_rng(seed).choice(len(rows), count, replace=False))]
        return self.vocabulary.sentences(rows, padding=padding)

    def loader(self, part: str = "train", batch_size: int = 64, *, seed: int = 0, shuffle: bool = True):
        """A `gan_core.Loader` of {"real": ids (batch, length)}; the k-th batch depends on (seed, k) alone.

        Raises:
            TextConfigError: fewer rows than one batch, or one-hot batches above the memory guard.
        """
        rows = self.ids(part)
        if len(rows) < batch_size:
            raise TextConfigError(f"`batch_size` must not exceed the rows of the {part} split. "
                                  f"Received: batch_size={batch_size}, rows={len(rows)}. Add text, or lower "
                                  "`batch_size`.")
        check_batch_memory(len(self.vocabulary), self.length, batch_size)
        from gan_core.data.loader import ArraySource, Loader  # TensorFlow is loaded here, not for preparation
        return Loader(ArraySource({"real": rows}), batch_size, seed=seed, shuffle=shuffle, name=f"{part} split")

    def __repr__(self):
        return f"TextCorpus({str(self.folder)!r}, rows={self.report.rows}, length={self.length}, {self.vocabulary!r})"


def _read_manifest(folder: Path) -> dict | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        PreparationReport(**manifest["report"])
        return manifest if manifest["format"] == _FORMAT and manifest["settings"] and manifest["fingerprint"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_manifest(folder: Path, manifest: dict) -> None:
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


def _complete(folder: Path, manifest: dict) -> bool:
    """Whether all files are there and every array has the rows that the manifest states."""
    try:
        for part in SPLITS:
            path = folder / f"{part}.npy"
            with open(path, "rb") as file:
                np.lib.format.read_magic(file)
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                size = file.tell() + shape[0] * shape[1] * dtype.itemsize
            if shape != (manifest["report"]["rows"][part], manifest["settings"]["length"]) \
                    or path.stat().st_size != size:
                return False
        Vocabulary.load(folder / VOCABULARY)
    except (OSError, ValueError):
        return False
    return True
