"""Draws sentences from a probabilistic grammar by rewriting the leftmost symbol with its rules' probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gan_text.grammar.rules import Rule, Symbol


class Deriver:
    """The table from which rules are drawn.

    Args:
        table: the alternatives of each symbol with probabilities, the start symbol first.
        shortest: the length of the shortest string of each symbol: hopeless derivations are given up early.
    """

    def __init__(self, table: Mapping[str, Sequence[Rule]], shortest: dict[Symbol, int]):
        self.start = Symbol(next(iter(table)), False)
        self.shortest = shortest
        self.options = {
            Symbol(left, False): (np.cumsum([rule.probability or 1.0 for rule in rules]).tolist(),
                                  [rule.right[::-1] for rule in rules]) for left, rules in table.items()}

    def sample(self, uniform: Callable[[], float], longest: int) -> tuple[str, ...] | None:
        """One sentence of at most `longest` terminals; None if the derivation became longer (it is then rejected)."""
        stack, string, needed = [self.start], [], self.shortest[self.start]
        while stack:
            symbol = stack.pop()
            if symbol.terminal:
                string.append(symbol.name)
                continue
            ends, choices = self.options[symbol]
            draw, chosen = uniform() * ends[-1], 0
            while draw >= ends[chosen] and chosen < len(ends) - 1:
                chosen += 1
            needed += sum(self.shortest[part] for part in choices[chosen]) - self.shortest[symbol]
            if needed > longest:
                return None
            stack.extend(choices[chosen])
        return tuple(string)


def uniform_source(generator: np.random.Generator) -> Callable[[], float]:
    """Uniform numbers one by one, drawn in blocks: a call of the generator for each would cost ten times more."""
    def numbers():
        while True:
            yield from generator.random(4096).tolist()
    return numbers().__next__
