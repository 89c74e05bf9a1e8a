"""The errors of gan-text: each derives from `GanTextError` and from the class of gan-core that sets its exit code."""

from __future__ import annotations

from gan_core.errors import ConfigError, DataError, GanError


class GanTextError(GanError):
    """Base of every error that gan-text raises on user input."""


class TextDataError(GanTextError, DataError):
    """Text that cannot be read, or of which nothing is left after filtering (exit code 3)."""


class TextDecodeError(TextDataError):
    """A file that is not UTF-8; the message holds the byte offset (exit code 3)."""


class TextConfigError(GanTextError, ConfigError):
    """An option outside its range, or options that do not fit together (exit code 2)."""


class VocabularyError(GanTextError, ConfigError):
    """A vocabulary that is too small, damaged, or not the one a model was built with (exit code 2)."""


class GrammarError(GanTextError, ConfigError):
    """A grammar file with a rule that cannot be read, or that generates nothing finite (exit code 2)."""


class TextWarning(UserWarning):
    """Text that can be used but probably not as intended: many unknown tokens, most sentences cut, marker strings."""
