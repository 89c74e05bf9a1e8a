import gzip

import pytest

from gan_text.data.lines import LONGEST_LINE_BYTES, normalized, read_blocks
from gan_text.errors import TextDataError, TextDecodeError


def text_of(path, **options):
    return "".join(block.text for block in read_blocks(path, **options))


def write(folder, content, name="t.txt"):
    path = folder / name
    path.write_bytes(content)
    return path


READ = {
    "plain": (b"one\ntwo\n", "one\ntwo\n"),
    "last line without a line feed": (b"one\ntwo", "one\ntwo\n"),
    "CRLF": (b"one\r\ntwo\r\n", "one\ntwo\n"),
    "CRLF without the last line feed": (b"one\r\ntwo\r", "one\ntwo\n"),
    "byte order mark": (b"\xef\xbb\xbfone\n", "one\n"),
    "byte order mark and CRLF": (b"\xef\xbb\xbfone\r\n", "one\n"),
    "blank lines": (b"\n\none\n", "\n\none\n"),
    "line separator inside a line": ("a\u2028b\u0085c\x0bd\n".encode(), "a\u2028b\u0085c\x0bd\n"),
    "a carriage return inside a line": (b"a\rb\n", "a\rb\n"),
    "empty file": (b"", ""),
    "emoji with joiners": ("👨‍👩‍👧\n".encode(), "👨‍👩‍👧\n"),
    "right to left": ("שלום עולם\n".encode(), "שלום עולם\n"),
}


@pytest.mark.parametrize(("content", "expected"), READ.values(), ids=READ)
def test_lines_are_read_as_they_are_meant(tmp_path, content, expected):
    assert text_of(write(tmp_path, content)) == expected


REFUSED = {
    "invalid byte": (b"one\ntw\xffo\n", TextDecodeError, r"line 2: not UTF-8 at byte 6 \(0xff\)"),
    "truncated character": ("ä".encode()[:1], TextDecodeError, "line 1: not UTF-8 at byte 0"),
    "Latin-1 after a byte order mark": (b"\xef\xbb\xbfa\xe4b\n", TextDecodeError, "not UTF-8 at byte 4"),
    "UTF-16": ("text".encode("utf-16"), TextDecodeError, "UTF-16 byte order mark"),
    "NUL byte": (b"a\nb\nc\0d\n", TextDataError, "line 3: NUL byte at byte 5: this is a binary file"),
}


@pytest.mark.parametrize(("content", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_unreadable_bytes_are_reported_with_file_line_and_offset(tmp_path, content, error, message):
    path = write(tmp_path, content)
    with pytest.raises(error, match=message) as caught:
        text_of(path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 3


def test_the_byte_offset_is_right_in_a_later_block(tmp_path):
    lines = b"x" * 99 + b"\n"
    path = write(tmp_path, lines * 30_000 + b"\xff\n")
    with pytest.raises(TextDecodeError, match="line 30001: not UTF-8 at byte 3000000"):
        text_of(path)


def test_replacement_is_accepted_on_request(tmp_path):
    assert text_of(write(tmp_path, b"a\xffb\n"), errors="replace") == "a\ufffdb\n"


def test_characters_and_line_ends_across_blocks_are_not_torn(tmp_path):
    content = ("ä€😀" * 70_000 + "\r\n") * 3 + "end"
    blocks = list(read_blocks(write(tmp_path, content.encode())))
    assert "".join(block.text for block in blocks) == content.replace("\r", "") + "\n"
    assert sum(block.lines for block in blocks) == 4
    assert len(blocks) > 1
    assert all(block.text.endswith("\n") for block in blocks)


def test_a_line_of_one_megabyte_is_read(tmp_path):
    assert len(text_of(write(tmp_path, b"a" * (1 << 20) + b"\nb\n"))) == (1 << 20) + 3


def test_a_file_without_line_ends_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "t.txt"
    with open(path, "wb") as file:
        file.seek(LONGEST_LINE_BYTES + (2 << 20))
        file.write(b"a")
    with pytest.raises(TextDataError, match="line 1: the line is longer than 64 MB"):
        text_of(path)


def test_compressed_files_are_read(tmp_path):
    assert text_of(write(tmp_path, gzip.compress(b"\xef\xbb\xbfone\r\ntwo"), "t.txt.gz")) == "one\ntwo\n"


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"one\ntwo\n" * 99)[:-20]], ids=["other", "cut"])
def test_damaged_compression_is_reported(tmp_path, content):
    with pytest.raises(TextDataError, match=r"t.gz: the compressed file is damaged"):
        text_of(write(tmp_path, content, "t.gz"))


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(TextDataError, match=r"none.txt: cannot be read"):
        text_of(tmp_path / "none.txt")


def test_text_is_composed():
    assert normalized("e\u0301A", lowercase=False) == "éA"


def test_text_is_lowered_before_it_is_composed():
    assert normalized("E\u0301", lowercase=True) == "é"


def test_a_mark_at_the_start_of_a_line_does_not_join_the_line_before():
    assert normalized("e\n\u0301x\n", lowercase=False).count("\n") == 2
