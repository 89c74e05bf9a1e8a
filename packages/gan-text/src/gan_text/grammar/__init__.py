"""Context-free grammars as exact yardsticks: counting, uniform sampling, membership, inside probabilities."""

from gan_text.grammar.grammar import Grammar, shipped_grammars
from gan_text.grammar.rules import Rule, Symbol, parse_rules

__all__ = ["Grammar", "Rule", "Symbol", "parse_rules", "shipped_grammars"]
