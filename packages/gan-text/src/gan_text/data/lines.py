"""Reads text files as blocks of whole lines: UTF-8, `.gz`, byte order marks and CRLF, with exact places in errors."""

from __future__ import annotations

import gzip
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gan_text.errors import TextDataError, TextDecodeError

BLOCK_BYTES = 1 << 20  # larger blocks do not read faster, they only hold more memory
LONGEST_LINE_BYTES = 1 << 26
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Block(NamedTuple):
    """Some whole lines of a file.

    Args:
        text: str; every line ends with one line feed, and nothing but a line feed ends a line.
        lines: int, how many.
        position: int, bytes of the file (compressed ones for `.gz`) read so far.
    """

    text: str
    lines: int
    position: int


def read_blocks(path: Path, errors: str = "strict") -> Iterator[Block]:
    """The lines of one UTF-8 file in blocks of about 1 MB: memory does not grow with the file.

    Args:
        path: the file; a name ending in `.gz` is decompressed.
        errors: "strict", or "replace" to accept invalid bytes as U+FFFD.

    Yields:
        `Block`s in order. A byte order mark is removed, CRLF becomes LF, the last line gets its LF.

    Raises:
        TextDecodeError: invalid UTF-8, with the byte offset (in the decompressed text for `.gz`).
        TextDataError: missing or unreadable file, NUL bytes, damaged compression, or a line above 64 MB.
    """
    try:
        with open(path, "rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            yield from _Lines(path, errors).blocks(stream.read, raw.tell)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TextDataError(f"{path}: the compressed file is damaged ({error}). Fetch it again, "
                            "or rename it if it is not compressed.") from error
    except OSError as error:
        raise TextDataError(f"{path}: cannot be read ({error.strerror or error}). "
                            "Give a readable text file.") from error


class _Lines:
    """Cuts a byte stream at line ends and keeps count of bytes and lines for messages."""

    def __init__(self, path: Path, errors: str):
        self.path, self.errors = path, errors
        self.offset, self.line = 0, 1

    def blocks(self, read: Callable[[int], bytes], tell: Callable[[], int]) -> Iterator[Block]:
        pieces: list[bytes] = []
        held = 0
        first = True
        while chunk := read(BLOCK_BYTES):
            if first:
                chunk = self.without_mark(chunk)
                first = False
            end = chunk.rfind(b"\n") + 1
            if end:
                yield self.block(b"".join([*pieces, chunk[:end]]), tell())
                pieces, held = [], 0
                chunk = chunk[end:]
            pieces.append(chunk)
            held += len(chunk)
            if held > LONGEST_LINE_BYTES:
                raise TextDataError(f"{self.path}, line {self.line}: the line is longer than "
                                    f"{LONGEST_LINE_BYTES >> 20} MB. Write one sentence per line.")
        if held:
            yield self.block(b"".join(pieces).removesuffix(b"\r") + b"\n", tell())

    def without_mark(self, chunk: bytes) -> bytes:
        if chunk.startswith(_UTF16_MARKS):
            raise TextDecodeError(f"{self.path}: not UTF-8 at byte 0: the file begins with a UTF-16 byte order mark. "
                                  "Convert it to UTF-8.")
        if chunk.startswith(_BYTE_ORDER_MARK):
            self.offset = len(_BYTE_ORDER_MARK)
            return chunk[self.offset:]
        return chunk

    def block(self, data: bytes, position: int) -> Block:
        nul = data.find(b"\0")
        if nul >= 0:
            raise TextDataError(f"{self.path}, line {self.line + data.count(10, 0, nul)}: NUL byte at byte "
                                f"{self.offset + nul}: this is a binary file or UTF-16, expected UTF-8 text. "
                                "Leave it out of the pattern, or convert it.")
        try:
            text = data.decode("utf-8", self.errors)
        except UnicodeDecodeError as error:
            raise TextDecodeError(
                f"{self.path}, line {self.line + data.count(10, 0, error.start)}: not UTF-8 at byte "
                f"{self.offset + error.start} (0x{data[error.start]:02x}). Convert the file to UTF-8, "
                "or accept replacement characters with errors='replace'.") from error
        lines = data.count(10)
        self.offset += len(data)
        self.line += lines
        return Block(text.replace("\r\n", "\n") if "\r" in text else text, lines, position)


def normalized(text: str, *, lowercase: bool) -> str:
    """The text in Unicode normalisation form C, lower-cased first if asked: one form per character, one id per form."""
    if lowercase:
        text = text.lower()
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)
