"""The errors a user can cause or meet, each with the exit code of the command line.

A message names what was found (file, field or value), what was expected, and the remedy. Every class is
also the built-in exception that a library user would expect to catch.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GanError(Exception):
    """Base of all errors that end in one clear line instead of a traceback."""

    exit_code = 2


class ConfigError(GanError, ValueError):
    """A wrong option, an unknown name, or parts that do not fit together (exit code 2)."""


class RunError(GanError, RuntimeError):
    """A run folder that is in use, missing, already there, or written under another config (exit code 2)."""


class DataError(GanError, ValueError):
    """Data that cannot be read or are not what the model needs (exit code 3)."""

    exit_code = 3


class CheckpointError(GanError, RuntimeError):
    """No checkpoint of a run can be used, or one does not fit the model (exit code 3)."""

    exit_code = 3


class DivergedError(GanError, ArithmeticError):
    """A loss, gradient or weight stopped being finite (exit code 4)."""

    exit_code = 4


class MissingDependencyError(GanError, ImportError):
    """An optional package is absent; the message holds the line that installs it (exit code 2)."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """A sentence that suggests the closest of `choices`, or lists them all.

    Example:
        >>> did_you_mean("dcgn", ["dcgan", "ada"])
        "Did you mean 'dcgan'? Known: ada, dcgan."
    """
    choices = sorted(choices)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    hint = f"Did you mean '{close[0]}'? " if close else ""
    return f"{hint}Known: {', '.join(choices)}."


def choose(kind: str, name: str, table: dict):
    """Look `name` up in `table`.

    Raises:
        ConfigError: `name` is not a key; the message lists the keys and the closest one.
    """
    try:
        return table[name]
    except (KeyError, TypeError):  # a name from a file may be a list
        raise ConfigError(f"unknown {kind}. Received: {name!r}. {did_you_mean(str(name), map(str, table))}") from None
