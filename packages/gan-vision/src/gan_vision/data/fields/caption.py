"""Captions: what a person wrote about a picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from gan_core.errors import DataError
from gan_vision.data.fields.kind import Kind, Origin


@dataclasses.dataclass(frozen=True)
class Caption(Kind):
    """A text. It stays on the host, where a sheet prints it under the picture: its vector travels, as a `Vector`."""

    stays_on_host: ClassVar[bool] = True

    @property
    def dtype(self) -> np.dtype:  # noqa: D102
        return np.dtype(object)

    def shape(self, size):  # noqa: D102
        return ()

    def checked(self, values: Sequence[str], field: str, origin: Origin) -> list[str]:  # noqa: D102
        for row, value in enumerate(values):
            if not isinstance(value, str):
                raise DataError(f"`{field}` of {origin.row(row)} must be a text. Found: {type(value).__name__}. Decode "
                                "bytes to str.")
        return list(map(str, values))

    def texts(self, values):  # noqa: D102
        return [" ".join(value.split()) for value in values]
