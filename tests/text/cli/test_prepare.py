import json

import pytest

from gan_text.cli.prepare import prepare
from gan_text.errors import TextDataError


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("".join(f"line number {number}\n" for number in range(200)), "utf-8")
    return str(path)


def words(capsys):
    """What was printed, without the line breaks that depend on the width of the terminal."""
    return " ".join(capsys.readouterr().out.split())


def test_the_report_is_printed(tmp_path, text, capsys):
    prepare(text, out=tmp_path / "corpus", min_count=1)
    printed = words(capsys)
    assert "prepared" in printed
    assert "lines read" in printed
    assert "200" in printed


def test_a_second_call_says_that_nothing_was_built(tmp_path, text, capsys):
    prepare(text, out=tmp_path / "corpus", min_count=1)
    prepare(text, out=tmp_path / "corpus", min_count=1)
    assert "up to date, not built again" in words(capsys)


def test_json_is_machine_readable(tmp_path, text, capsys):
    prepare(text, out=tmp_path / "corpus", level="word", as_json=True)
    report = json.loads(capsys.readouterr().out)
    assert report["lines"] == 200
    assert report["level"] == "word"


def test_warnings_are_printed_once_and_not_raised(tmp_path, capsys, recwarn):
    (tmp_path / "t.txt").write_text("".join(f"{number} is a number\n" for number in range(1000, 1200)))
    prepare(str(tmp_path / "t.txt"), out=tmp_path / "corpus", min_count=1, length=4)
    assert words(capsys).count("are truncated to 4 ids") == 1
    assert not recwarn.list


def test_a_vocabulary_file_is_used(tmp_path, text, capsys):
    prepare(text, out=tmp_path / "first", level="word")
    prepare(text, out=tmp_path / "second", vocabulary=tmp_path / "first" / "vocabulary.json", as_json=True)
    first, second = ((tmp_path / name / "vocabulary.json").read_text() for name in ("first", "second"))
    assert first == second


def test_a_pattern_without_a_match_ends_with_a_data_error(tmp_path):
    with pytest.raises(TextDataError, match="no file matches") as caught:
        prepare(str(tmp_path / "*.txt"), out=tmp_path / "corpus")
    assert caught.value.exit_code == 3
