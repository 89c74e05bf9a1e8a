"""Where sentences come from: files, folders, globs, the 1-Billion-Word layout, or a TensorFlow data set by name."""

from __future__ import annotations

import glob
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from gan_core.errors import MissingDependencyError
from gan_text.data.lines import Block, read_blocks
from gan_text.errors import TextDataError, TextDecodeError

BILLION_WORD_TRAINING = "training-monolingual.tokenized.shuffled"
BILLION_WORD_HELDOUT = "heldout-monolingual.tokenized.shuffled"
_SAMPLED_BYTES = 1 << 16


class FileSource:
    """Text files with one sentence per line.

    Args:
        files: the files of the training part, split by hash into train, validation and test.
        heldout: files of an official held-out part; if there are any, they are the test split as a whole.
        name: str, for messages and reports.
    """

    def __init__(self, files: Sequence[Path], heldout: Sequence[Path] = (), *, name: str = "text"):
        self.files, self.heldout, self.name = tuple(files), tuple(heldout), name

    def size(self) -> int:
        """Bytes on disk, for progress."""
        return sum(path.stat().st_size for path in (*self.files, *self.heldout))

    def blocks(self, errors: str = "strict") -> Iterator[tuple[bool, Block]]:
        """(from the held-out part?, block of whole lines) of all files, in order; `position` counts over all files."""
        before = 0
        for heldout, paths in ((False, self.files), (True, self.heldout)):
            for path in paths:
                for block in read_blocks(path, errors):
                    yield heldout, block._replace(position=before + block.position)
                before += path.stat().st_size

    def fingerprint(self) -> list:
        """What changes when the files change: names, sizes, times, and a checksum of each file's ends."""
        return [_file_fingerprint(path, part) for part, paths in (("train", self.files), ("heldout", self.heldout))
                for path in paths]


class TensorFlowDataset:
    """A text data set of tensorflow-datasets, such as `lm1b` (downloads on first use).

    Args:
        name: str, "lm1b" or "lm1b/config:1.0.0".

    Raises:
        MissingDependencyError: tensorflow-datasets is not installed.
        TextDataError: no data set of this name, or it holds no text.
    """

    heldout_split = "test"

    def __init__(self, name: str, **builder_options):
        try:
            import tensorflow_datasets as datasets
        except ImportError as error:
            raise MissingDependencyError("`tfds:` sources need tensorflow-datasets, which is not installed. "
                                         "Install it with: pip install gan-text[datasets]") from error
        self.name = f"tfds:{name}"
        try:
            self._builder = datasets.builder(name, **builder_options)
        except (datasets.core.registered.DatasetNotFoundError, ValueError) as error:
            raise TextDataError(f"tensorflow-datasets cannot open {name!r}: {str(error).splitlines()[0].rstrip('.')}. "
                                "Example: tfds:lm1b") from error
        if "text" not in self._builder.info.features:
            raise TextDataError(f"the data set {name!r} has no feature `text`. "
                                f"Received: {sorted(self._builder.info.features)}. Use one of text, such as tfds:lm1b.")
        self._datasets = datasets

    def size(self) -> int:
        """Bytes of the data set."""
        return int(self._builder.info.dataset_size or 0)

    def blocks(self, errors: str = "strict") -> Iterator[tuple[bool, Block]]:
        """As `FileSource.blocks`; a line end inside a sentence becomes a space."""
        self._builder.download_and_prepare()
        done = 0
        splits = list(self._builder.info.splits) or ["train", self.heldout_split]  # metadata may be absent offline
        for split in sorted(splits, key=lambda split: (split == self.heldout_split, split)):
            rows = self._builder.as_dataset(split=split, shuffle_files=False)
            sentences: list[str] = []
            for number, row in enumerate(self._datasets.as_numpy(rows)):
                sentences.append(self._sentence(row["text"], f"{self.name}, {split} example {number}", errors))
                done += len(row["text"])
                if len(sentences) == 8192:
                    yield split == self.heldout_split, Block("".join(sentences), len(sentences), done)
                    sentences = []
            if sentences:
                yield split == self.heldout_split, Block("".join(sentences), len(sentences), done)

    @staticmethod
    def _sentence(data: bytes, where: str, errors: str) -> str:
        try:
            return " ".join(data.decode("utf-8", errors).split("\n")) + "\n"
        except UnicodeDecodeError as error:
            raise TextDecodeError(f"{where}: not UTF-8 at byte {error.start}. "
                                  "Accept replacement characters with errors='replace'.") from error

    def fingerprint(self) -> list:
        """The full name with configuration and version."""
        return [self._builder.info.full_name]


