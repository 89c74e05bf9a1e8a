"""Examples at another size: the maps of another source, resized when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gan_vision.data.example_source import ExampleSource
from gan_vision.data.fields.kind import Kind


class ResizedSource(ExampleSource):
    """The fields of a source with all maps at one size: photos antialiased, ids to the nearest pixel.

    Args:
        source: where the examples are.
        fields: name -> kind.
        size: (height, width) in pixels; pictures are stretched to it.
    """

    def __init__(self, source: ExampleSource, fields: Mapping[str, Kind], size: tuple[int, int]):
        self._source, self._fields, self._size = source, fields, size

    def __len__(self):
        return len(self._source)

    def gather(self, rows, names):  # noqa: D102
        return {name: self._resized(name, values) for name, values in self._source.gather(rows, names).items()}

    def _resized(self, name: str, values):
        kind = self._fields[name]
        if not kind.is_map or values.shape[1:3] == self._size:
            return values
        return np.stack([kind.resized(value, self._size, fit="stretch") for value in values])

    @property
    def content_hash(self):  # noqa: D102
        return self._source.content_hash

    def place(self, row):  # noqa: D102
        return self._source.place(row)

    def select(self, rows):  # noqa: D102
        return ResizedSource(self._source.select(rows), self._fields, self._size)
