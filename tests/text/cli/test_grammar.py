import pytest

from gan_core.errors import ConfigError
from gan_text.cli import grammar as command
from gan_text.errors import TextConfigError, TextDataError, TextDecodeError
from gan_text.grammar import Grammar


def test_sample_prints_strings_of_the_grammar(capsys):
    command.sample("toy-english", count=5, seed=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert Grammar.load("toy-english").accepts_each(lines).all()


def test_sample_writes_a_file_that_accepts_reads_back(tmp_path, capsys):
    command.sample("arith", count=20, max_length=7, out=tmp_path / "new" / "strings.txt")
    command.accepts("arith", file=tmp_path / "new" / "strings.txt")
    assert "accepted 1.0000 of 20, unique" in capsys.readouterr().out


def test_count_prints_the_exact_numbers(capsys):
    command.count("arith", max_length=7)
    text = capsys.readouterr().out
    assert "1,890" in text
    assert "2,088" in text


def test_accepts_prints_probability_and_parses_where_there_are_any(capsys):
    command.accepts("toy-english", "the dog sleeps", "dog the sleeps")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "accepted  log2 p = -6.3364, parses = 1\tthe dog sleeps"
    assert lines[1] == "rejected\tdog the sleeps"


def test_accepts_counts_an_empty_line_as_an_empty_string(tmp_path, capsys):
    (tmp_path / "s.txt").write_bytes("\ufeffx\r\n\r\n".encode())
    command.accepts("arith", file=tmp_path / "s.txt")
    assert "accepted 0.5000 of 2" in capsys.readouterr().out


def test_check_prints_what_a_grammar_generates(capsys):
    command.check("toy-english")
    text = capsys.readouterr().out
    assert "20,139,720" in text
    assert "7.65625" in text


def test_terminals_that_look_like_markup_are_printed_as_they_are(tmp_path, capsys):
    (tmp_path / "g.grammar").write_text("S -> '[red]' S | '[/red]'")
    command.check(str(tmp_path / "g.grammar"))
    assert "[red] [/red]" in capsys.readouterr().out


def test_accepts_without_strings_is_refused():
    with pytest.raises(TextConfigError, match="needs at least one string"):
        command.accepts("arith")


def test_accepts_with_a_missing_file_names_it(tmp_path):
    with pytest.raises(TextDataError, match=r"none.txt: no such file"):
        command.accepts("arith", file=tmp_path / "none.txt")


def test_a_file_of_strings_must_be_utf_8(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"x+y\n\xff\n")
    with pytest.raises(TextDecodeError, match=r"bad\.txt: not UTF-8 at byte 4"):
        command.accepts("arith", file=tmp_path / "bad.txt")


def test_a_negative_seed_is_refused():
    with pytest.raises(ConfigError, match="seed=-1"):
        command.sample("arith", seed=-1)
