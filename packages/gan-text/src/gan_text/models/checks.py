"""The sizes that every text network must be given."""

from __future__ import annotations

from gan_text.errors import TextConfigError


def check_sizes(**sizes: int | None) -> None:
    """Refuse sizes below their smallest useful value.

    Raises:
        TextConfigError: `length` or `vocabulary_size` below 2, another size below 1.
    """
    for name, value in sizes.items():
        least = 2 if name in ("length", "vocabulary_size", "classes") else 1
        if value is not None and value < least:
            raise TextConfigError(f"`{name}` must be at least {least}. Received: {name}={value}.")
