"""Features of real images kept on disk: extracted once, found again as long as no image and no extractor changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from gan_core.files import whole_file
from gan_core.metrics.features import FeatureSet
from gan_core.metrics.functional.moments import Moments

VERSION = 1
_TEXTS = ("fingerprint", "extractor", "extractor_hash", "resize", "caveat")


class FeatureCache:
    """A folder of feature sets, one `.npz` file each (numbers only, no pickle).

    The name of a file is a hash of the images' content, the extractor's identity and the settings that decide what is
    kept: one changed image gives another name. An entry that cannot be read counts as absent.

    Args:
        folder: made when something is first stored.

    Example:
        >>> cache = FeatureCache("cache")
        >>> cache.load(cache.key(fingerprint, extractor)) is None
        True
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder).expanduser()

    @classmethod
    def default_folder(cls) -> Path:
        """The user's cache folder ($XDG_CACHE_HOME/gan-core or ~/.cache/gan-core)."""
        base = os.environ.get("XDG_CACHE_HOME")
        return (Path(base) if base else Path.home() / ".cache") / "gan-core" / "features"

    def key(self, fingerprint: str, extractor, **settings) -> str | None:
        """The name of an entry; None if the extractor has no hash, so that a change of it could not be noticed."""
        if not extractor.hash:
            return None
        text = json.dumps([VERSION, fingerprint, extractor.identity, sorted(settings.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def load(self, key: str | None) -> FeatureSet | None:
        """What was stored under `key`, or None."""
        if key is None:
            return None
        try:
            with np.load(self._path(key), allow_pickle=False) as entry:
                texts = json.loads(str(entry["texts"]))
                moments = None
                if "mean" in entry:
                    moments = Moments(len(entry["mean"]))
                    moments.count, moments.mean, moments.scatter = texts["count"], entry["mean"], entry["scatter"]
                optional = {name: entry[name] if name in entry else None for name in ("logits", "images")}
                return FeatureSet(entry["features"], texts["count"], moments,
                                  image_shape=tuple(texts["image_shape"]), **optional,
                                  **{name: texts[name] for name in _TEXTS})
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def store(self, key: str | None, found: FeatureSet) -> None:
        """Keep `found` under `key`; a folder that cannot be written only costs the next run its time."""
        if key is None:
            return
        texts = {name: getattr(found, name) for name in (*_TEXTS, "count", "image_shape")}
        arrays = {"features": found.features, "logits": found.logits, "images": found.images}
        if found.moments is not None:
            arrays |= {"mean": found.moments.mean, "scatter": found.moments.scatter}
        with contextlib.suppress(OSError), whole_file(self._path(key)) as stream:
            np.savez(stream, texts=np.array(json.dumps(texts)),
                     **{name: array for name, array in arrays.items() if array is not None})

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"
