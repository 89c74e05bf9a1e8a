"""Attributes, of which an example may have several."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from gan_vision.data.fields.vector import Vector


@dataclasses.dataclass(frozen=True)
class Attributes(Vector):
    """Which of k attributes an example has, stored as float32 (k,) in 0..1; a sheet shows the names of the first ones.

    Args:
        size: int, k.
        names: of the attributes; () if they have none.
    """

    names: tuple[str, ...] = ()

    SHOWN: ClassVar[int] = 3

    @classmethod
    def named(cls, names: tuple[str, ...]) -> Attributes:
        """Attributes that have these names."""
        return cls(len(names), tuple(names))

    @property
    def described(self) -> str:  # noqa: D102
        return f"{self.size} attributes of 0 to 1"

    def texts(self, values):  # noqa: D102
        names = self.names or tuple(map(str, range(self.size)))
        return [", ".join(names[number] for number in np.flatnonzero(np.asarray(value) > 0.5)[:self.SHOWN])
                for value in values]
