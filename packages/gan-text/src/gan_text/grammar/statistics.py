"""Exact expectations of a probabilistic grammar: sentence length, entropy of a derivation, length distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gan_text.grammar.chart import BinaryRules
from gan_text.grammar.checks import mean_matrix
from gan_text.grammar.rules import Rule


def _expected_total(table: Mapping[str, Sequence[Rule]], own: list[float]) -> float:
    """The expected sum of `own[A]` over all symbols A of a derivation: solves x = own + M x, M the mean matrix."""
    return float(np.linalg.solve(np.eye(len(table)) - mean_matrix(table), np.array(own))[0])


def expected_length(table: Mapping[str, Sequence[Rule]]) -> float:
    """The mean number of terminals of a sentence."""
    return _expected_total(table, [
        sum((rule.probability or 1.0) * sum(symbol.terminal for symbol in rule.right) for rule in rules)
        for rules in table.values()])


def derivation_entropy(table: Mapping[str, Sequence[Rule]]) -> float:
    """The entropy of a derivation in bits; for an ambiguous grammar an upper bound on that of a sentence."""
    return _expected_total(table, [
        -sum((rule.probability or 1.0) * np.log2(rule.probability or 1.0) for rule in rules)
        for rules in table.values()])


def length_distribution(rules: BinaryRules, longest: int) -> np.ndarray:
    """P(length = n) for n = 0..longest, float64 (longest + 1,); it sums to the mass up to `longest`.

    P_A(n) = sum over A -> B C and k of p * P_B(k) * P_C(n - k): the inside algorithm with lengths for positions.
    """
    mass = np.zeros((longest + 1, rules.emission.shape[1]))
    if longest >= 1:
        mass[1] = rules.emission.sum(0)
    for length in range(2, longest + 1):
        left, right = mass[1:length][:, rules.left], mass[length - 1:0:-1][:, rules.right]
        mass[length] = (left * right).sum(0) @ rules.spread
    return mass[:, 0]
