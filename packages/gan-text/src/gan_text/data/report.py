"""What a preparation read, kept and dropped."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np


@dataclass
class PreparationReport:
    """The account of one preparation; every number is a count unless its name says otherwise.

    `lines` = `blank` + `sentences`. `rows` are the sequences written; dropped ones are `too_long`, `unknown`,
    `duplicate`. `length_histogram[n]` counts the sentences of n tokens, the last bin also all longer ones.
    """

    source: str = ""
    level: str = "character"
    length: int = 0
    lines: int = 0
    blank: int = 0
    sentences: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    too_long: int = 0
    unknown: int = 0
    duplicate: int = 0
    truncated: int = 0
    tokens: int = 0
    unknown_tokens: int = 0
    vocabulary: int = 0
    distinct_tokens: int = 0
    length_histogram: list[int] = field(default_factory=list)
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def unknown_rate(self) -> float:
        """The share of unknown tokens in the rows, 0..1."""
        return self.unknown_tokens / self.tokens if self.tokens else 0.0

    @property
    def truncated_share(self) -> float:
        """The share of sentences that were cut, 0..1."""
        return self.truncated / self.sentences if self.sentences else 0.0

    @property
    def lines_per_second(self) -> float:
        """Speed of both passes together."""
        return self.lines / self.seconds if self.seconds else 0.0

    def length_quantile(self, share: float) -> int:
        """The smallest length that at least this share of the sentences does not exceed."""
        cumulative = np.cumsum(self.length_histogram)
        return int(np.searchsorted(cumulative, share * cumulative[-1])) if len(cumulative) else 0

    def rows_of_table(self) -> list[tuple[str, str]]:
        """(name, value) pairs for a person."""
        kept = ", ".join(f"{part} {count:,}" for part, count in self.rows.items())
        quantiles = " / ".join(str(self.length_quantile(share)) for share in (0.05, 0.5, 0.95))
        longest = len(self.length_histogram) - 1
        return [
            ("source", self.source),
            ("lines read", f"{self.lines:,}"),
            ("blank lines skipped", f"{self.blank:,}"),
            ("sentences", f"{self.sentences:,}"),
            ("rows kept", kept),
            ("dropped: too long", f"{self.too_long:,}"),
            ("dropped: unknown tokens", f"{self.unknown:,}"),
            ("dropped: duplicates", f"{self.duplicate:,}"),
            (f"truncated to {self.length} ids", f"{self.truncated:,} ({self.truncated_share:.1%})"),
            ("unknown tokens", f"{self.unknown_tokens:,} of {self.tokens:,} ({self.unknown_rate:.2%})"),
            ("vocabulary", f"{self.vocabulary:,} ids of {self.distinct_tokens:,} distinct {self.level}s"),
            ("length 5 / 50 / 95 %", f"{quantiles} tokens (counted up to {longest})"),
            ("speed", f"{self.lines_per_second:,.0f} lines/s in {self.seconds:.1f} s"),
        ]

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)
