"""Captions: what people wrote about a picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class Captions(Kind):
    """One or more texts about a picture, a tuple; a sheet prints the first one under it.

    They stay on the host: their vectors travel, as `TextVectors`.
    """

    stays_on_host: ClassVar[bool] = True

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(object)

    def shape(self, size):  # noqa: D102
        return ()

    def checked(self, values: Sequence, field: str, origin: Origin) -> list[tuple[str, ...]]:
        """The values as tuples of texts; a plain text counts as a tuple of one, a list as a tuple.

        Raises:
            DataError: no texts, or none at all; the message names field and row.
        """
        found = []
        for row, value in enumerate(values):
            texts = (value,) if isinstance(value, str) else value
            if not isinstance(texts, tuple | list) or not all(isinstance(text, str) for text in texts):
                others = {type(text).__name__ for text in texts if not isinstance(text, str)} if isinstance(
                    texts, tuple | list) else {type(value).__name__}
                raise DataError(f"`{field}` of {origin.row(row)} must be a text, or a tuple of texts. "
                                f"Found: {', '.join(sorted(others))}. Decode bytes to str.")
            if not texts:
                raise DataError(f"`{field}` of {origin.row(row)} must hold at least one text. Found: none. "
                                "Leave this example out.")
            found.append(tuple(map(str, texts)))
        return found

    def texts(self, values):  # noqa: D102
        return [" ".join(captions[0].split()) for captions in values]