def open_source(source: str | Path | Sequence[str | Path]) -> FileSource | TensorFlowDataset:
    """The text that a SOURCE names.

    Args:
        source: `file:PATH`, `folder:PATH` (all files below it), `glob:PATTERN`, `lm1b:PATH` (the unpacked
            1-Billion-Word benchmark), `tfds:NAME`, a bare path or pattern, or a list of files.

    Returns:
        An object with `blocks`, `fingerprint`, `size`, `name`. Files are sorted by name, whatever the file system.

    Raises:
        TextDataError: nothing matches; the message holds the path or pattern.

    Example:
        >>> open_source("folder:texts").files
        (PosixPath('texts/a.txt'), PosixPath('texts/b.txt.gz'))
    """
    if isinstance(source, Sequence) and not isinstance(source, str):
        return FileSource([_existing_file(Path(path)) for path in source], name=f"{len(source)} files")
    text = str(source)
    kind, separator, rest = text.partition(":")
    if separator and kind in _OPENERS:
        return _OPENERS[kind](rest)
    path = Path(text)
    if path.is_dir():
        return _billion_word(text) if (path / BILLION_WORD_TRAINING).is_dir() else _folder(text)
    return _file(text) if path.is_file() else _glob(text)


def _existing_file(path: Path) -> Path:
    if not path.is_file():
        raise TextDataError(f"{path}: no such file. Expected a UTF-8 text file with one sentence per line.")
    return path


def _file(text: str) -> FileSource:
    return FileSource([_existing_file(Path(text))], name=text)


def _folder(text: str) -> FileSource:
    root = Path(text)
    if not root.is_dir():
        raise TextDataError(f"{root}: no such folder. Expected a folder of UTF-8 text files.")
    files = sorted((path for path in root.rglob("*") if path.is_file()
                    and not any(part.startswith(".") for part in path.relative_to(root).parts)),
                   key=lambda path: path.relative_to(root).as_posix())
    if not files:
        raise TextDataError(f"{root}: the folder holds no file. Expected UTF-8 text files with one sentence per line.")
    return FileSource(files, name=text)


def _glob(text: str) -> FileSource:
    files = sorted(Path(match) for match in glob.glob(text, recursive=True) if Path(match).is_file())
    if not files:
        raise TextDataError(f"no file matches {text!r}. Give an existing file, a folder, or a pattern such as "
                            "'texts/**/*.txt'.")
    return FileSource(files, name=text)


def _billion_word(text: str) -> FileSource:
    root = Path(text)
    training = sorted((root / BILLION_WORD_TRAINING).glob("news.en-*"))
    heldout = sorted((root / BILLION_WORD_HELDOUT).glob("news.en*"))
    if not training:
        raise TextDataError(f"no file matches '{root / BILLION_WORD_TRAINING / 'news.en-*'}'. Expected the unpacked "
                            f"1-Billion-Word benchmark with the folders {BILLION_WORD_TRAINING} and "
                            f"{BILLION_WORD_HELDOUT}.")
    return FileSource(training, heldout, name=text)


_OPENERS = {"file": _file, "folder": _folder, "glob": _glob, "lm1b": _billion_word, "tfds": TensorFlowDataset}


def _file_fingerprint(path: Path, part: str) -> list:
    try:
        status = path.stat()
        with open(path, "rb") as file:
            ends = zlib.crc32(file.read(_SAMPLED_BYTES))
            file.seek(max(0, status.st_size - _SAMPLED_BYTES))
            ends = zlib.crc32(file.read(_SAMPLED_BYTES), ends)
    except OSError as error:
        raise TextDataError(f"{path}: cannot be read ({error.strerror or error}). "
                            "Give a readable text file.") from error
    return [part, str(path), status.st_size, status.st_mtime_ns, ends]
