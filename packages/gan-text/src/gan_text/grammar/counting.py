"""Counts the distinct strings of a grammar by length, exactly, and draws from them exactly uniformly.

A string is read from left to right while the set of all stacks of symbols that may still have to be derived is kept.
The set is determined by the prefix alone, so the number of ways to go on from it, f(stacks, remaining) =
sum over terminals t of f(step(stacks, t), remaining - 1), counts *strings*, not derivations: an ambiguous grammar
needs no special case. Sets of stacks share their tails (a minimal automaton, built by hash-consing), which keeps their
number small. Uniform strings come from unranking a uniform integer, so no floating-point rounding enters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gan_text.grammar.rules import Rule, Symbol

_NOTHING, _DONE = 0, 1  # no stack at all; only the empty stack


class StringCounter:
    """Counts, ranks and unranks the strings of exactly one length.

    Args:
        rules: the alternatives of each symbol, the start symbol first; already checked.

    Example:
        >>> StringCounter(by_symbol(parse_rules("S -> 'a' S | 'b' S | 'a'"))).count(3)
        4
    """

    def __init__(self, rules: Mapping[str, Sequence[Rule]]):
        self.rules = rules
        self.shortest = shortest_lengths(rules)
        self._nodes: list[tuple[bool, tuple[tuple[Symbol, int], ...]]] = [(False, ()), (True, ())]
        self._ids = {node: number for number, node in enumerate(self._nodes)}
        self._least = [float("inf"), 0]
        self._start = self._push(Symbol(next(iter(rules)), False), _DONE)
        self._union = lru_cache(None)(self._union)
        self._prune = lru_cache(None)(self._prune)
        self._branches: dict[tuple[int, int], tuple[list[int], list[str], list[int]]] = {}

    def count(self, length: int) -> int:
        """The number of distinct strings of `length` >= 1 terminals."""
        return self._count(self._start, length)

    def unrank(self, rank: int, length: int) -> tuple[str, ...]:
        """String number `rank` (0 <= rank < count(length)) of the strings of this length."""
        state, string = self._start, []
        for remaining in range(length, 0, -1):
            ends, terminals, targets = self._branch(state, remaining)
            chosen = bisect_right(ends, rank)
            if chosen:
                rank -= ends[chosen - 1]
            string.append(terminals[chosen])
            state = targets[chosen]
        return tuple(string)

    def _count(self, state: int, remaining: int) -> int:
        if remaining == 0:
            return int(self._nodes[state][0])
        ends = self._branch(state, remaining)[0]
        return ends[-1] if ends else 0

    def _branch(self, state: int, remaining: int) -> tuple[list[int], list[str], list[int]]:
        """Cumulative counts, next terminals and the stacks after each."""
        key = (state, remaining)
        if key not in self._branches:
            ends, terminals, targets, total = [], [], [], 0
            for terminal, target in self._step(state, remaining).items():
                count = self._count(target, remaining - 1)
                if count:
                    total += count
                    ends.append(total)
                    terminals.append(terminal)
                    targets.append(target)
            self._branches[key] = ends, terminals, targets
        return self._branches[key]

    def _step(self, state: int, remaining: int) -> dict[str, int]:
        """The stacks left after each possible next terminal; stacks that need more than `remaining` are dropped."""
        targets: dict[str, int] = {}
        work, seen = list(self._nodes[state][1]), set()
        while work:
            item = work.pop()
            symbol, rest = item
            # Left recursion ends here: each round pushes a symbol that needs at least one more terminal.
            if item in seen or self.shortest[symbol] + self._least[rest] > remaining:
                continue
            seen.add(item)
            if symbol.terminal:
                targets[symbol.name] = self._union(targets.get(symbol.name, _NOTHING), self._prune(rest, remaining - 1))
                continue
            for rule in self.rules[symbol.name]:
                tail = rest
                for follower in reversed(rule.right[1:]):
                    tail = self._push(follower, tail)
                work.append((rule.right[0], tail))
        return dict(sorted(targets.items()))

    def _intern(self, accepting: bool, edges: dict[Symbol, int]) -> int:
        node = (accepting, tuple(sorted(edges.items())))
        if node not in self._ids:
            self._ids[node] = len(self._nodes)
            self._nodes.append(node)
            self._least.append(0 if accepting else min(
                (self.shortest[symbol] + self._least[rest] for symbol, rest in edges.items()), default=float("inf")))
        return self._ids[node]

    def _push(self, symbol: Symbol, rest: int) -> int:
        return self._intern(False, {symbol: rest})

    def _union(self, left: int, right: int) -> int:
        if left == right or right == _NOTHING:
            return left
        if left == _NOTHING:
            return right
        edges = dict(self._nodes[left][1])
        for symbol, rest in self._nodes[right][1]:
            edges[symbol] = self._union(edges[symbol], rest) if symbol in edges else rest
        return self._intern(self._nodes[left][0] or self._nodes[right][0], edges)

    def _prune(self, state: int, budget: int) -> int:
        """Without the stacks that cannot be derived in `budget` terminals: equal futures become equal states."""
        edges = {}
        for symbol, rest in self._nodes[state][1]:
            if self.shortest[symbol] + self._least[rest] <= budget:
                edges[symbol] = self._prune(rest, budget - self.shortest[symbol])
        return self._intern(self._nodes[state][0], edges)


def shortest_lengths(rules: Mapping[str, Sequence[Rule]]) -> dict[Symbol, int]:
    """The length of the shortest string of every symbol."""
    unknown = 1 << 60
    lengths = {Symbol(left, False): unknown for left in rules}
    lengths.update({symbol: 1 for options in rules.values() for rule in options
                    for symbol in rule.right if symbol.terminal})
    changed = True
    while changed:
        changed = False
        for left, options in rules.items():
            best = min(sum(lengths[symbol] for symbol in rule.right) for rule in options)
            if best < lengths[Symbol(left, False)]:
                lengths[Symbol(left, False)], changed = best, True
    return lengths
