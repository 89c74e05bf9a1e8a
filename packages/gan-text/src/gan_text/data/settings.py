"""The options of a preparation, checked, and the guard of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gan_core.errors import choose
from gan_text.data.sequences import TOO_LONG
from gan_text.data.vocabulary import LEVELS
from gan_text.errors import TextConfigError

SPLITS = ("train", "validation", "test")
MEMORY_LIMIT = 4 << 30
_COPIES = 8  # real, fake, their mixture, and the gradients that a penalty keeps of each


@dataclass(frozen=True)
class CorpusSettings:
    """How text becomes rows of ids.

    Args:
        level: "character" or "word".
        length: int >= 2, ids per row.
        max_size: int, the most ids of the vocabulary, special ones included; default 256 characters, 2048 words.
        min_count: int >= 1, rarer tokens become unknown; default 10 for characters, 1 for words.
        lowercase: bool; default False for characters, True for words.
        add_markers: bool, sos and eos around each sentence; default False for characters, True for words.
        too_long: "truncate", "drop" or "split".
        unknown: "keep", or "drop" for rows with unknown tokens.
        splits: shares of train, validation and test, summing to 1.
        deduplicate: bool, keep each row once.
        errors: "strict" or "replace", for bytes that are not UTF-8.
        tokenizer: text -> words, word level only; default splits at white space.

    Raises:
        TextConfigError: an option outside its range.
    """

    level: str = "character"
    length: int = 32
    max_size: int | None = None
    min_count: int | None = None
    lowercase: bool | None = None
    add_markers: bool | None = None
    too_long: str = "truncate"
    unknown: str = "keep"
    splits: tuple[float, float, float] = (0.98, 0.01, 0.01)
    deduplicate: bool = False
    errors: str = "strict"
    tokenizer: Callable[[str], Sequence[str]] | None = field(default=None, compare=False)

    def __post_init__(self):
        choose("level", self.level, LEVELS)
        words = self.level == "word"
        for name, default in (("max_size", 2048 if words else 256), ("min_count", 1 if words else 10),
                              ("lowercase", words), ("add_markers", words)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, default)
        object.__setattr__(self, "splits", tuple(self.splits))
        for name, choices in (("too_long", TOO_LONG), ("unknown", ("keep", "drop")), ("errors", ("strict", "replace"))):
            if getattr(self, name) not in choices:
                raise TextConfigError(f"`{name}` must be one of {', '.join(choices)}. "
                                      f"Received: {name}={getattr(self, name)!r}.")
        if self.length < 2:
            raise TextConfigError(f"`length` must be at least 2 ids. Received: length={self.length}.")
        if self.min_count is not None and self.min_count < 1:
            raise TextConfigError(f"`min_count` must be at least 1. Received: min_count={self.min_count}.")
        if self.tokenizer is not None and not words:
            raise TextConfigError("`tokenizer` needs level='word'. Received: level='character'.")
        if len(self.splits) != 3 or min(self.splits) < 0 or abs(sum(self.splits) - 1) > 1e-9 or not self.splits[0]:
            raise TextConfigError("`splits` must be three shares of train, validation and test that sum to 1, train "
                                  f"above 0. Received: splits={self.splits}.")

    @property
    def specials(self) -> tuple[str, ...]:
        """The special ids of the vocabulary."""
        return LEVELS["word"] if self.add_markers else LEVELS[self.level]

    def as_dict(self) -> dict:
        """For the manifest; a tokenizer is represented by its name."""
        named = None if self.tokenizer is None else f"{self.tokenizer.__module__}.{self.tokenizer.__qualname__}"
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "splits": list(self.splits),
                "tokenizer": named}


def check_batch_memory(vocabulary_size: int, length: int, batch_size: int, *, limit: int = MEMORY_LIMIT) -> int:
    """The bytes that one-hot batches of a training step need: 8 * 4 * batch * length * vocabulary.

    Args:
        vocabulary_size: int, ids.
        length: int, ids per sequence.
        batch_size: int, sequences.
        limit: int, bytes.

    Returns:
        The estimate in bytes.

    Raises:
        TextConfigError: the estimate exceeds the limit; the message holds it.
    """
    estimate = _COPIES * 4 * vocabulary_size * length * batch_size
    if estimate > limit:
        raise TextConfigError(
            f"one-hot batches of {batch_size} x {length} x {vocabulary_size} need about {estimate / 2**30:.1f} GiB in "
            f"a training step, more than the limit of {limit / 2**30:.1f} GiB. Lower `batch_size`, `length` or "
            "`max_size`.")
    return estimate
