"""A set of 64-bit hashes in eight bytes each: what deduplication remembers."""

from __future__ import annotations

import numpy as np


class SeenHashes:
    """Remembers hashes in sorted runs that are merged when they have grown alike, so adding stays cheap.

    Example:
        >>> SeenHashes().first_seen(np.array([5, 7, 5], np.uint64))
        array([ True,  True, False])
    """

    def __init__(self):
        self._runs: list[np.ndarray] = []

    def first_seen(self, hashes: np.ndarray) -> np.ndarray:
        """For every hash whether neither earlier calls nor earlier elements had it, bool (n,); then remembers all."""
        unique, first = np.unique(hashes, return_index=True)
        known = np.zeros(len(unique), bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, unique), len(run) - 1)
            known |= run[place] == unique
        answer = np.zeros(len(hashes), bool)
        answer[first[~known]] = True
        if (~known).any():
            self._runs.append(unique[~known])
        while len(self._runs) > 1 and len(self._runs[-1]) * 2 >= len(self._runs[-2]):
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]), kind="stable")]
        return answer
