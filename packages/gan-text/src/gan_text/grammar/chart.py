"""A chart parser for whole batches of sentences: membership, number of parses, and inside probabilities.

The bottom-up chart of Cocke, Younger and Kasami over a binarised grammar. Cell (i, j) holds one value per symbol:
base[A] = sum over rules A -> B C and split points k of weight * cell(i, k)[B] * cell(k, j)[C]; unit rules are closed by
the matrix (I - U)^-1. Weight 1 gives the number of derivations, the rule's probability gives the inside probability
(Lari and Young 1990), and clipping every cell to 1 gives membership.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gan_text.grammar.rules import Rule, Symbol

Key = Symbol | tuple[Symbol, ...]  # a symbol, or the rest of a long rule
_VALUES_AT_ONCE = 1 << 23  # numbers in one chart: bounds its memory to 64 MB


class BinaryRules:
    """A grammar rewritten with rules A -> B C, A -> B and A -> 'x' only; its strings and weights are unchanged.

    Args:
        rules: the alternatives of each symbol, the start symbol first; already checked (no unit cycles).
        weighted: bool; False gives every rule weight 1.

    Attributes:
        left, right: int (rules,), the symbols B and C of each binary rule.
        spread: float64 (rules, symbols), the weight with which a binary rule adds to each symbol, unit rules included.
        emission: float64 (terminals + 1, symbols); the last row is for tokens that the grammar does not know.
        terminals: str -> row of `emission`.
    """

    def __init__(self, rules: Mapping[str, Sequence[Rule]], *, weighted: bool):
        self.index: dict[object, int] = {Symbol(left, False): number for number, left in enumerate(rules)}
        self.terminals: dict[str, int] = {}
        self._work: list[tuple[Key, Sequence[Symbol], float]] = [
            (Symbol(left, False), rule.right, rule.probability if weighted and rule.probability else 1.0)
            for left, options in rules.items() for rule in options]
        binary, unit, lexical = [], [], []
        while self._work:
            left, right, weight = self._work.pop()
            if len(right) > 1:
                tail = right[1] if len(right) == 2 else tuple(right[1:])
                binary.append((self._number(left), self._number(right[0]), self._number(tail), weight))
            elif right[0].terminal:
                terminal = self.terminals.setdefault(right[0].name, len(self.terminals))
                lexical.append((self._number(left), terminal, weight))
            else:
                unit.append((self._number(left), self._number(right[0]), weight))
        size = len(self.index)
        units, emission = np.zeros((size, size)), np.zeros((len(self.terminals) + 1, size))
        spread = np.zeros((len(binary), size))
        for left, right, weight in unit:
            units[left, right] += weight
        for left, terminal, weight in lexical:
            emission[terminal, left] += weight
        for number, (left, _, _, weight) in enumerate(binary):
            spread[number, left] = weight
        closure = np.linalg.inv(np.eye(size) - units).T  # I + U + U^2 + ...: finite because there is no unit cycle
        self.left = np.array([rule[1] for rule in binary], int)
        self.right = np.array([rule[2] for rule in binary], int)
        self.spread, self.emission = spread @ closure, emission @ closure

    def _number(self, key: Key) -> int:
        """The index of a symbol, of a terminal inside a longer rule, or of the rest of a long rule."""
        if key not in self.index:
            self.index[key] = len(self.index)
            self._work.append((key, (key,) if isinstance(key, Symbol) else key, 1.0))
        return self.index[key]


def fill_chart(rules: BinaryRules, tokens: np.ndarray, *, membership: bool = False, scale: float = 1.0) -> np.ndarray:
    """The value of the start symbol over whole sentences of one length.

    Args:
        rules: the binarised grammar.
        tokens: int (sentences, length), rows of `rules.emission`, length >= 1.
        membership: bool, clip every cell to 1.
        scale: factor on every token, a power of two, so that long sentences do not underflow.

    Returns:
        float64 (sentences,): inside value times scale ** length.
    """
    count, length = tokens.shape
    cells = np.zeros((length, length + 1, count, rules.emission.shape[1]))
    for start in range(length):
        cells[start, start + 1] = rules.emission[tokens[:, start]] * scale
        if membership:
            np.minimum(cells[start, start + 1], 1, out=cells[start, start + 1])
    for width in range(2, length + 1):
        for start in range(length - width + 1):
            stop = start + width
            left = cells[start, start + 1:stop][:, :, rules.left]
            right = cells[start + 1:stop, stop][:, :, rules.right]
            cell = np.einsum("knr,knr->nr", left, right) @ rules.spread
            cells[start, stop] = np.minimum(cell, 1) if membership else cell
    return cells[0, length, :, 0]


def chart_values(rules: BinaryRules, sentences: Iterable[Sequence[str]], *, membership: bool = False,
                 scale: float = 1.0) -> np.ndarray:
    """`fill_chart` for sentences of any lengths; an empty sentence has value 0.

    Returns:
        float64 (sentences,).
    """
    sentences = list(sentences)
    values = np.zeros(len(sentences))
    unknown = len(rules.terminals)
    by_length: dict[int, list[int]] = {}
    for number, sentence in enumerate(sentences):
        if len(sentence):
            by_length.setdefault(len(sentence), []).append(number)
    for length, numbers in by_length.items():
        block = max(1, _VALUES_AT_ONCE // (length * (length + 1) * len(rules.index)))
        for begin in range(0, len(numbers), block):
            chosen = numbers[begin:begin + block]
            tokens = np.array([[rules.terminals.get(token, unknown) for token in sentences[number]]
                               for number in chosen])
            values[chosen] = fill_chart(rules, tokens, membership=membership, scale=scale)
    return values
