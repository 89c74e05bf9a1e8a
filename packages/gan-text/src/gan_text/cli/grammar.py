"""The functions behind `gan-text grammar sample | count | accepts | check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from cyclopts import App
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gan_core.run.config import check_seed
from gan_text.errors import TextConfigError, TextDataError, TextDecodeError
from gan_text.grammar.grammar import Grammar


def sample(grammar: str, /, *, count: int = 10, max_length: int = 12, min_length: int = 1,
           method: Literal["auto", "uniform", "derivation"] = "auto", seed: int = 0, out: Path | None = None) -> None:
    """Print random strings of a grammar, one per line.

    Args:
        grammar: the name of a shipped grammar (arith, toy-english) or the path of a grammar file.
        count: how many strings.
        max_length: the most tokens of a string, 1..256.
        min_length: the fewest.
        method: uniform over all strings, derivation by the rules' probabilities, or auto.
        seed: the same seed gives the same strings.
        out: write to this UTF-8 file instead of the screen.
    """
    check_seed(seed)
    source = Grammar.load(grammar)
    strings = source.sample(count, max_length, min_length=min_length, method=method, seed=seed)
    text = "".join(source.join(string) + "\n" for string in strings)
    if out is None:
        sys.stdout.write(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
        print(f"{count} strings of {source.name}, {len(set(strings)) / max(count, 1):.3f} unique: {out}")


def count(grammar: str, /, *, max_length: int = 12) -> None:
    """Print how many strings a grammar has of every length, and up to it.

    Args:
        grammar: the name of a shipped grammar or the path of a grammar file.
        max_length: the longest length to count, 1..256.
    """
    source = Grammar.load(grammar)
    table = Table("length", "strings", "up to this length", title=f"{escape(source.name)}: distinct strings")
    masses = source.length_distribution(max_length) if source.probabilistic else None
    if masses is not None:
        table.add_column("probability")
        table.add_column("mass up to it")
    for column in table.columns:
        column.justify = "right"
    total = 0
    for length in range(1, max_length + 1):
        number = source.count(length)
        total += number
        if number:
            row = [str(length), f"{number:,}", f"{total:,}"]
            if masses is not None:
                row += [f"{masses[length]:.6g}", f"{masses[:length + 1].sum():.5f}"]
            table.add_row(*row)
    Console().print(table)


def accepts(grammar: str, /, *strings: str, file: Path | None = None) -> None:
    """Say of each string whether the grammar derives it, and print the share accepted beside the share unique.

    Args:
        grammar: the name of a shipped grammar or the path of a grammar file.
        strings: the strings to test; tokens are characters, or words where the grammar's terminals are words.
        file: a UTF-8 file with one string per line, tested after `strings`.
    """
    source = Grammar.load(grammar)
    texts = list(strings)
    if file is not None:
        if not file.is_file():
            raise TextDataError(f"{file}: no such file. Give a UTF-8 text file with one string per line.")
        try:
            texts += file.read_text("utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            raise TextDecodeError(f"{file}: not UTF-8 at byte {error.start}. Convert the file to UTF-8.") from None
        texts = [text.rstrip("\r") for text in texts]
        if texts and texts[-1] == "":
            texts.pop()
    if not texts:
        raise TextConfigError("`accepts` needs at least one string. Received: none. Add strings, or --file PATH.")
    tokens = [source.tokenize(text) for text in texts]
    answers = source.accepts_each(tokens)
    for text, sentence, accepted in zip(texts, tokens, answers, strict=True):
        note = "accepted" if accepted else "rejected"
        if accepted and source.probabilistic:
            note += f"  log2 p = {source.log2_probability(sentence):.4f}, parses = {source.parses(sentence)}"
        print(f"{note}\t{text}")
    if len(texts) > 1:
        print(f"accepted {answers.mean():.4f} of {len(texts)}, unique {len(set(tokens)) / len(tokens):.4f}")


def check(grammar: str, /) -> None:
    """Read a grammar file, refuse it with the line at fault, or print what it generates.

    Args:
        grammar: the name of a shipped grammar or the path of a grammar file.
    """
    source = Grammar.load(grammar)
    table = Table(show_header=False, title=f"{escape(source.name)}: a valid grammar")
    table.add_row("start symbol", next(iter(source.rules)))
    table.add_row("symbols, alternatives", f"{len(source.rules)}, {sum(map(len, source.rules.values()))}")
    table.add_row("terminals", f"{len(source.terminals)}: {escape(' '.join(source.terminals[:40]))}")
    table.add_row("tokens are", "characters" if source.separator == "" else "words")
    table.add_row("shortest string", f"{source.shortest} tokens")
    table.add_row("strings up to 12 tokens", f"{source.count_up_to(12):,}")
    if source.probabilistic:
        table.add_row("expected length", f"{source.expected_length:.6g} tokens")
        table.add_row("entropy of a derivation", f"{source.entropy:.6g} bits")
        table.add_row("mass up to 12 tokens", f"{source.length_distribution(12).sum():.5f}")
    else:
        table.add_row("probabilities", "none: samples are uniform over all strings")
    Console().print(table)


grammar = App(name="grammar", help="Sample from grammars, count their strings, and test strings exactly.")
for verb in (sample, count, accepts, check):
    grammar.command(verb)
