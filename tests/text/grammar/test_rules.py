import pytest

from gan_text.errors import GanTextError, GrammarError
from gan_text.grammar import Grammar, parse_rules

REFUSED = {
    "no rule": ("# only a comment\n\n", "the file holds no rule"),
    "no arrow": ("S 'x'", "line 1: a rule begins with a symbol and `->`"),
    "two arrows": ("S -> 'x' -> 'y'", "line 1: a second `->`"),
    "unclosed quote": ("S -> 'x | y", "line 1: a terminal is not closed"),
    "strange character": ("S -> 'x' & 'y'", "unexpected '&' at column 10"),
    "empty alternative": ("S -> 'x' |", "line 1: an alternative of S is empty"),
    "empty alternative with a probability": ("S -> 'x' 0.5 | 0.5", "an alternative of S is empty"),
    "empty terminal": ("S -> ''", "a terminal is one token without white space"),
    "terminal with a space": ("S -> 'a b'", "a terminal is one token without white space"),
    "probability inside": ("S -> 'x' 0.5 'y' | 'y' 0.5", "the number 0.5 stands between symbols"),
    "probability of zero": ("S -> 'x' 0 | 'y' 1", r"must lie in \(0, 1\]. Received: 0 for S"),
    "probability above one": ("S -> 'x' 1.5", r"must lie in \(0, 1\]"),
    "probabilities that do not sum to 1": ("S -> 'x' 0.5 | 'y' 0.4", r"line 1: the probabilities of S must sum to 1.*= 0.9"),
    "sum off by more than 1e-6": ("S -> 'x' 0.5 | 'y' 0.500002", "must sum to 1"),
    "some probabilities": ("S -> 'x' 0.5 | 'y'", "an alternative of S has no probability while others have"),
    "none for one symbol": ("S -> A 1\nA -> 'x' | 'y'", "line 2: an alternative of A has no probability"),
    "undefined symbol": ("S -> 'x' |\n".replace(" |", "") + "T -> B", "line 2: the symbol B is used but never defined"),
    "unproductive symbol": ("S -> 'x' | A\nA -> 'y' B\nB -> 'y' A", "line 2: the symbol A is unproductive"),
    "left recursion without base": ("S -> S 'x'", "S is left-recursive without a base"),
    "indirect left recursion without base": ("S -> A 'x'\nA -> S 'y'", "left-recursive without a base"),
    "unreachable symbol": ("S -> 'x'\nA -> 'y'", "line 2: the symbol A is unreachable from the start symbol S"),
    "unit cycle": ("S -> A | 'x'\nA -> S", "S can be rewritten to itself"),
    "infinite expected size": ("S -> S S 0.6 | 'x' 0.4", "spectral radius 1.2"),
    "critical expected size": ("S -> S S 0.5 | 'x' 0.5", "spectral radius 1,"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_grammar_is_refused_with_its_line(text, message):
    with pytest.raises(GrammarError, match=message):
        Grammar(text, "test.grammar")


def test_the_error_is_of_the_family_and_ends_with_code_two():
    with pytest.raises(GanTextError) as caught:
        Grammar("S -> 'x'\nS 'y'", "my.grammar")
    assert str(caught.value).startswith("my.grammar, line 2: ")
    assert caught.value.exit_code == 2


def test_both_kinds_of_quotes_comments_and_continuations_are_read():
    rules = parse_rules("S -> \"it's\" T # why\n\n   | 'x'  # more\nT -> 'a-b'")
    assert [(rule.left, [tuple(symbol) for symbol in rule.right], rule.line) for rule in rules] == [
        ("S", [("it's", True), ("T", False)], 1), ("S", [("x", True)], 3), ("T", [("a-b", True)], 4)]


def test_a_comment_sign_inside_quotes_is_a_terminal():
    assert parse_rules("S -> '#' 'x'")[0].right[0].name == "#"


@pytest.mark.parametrize("number", ["0.5", ".5", "5e-1"])
def test_probabilities_may_be_written_as_decimals_or_powers(number):
    assert parse_rules(f"S -> 'x' {number} | 'y' {number}")[0].probability == 0.5


def test_a_sum_within_the_tolerance_is_accepted():
    assert Grammar("S -> 'x' 0.3333333 | 'y' 0.3333333 | 'z' 0.3333333").probabilistic


def test_a_single_alternative_needs_no_probability():
    assert Grammar("S -> A 'x'\nA -> 'a' 0.5 | 'b' 0.5").log2_probability("ax") == -1.0


def test_a_symbol_may_be_defined_in_several_lines():
    assert Grammar("S -> 'x'\nS -> 'y' S").count_up_to(3) == 3


def test_a_byte_order_mark_and_crlf_are_read(tmp_path):
    path = tmp_path / "g.grammar"
    path.write_bytes("\ufeffS -> 'ä'\r\n  | 'x' S\r\n".encode())
    assert Grammar.load(path).accepts(("x", "ä"))


def test_a_file_that_is_not_utf8_is_refused_with_the_byte(tmp_path):
    path = tmp_path / "g.grammar"
    path.write_bytes(b"S -> '\xe4'")
    with pytest.raises(GrammarError, match="not UTF-8 at byte 6"):
        Grammar.load(path)


def test_an_unknown_name_lists_the_shipped_grammars():
    with pytest.raises(GrammarError, match=r"Did you mean 'arith'.*arith, toy-english"):
        Grammar.load("arit")
