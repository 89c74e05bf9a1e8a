"""A context-free grammar, with or without probabilities, as an exact yardstick for generators of sequences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import resources
from itertools import accumulate
from pathlib import Path

import numpy as np

from gan_core.errors import did_you_mean
from gan_text.errors import GrammarError, TextConfigError
from gan_text.grammar import statistics
from gan_text.grammar.chart import BinaryRules, chart_values
from gan_text.grammar.checks import by_symbol, check_rules, has_probabilities
from gan_text.grammar.counting import StringCounter
from gan_text.grammar.derivation import Deriver, uniform_source
from gan_text.grammar.rules import parse_rules

LONGEST = 256  # the recursion of the counter grows with the length
_SUFFIX = ".grammar"
_LEAST_MASS = 1e-5  # share of derivations that rejection sampling must be able to keep


class Grammar:
    """Counts, samples, recognises and scores the strings of a grammar, all exactly.

    Args:
        text: str, rules in the file format: one symbol per line, `A -> B C 0.5 | 'x' 0.5`.
        name: str, for messages.

    Raises:
        GrammarError: a rule cannot be read or the grammar generates nothing finite; the message holds the line.

    Example:
        >>> grammar = Grammar.load("arith")
        >>> grammar.count(7), grammar.accepts("x*(y+x)"), grammar.accepts("x*)y+x(")
        (1890, True, False)
    """

    def __init__(self, text: str, name: str = "grammar"):
        rules = parse_rules(text, name)
        check_rules(rules, name)
        self.name, self.rules, self.text = name, by_symbol(rules), text
        self.probabilistic = has_probabilities(self.rules)
        symbols = [symbol for rule in rules for symbol in rule.right if symbol.terminal]
        self.terminals = tuple(dict.fromkeys(symbol.name for symbol in symbols))
        self.separator = "" if all(len(terminal) == 1 for terminal in self.terminals) else " "

    @classmethod
    def load(cls, source: str | Path) -> Grammar:
        """A grammar shipped with the package, by name (`arith`, `toy-english`), or one from a file.

        Raises:
            GrammarError: no such name or file, the file is not UTF-8, or its content is refused.
        """
        path = Path(source)
        if isinstance(source, str) and source in shipped_grammars():
            return cls((resources.files("gan_text.grammar") / (source + _SUFFIX)).read_text("utf-8"), source)
        if not path.is_file():
            raise GrammarError(f"no grammar of this name and no such file. Received: {str(source)!r}. "
                               f"{did_you_mean(str(source), shipped_grammars())} Or give the path of a grammar file.")
        try:
            return cls(path.read_bytes().decode("utf-8"), path.name)
        except UnicodeDecodeError as error:
            raise GrammarError(f"{path}: not UTF-8 at byte {error.start}. Save the grammar as UTF-8 text.") from error

    def tokenize(self, text: str) -> tuple[str, ...]:
        """Tokens of a string: its characters without white space if every terminal is one character, else its words."""
        return tuple("".join(text.split())) if self.separator == "" else tuple(text.split())

    def join(self, tokens: Sequence[str]) -> str:
        """The text of a token sequence; the inverse of `tokenize`."""
        return self.separator.join(tokens)

    # Counting and uniform sampling -------------------------------------------------------------------------------

    def count(self, length: int) -> int:
        """How many distinct strings have exactly `length` terminals (1..256); exact for ambiguous grammars too."""
        return self._counter.count(_checked_length(length))

    def count_up_to(self, length: int) -> int:
        """How many distinct strings have at most `length` terminals."""
        return sum(self.count(size) for size in range(1, _checked_length(length) + 1))

    def string(self, rank: int, length: int) -> tuple[str, ...]:
        """String number `rank`, 0..count(length) - 1, in a fixed order."""
        total = self.count(length)
        if not 0 <= rank < total:
            raise TextConfigError(f"`rank` must lie in 0..{total - 1} for length {length}. Received: rank={rank}.")
        return self._counter.unrank(rank, length)

    def sample(self, count: int, max_length: int = 12, *, min_length: int = 1, method: str = "auto",
               seed: int = 0) -> list[tuple[str, ...]]:
        """Random strings with replacement.

        Args:
            count: int >= 0.
            max_length: int, the most terminals of a string.
            min_length: int, the fewest.
            method: "uniform" over all strings of the allowed lengths, exactly; "derivation" by the rules'
                probabilities, longer or shorter sentences rejected; "auto" takes the second where there are any.
            seed: int; the same seed gives the same strings.

        Returns:
            `count` tuples of terminals.

        Raises:
            TextConfigError: no string has an allowed length, or an unknown method.
            GrammarError: "derivation" without probabilities.
        """
        if method not in ("auto", "uniform", "derivation"):
            raise TextConfigError(f"`method` must be 'auto', 'uniform' or 'derivation'. Received: method={method!r}.")
        if count < 0:
            raise TextConfigError(f"`count` must not be negative. Received: count={count}.")
        lengths = range(max(min_length, 1), _checked_length(max_length) + 1)
        totals = [self.count(length) for length in lengths]
        if not sum(totals):
            raise TextConfigError(f"the grammar {self.name} has no string of {min_length} to {max_length} terminals. "
                                  f"The shortest has {self.shortest}; raise `max_length`.")
        generator = np.random.default_rng(seed)
        if method == "uniform" or (method == "auto" and not self.probabilistic):
            return self._unrank_each(_uniform_integers(generator, sum(totals), count), lengths, totals)
        self._require_probabilities("sampling by derivation", "Use method='uniform'")
        mass = self.length_distribution(max_length)[lengths.start:].sum()
        if mass < _LEAST_MASS:
            raise TextConfigError(f"only {mass:.2g} of the derivations of {self.name} have {lengths.start} to "
                                  f"{max_length} terminals: rejection would take for ever. Widen the lengths, or use "
                                  "method='uniform'.")
        uniform, sentences = uniform_source(generator), []
        while len(sentences) < count:
            sentence = self._deriver.sample(uniform, max_length)
            if sentence is not None and len(sentence) >= min_length:
                sentences.append(sentence)
        return sentences

    def _unrank_each(self, ranks, lengths, totals):
        ends = list(accumulate(totals))
        strings = []
        for rank in ranks:
            which = bisect_right(ends, rank)
            strings.append(self._counter.unrank(rank - ends[which] + totals[which], lengths[which]))
        return strings

    @property
    def shortest(self) -> int:
        """The length of the shortest string."""
        return self._counter.shortest[self._deriver.start]

    # Membership and probability ----------------------------------------------------------------------------------

    def accepts(self, tokens: str | Sequence[str]) -> bool:
        """Whether the grammar derives this string; text is tokenised first. The empty string is never accepted."""
        return bool(self.accepts_each([tokens])[0])

    def accepts_each(self, sentences: Iterable[str | Sequence[str]]) -> np.ndarray:
        """Which strings the grammar derives, bool (sentences,). Equal strings are parsed once."""
        sentences = self._tokenized(sentences)
        distinct = list(dict.fromkeys(sentences))
        answers = dict(zip(distinct, chart_values(self._unweighted, distinct, membership=True) > 0.5, strict=True))
        return np.array([answers[sentence] for sentence in sentences], bool)

    def parses(self, tokens: str | Sequence[str]) -> int:
        """The number of derivations of a string: above 1 it is ambiguous (exact below 2**53)."""
        return int(chart_values(self._unweighted, self._tokenized([tokens]))[0])

    def log2_probability(self, tokens: str | Sequence[str]) -> float:
        """log2 of the probability of a sentence, all parses summed (inside algorithm); -inf if it has none."""
        return float(self.log2_probabilities([tokens])[0])

    def log2_probabilities(self, sentences: Iterable[str | Sequence[str]]) -> np.ndarray:
        """The `log2_probability` of each sentence in bits, float64 (sentences,).

        Raises:
            GrammarError: the grammar states no probabilities.
        """
        self._require_probabilities("the probability of a sentence", "Add a probability to every alternative")
        sentences = self._tokenized(sentences)
        # Each token is scaled by the power of two nearest to its mean information, so that values stay near 1.
        bits = round(self.entropy / self.expected_length)
        values = chart_values(self._weighted, sentences, scale=2.0**bits)
        with np.errstate(divide="ignore"):
            return np.log2(values) - bits * np.array([len(sentence) for sentence in sentences])

    @property
    def expected_length(self) -> float:
        """The mean number of terminals of a derived sentence."""
        self._require_probabilities("the expected length", "Add a probability to every alternative")
        return statistics.expected_length(self.rules)

    @property
    def entropy(self) -> float:
        """The entropy of a derivation in bits."""
        self._require_probabilities("the entropy", "Add a probability to every alternative")
        return statistics.derivation_entropy(self.rules)

    def length_distribution(self, max_length: int) -> np.ndarray:
        """P(length = n) for n = 0..max_length, float64; its sum is the mass up to `max_length`."""
        self._require_probabilities("the distribution of lengths", "Add a probability to every alternative")
        return statistics.length_distribution(self._weighted, _checked_length(max_length))

    def tags(self, tokens: Sequence[str]) -> tuple[str, ...]:
        """The symbols that emit each token (a part of speech); a token unknown to the grammar is tagged "?"."""
        return tuple(self._tag_of.get(token, "?") for token in tokens)

    def _tokenized(self, sentences) -> list[tuple[str, ...]]:
        return [self.tokenize(tokens) if isinstance(tokens, str) else tuple(tokens) for tokens in sentences]

    def _require_probabilities(self, what: str, remedy: str) -> None:
        if not self.probabilistic:
            raise GrammarError(f"{what} needs a grammar with probabilities. Received: {self.name} without any. "
                               f"{remedy}.")

    @cached_property
    def _counter(self) -> StringCounter:
        return StringCounter(self.rules)

    @cached_property
    def _deriver(self) -> Deriver:
        return Deriver(self.rules, self._counter.shortest)

    @cached_property
    def _unweighted(self) -> BinaryRules:
        return BinaryRules(self.rules, weighted=False)

    @cached_property
    def _weighted(self) -> BinaryRules:
        return BinaryRules(self.rules, weighted=True)

    @cached_property
    def _tag_of(self) -> dict[str, str]:
        emitters: dict[str, list[str]] = {}
        for left, rules in self.rules.items():
            for rule in rules:
                for symbol in rule.right:
                    if symbol.terminal:
                        emitters.setdefault(symbol.name, []).append(left)
        return {terminal: "/".join(sorted(set(lefts))) for terminal, lefts in emitters.items()}

    def __repr__(self):
        return f"Grammar({self.name!r}, {len(self.rules)} symbols, {len(self.terminals)} terminals)"


def shipped_grammars() -> list[str]:
    """The names of the grammars inside the package."""
    files = resources.files("gan_text.grammar").iterdir()
    return sorted(file.name.removesuffix(_SUFFIX) for file in files if file.name.endswith(_SUFFIX))


def _checked_length(length: int) -> int:
    if not 1 <= length <= LONGEST:
        raise TextConfigError(f"a length must lie in 1..{LONGEST} terminals. Received: length={length}.")
    return length


def _uniform_integers(generator: np.random.Generator, bound: int, count: int) -> list[int]:
    """Exactly uniform integers below any `bound`, however large: random bits, those above it rejected."""
    if bound <= 1 << 62:
        return generator.integers(bound, size=count).tolist()
    size = (bound.bit_length() + 7) // 8
    mask, numbers = (1 << bound.bit_length()) - 1, []
    while len(numbers) < count:
        number = int.from_bytes(generator.bytes(size), "little") & mask
        if number < bound:
            numbers.append(number)
    return numbers
