"""What a grammar must fulfil before anything is counted or sampled: every check names the symbol and its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gan_text.errors import GrammarError
from gan_text.grammar.rules import Rule

TOLERANCE = 1e-6


def by_symbol(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The alternatives of each symbol, in the order of first appearance."""
    table: dict[str, list[Rule]] = {}
    for rule in rules:
        table.setdefault(rule.left, []).append(rule)
    return table


def check_rules(rules: Sequence[Rule], name: str = "grammar") -> None:
    """Refuse grammars that generate nothing, generate without end, or hold useless symbols.

    Raises:
        GrammarError: a symbol is undefined, unproductive, left-recursive without base, unreachable, or rewrites to
            itself through unit rules; probabilities are partial or do not sum to 1 (within 1e-6); or the expected
            length is infinite (the mean matrix of the symbols has a spectral radius of 1 or more).
    """
    table = by_symbol(rules)
    _check_defined(rules, table, name)
    _check_productive(table, name)
    _check_unit_cycles(table, name)
    _check_reachable(table, name)
    _check_probabilities(table, name)


def _where(name: str, rules: Sequence[Rule]) -> str:
    return f"{name}, line {rules[0].line}"


def _nonterminals(rule: Rule) -> list[str]:
    return [symbol.name for symbol in rule.right if not symbol.terminal]


def _closure(start: str, edges: dict[str, set[str]]) -> set[str]:
    """The symbols that one or more edges lead to."""
    reached: set[str] = set()
    stack = [start]
    while stack:
        for target in edges[stack.pop()] - reached:
            reached.add(target)
            stack.append(target)
    return reached


def _check_defined(rules, table, name):
    for rule in rules:
        for symbol in _nonterminals(rule):
            if symbol not in table:
                raise GrammarError(f"{name}, line {rule.line}: the symbol {symbol} is used but never defined. "
                                   f"Add a line `{symbol} -> ...`, or quote it if it is a terminal: '{symbol}'.")


def _check_productive(table, name):
    productive: set[str] = set()
    while True:
        found = {left for left, rules in table.items() if left not in productive
                 and any(productive.issuperset(_nonterminals(rule)) for rule in rules)}
        if not found:
            break
        productive |= found
    first = {left: {rule.right[0].name for rule in rules if not rule.right[0].terminal}
             for left, rules in table.items()}
    for left, rules in table.items():
        if left in productive:
            continue
        if left in _closure(left, first):
            raise GrammarError(f"{_where(name, rules)}: {left} is left-recursive without a base: no alternative ever "
                               f"ends. Add an alternative of {left} that does not begin with {left}.")
        raise GrammarError(f"{_where(name, rules)}: the symbol {left} is unproductive: no sequence of terminals can "
                           "be derived from it. Add an alternative that leads to terminals.")


def _check_unit_cycles(table, name):
    unit = {left: {rule.right[0].name for rule in rules if len(rule.right) == 1 and not rule.right[0].terminal}
            for left, rules in table.items()}
    for left, rules in table.items():
        if left in _closure(left, unit):
            raise GrammarError(f"{_where(name, rules)}: {left} can be rewritten to itself without adding anything, so "
                               f"its sentences have infinitely many derivations. Remove the rule back to {left}.")


def _check_reachable(table, name):
    start = next(iter(table))
    edges = {left: {symbol for rule in rules for symbol in _nonterminals(rule)} for left, rules in table.items()}
    reached = _closure(start, edges) | {start}
    for left, rules in table.items():
        if left not in reached:
            raise GrammarError(f"{_where(name, rules)}: the symbol {left} is unreachable from the start symbol "
                               f"{start}. Remove it, or use it in a rule; the start symbol is the first of the file.")


def has_probabilities(table: dict[str, list[Rule]]) -> bool:
    """Whether any alternative states one."""
    return any(rule.probability is not None for rules in table.values() for rule in rules)


def _check_probabilities(table, name):
    if not has_probabilities(table):
        return
    for left, rules in table.items():
        stated = [rule.probability for rule in rules if rule.probability is not None]
        if not stated and len(rules) == 1:
            continue  # a single alternative can only have probability 1
        if len(stated) != len(rules):
            missing = next(rule for rule in rules if rule.probability is None)
            raise GrammarError(f"{name}, line {missing.line}: an alternative of {left} has no probability while others "
                               "have. State all of them, or none in the whole file.")
        if abs(sum(stated) - 1) > TOLERANCE:
            raise GrammarError(f"{_where(name, rules)}: the probabilities of {left} must sum to 1. "
                               f"Received: {' + '.join(f'{value:g}' for value in stated)} = {sum(stated):g}.")
    radius = max(abs(np.linalg.eigvals(mean_matrix(table))))
    if radius >= 1 - 1e-9:
        raise GrammarError(f"{name}: the expected length of a sentence is infinite: the mean matrix of the symbols has "
                           f"spectral radius {radius:.4g}, it must be below 1. Lower the probability of the recursive "
                           "alternatives.")


def mean_matrix(table: Mapping[str, Sequence[Rule]]) -> np.ndarray:
    """M[A, B] = expected number of symbols B that one rewriting of A introduces, float64 (symbols, symbols)."""
    index = {left: position for position, left in enumerate(table)}
    matrix = np.zeros((len(table), len(table)))
    for left, rules in table.items():
        for rule in rules:
            for symbol in _nonterminals(rule):
                matrix[index[left], index[symbol]] += 1.0 if rule.probability is None else rule.probability
    return matrix
