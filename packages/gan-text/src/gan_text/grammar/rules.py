"""The grammar file format: one symbol per line, `A -> B C 0.5 | 'x' 0.5`.

Quotes mark terminals, the number at the end of an alternative is its probability (optional), `#` starts a
comment, a line that begins with `|` continues the one above, and the first symbol is the start symbol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from gan_text.errors import GrammarError

_TOKEN = re.compile(r"""\s+|(?P<comment>\#.*)|(?P<arrow>->)|(?P<bar>\|)|(?P<terminal>'[^']*'|"[^"]*")
                        |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<name>[A-Za-z_][\w-]*)""",
                    re.VERBOSE)


class Symbol(NamedTuple):
    """One symbol of a right-hand side."""

    name: str
    terminal: bool


@dataclass(frozen=True)
class Rule:
    """One alternative of a symbol.

    Args:
        left: str, the symbol that is rewritten.
        right: its replacement, at least one symbol.
        probability: float in (0, 1], or None in a grammar without probabilities.
        line: int, 1-based, where the file states it.
    """

    left: str
    right: tuple[Symbol, ...]
    probability: float | None
    line: int


class _Line:
    """The reader of one line: turns its tokens into alternatives and knows where it is, for messages."""

    def __init__(self, name: str, number: int, text: str):
        self.where = f"{name}, line {number}"
        self.number = number
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                if text[position] in "'\"":
                    raise self.error(f"a terminal is not closed. Received: {text[position:]!r}. "
                                     f"Add the quote {text[position]}")
                raise self.error(f"unexpected {text[position]!r} at column {position + 1}. Write rules as "
                                 "`A -> B C 0.5 | 'x' 0.5`, terminals in quotes")
            if match.lastgroup not in (None, "comment"):
                self.tokens.append((str(match.lastgroup), match.group()))
            position = match.end()

    def error(self, text: str) -> GrammarError:
        return GrammarError(f"{self.where}: {text}.")

    def alternatives(self, left: str, tokens: list[tuple[str, str]]) -> list[Rule]:
        """The rules `left -> ...` of the tokens after the arrow."""
        groups: list[list[tuple[str, str]]] = [[]]
        for kind, text in tokens:
            if kind == "bar":
                groups.append([])
            elif kind == "arrow":
                raise self.error("a second `->`. Write one symbol per line")
            else:
                groups[-1].append((kind, text))
        return [self.alternative(left, group) for group in groups]

    def alternative(self, left: str, tokens: list[tuple[str, str]]) -> Rule:
        """One rule from the tokens between two bars."""
        probability = None
        if tokens and tokens[-1][0] == "number":
            probability = float(tokens.pop()[1])
            if not 0 < probability <= 1:
                raise self.error(f"a probability must lie in (0, 1]. Received: {probability:g} for {left}")
        if not tokens:
            raise self.error(f"an alternative of {left} is empty. Empty strings are not part of the format: "
                             "name a symbol, or list the shorter alternative explicitly")
        right = []
        for kind, text in tokens:
            if kind == "number":
                raise self.error(f"the number {text} stands between symbols. A probability comes last in its "
                                 "alternative; a number as a terminal needs quotes")
            if kind == "terminal":
                text = text[1:-1]
                if not text or any(character.isspace() for character in text):
                    raise self.error(f"a terminal is one token without white space. Received: {text!r}")
            right.append(Symbol(text, kind == "terminal"))
        return Rule(left, tuple(right), probability, self.number)


def parse_rules(text: str, name: str = "grammar") -> list[Rule]:
    """The rules of a grammar file, in the order of the file.

    Args:
        text: str, the file's content.
        name: str, how messages call the file.

    Returns:
        At least one `Rule`.

    Raises:
        GrammarError: a line cannot be read, or there is no rule at all; the message holds the line.

    Example:
        >>> parse_rules("A -> 'x' A 0.5 | 'x' 0.5")[0].right[0]
        Symbol(name='x', terminal=True)
    """
    rules: list[Rule] = []
    left = None
    for number, content in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = _Line(name, number, content)
        kinds = [kind for kind, _ in line.tokens]
        if not kinds:
            continue
        if kinds[0] == "bar" and left is not None:
            rules += line.alternatives(left, line.tokens[1:])
        elif kinds[:2] == ["name", "arrow"]:
            left = line.tokens[0][1]
            rules += line.alternatives(left, line.tokens[2:])
        else:
            raise line.error("a rule begins with a symbol and `->`. Received: " + repr(content.strip()))
    if not rules:
        raise GrammarError(f"{name}: the file holds no rule. "
                           "Write at least one line such as `S -> 'x' S 0.5 | 'x' 0.5`.")
    return rules
