"""One line names the data of a translation: pairs, label maps, plain pictures, or synthetic scenes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from gan_core.errors import ConfigError
from gan_vision.data.examples import Examples
from gan_vision.data.fields.kind import Kind
from gan_vision.data.made_pairs import KINDS, OF_ONE_CHANNEL
from gan_vision.data.sources import parse_source

PAIRS = {"aligned": "aligned:DIR", "split": "split:DIR"}
MAPS = {"cityscapes": "cityscapes:DIR", "labels": "labels:DIR", "scenes": "scenes[:COUNT]"}
MADE = {kind: f"{kind}:DIR" for kind in KINDS}
TRANSLATION_SOURCES = {**PAIRS, **MAPS, **MADE}
SCENES = 500


def load_translation(
    source: str,
    *,
    size: int | tuple[int, int],
    direction: str = "AtoB",
    channels: int = 3,
    source_channels: int = 3,
    factor: int = 4,
    classes: int | None = None,
    ignore: Sequence[int] = (),
    colors: str | None = None,
    instances: str | None = None,
    form: str = "edges",
    fit: str = "center_crop",
    on_bad: str = "error",
    validation: float = 0.1,
    seed: int = 0,
    limit: int | None = None,
    memory_limit: int | None = None,
) -> Examples:
    """Examples for a translation, whose networks read "source" and make "real".

    Args:
        source: "aligned:DIR" or "split:DIR", pairs (`load_pairs`); "cityscapes:DIR" or "labels:DIR", photos with label
            maps (`load_label_maps`); "edges:DIR", "gray:DIR", "small:DIR", "hole:DIR" or "silhouette:DIR", plain
            pictures (`load_made_pairs`); "scenes" or "scenes:COUNT", synthetic (`make_scenes`).
        size: int or (height, width) in pixels.
        direction: of pairs.
        channels: 1 or 3, of what is made.
        source_channels: 1 or 3, of what is read of pairs.
        factor: 2 or 4, of "small".
        classes, ignore, instances, form: of label maps.
        colors: file of a table, of label maps that are painted in colours; see `read_colors`.
        fit, on_bad, limit, memory_limit: as in `load_images`.
        validation: fraction that `split()` of the result holds out, where the source holds nothing out itself.
        seed: int, of that split and of `limit`.

    Returns:
        Examples. Of label maps "source" is made of one-hot classes and, where there are instances, their edges.

    Raises:
        ConfigError: unknown source or option.
        DataError: the data are missing or unusable.

    Example:
        >>> train, validation = load_translation("edges:photos", size=64).split()
    """
    scheme, place = parse_source(source, TRANSLATION_SOURCES)
    options = {"fit": fit, "on_bad": on_bad, "limit": limit, "seed": seed, "memory_limit": memory_limit}
    if scheme in PAIRS:
        from gan_vision.data.pairs import load_pairs

        found = load_pairs(place, layout=scheme, size=size, direction=direction, channels=channels,
                           source_channels=source_channels, **options)
    elif scheme in MADE:
        from gan_vision.data.made_pairs import load_made_pairs

        found = load_made_pairs(place, kind=scheme, size=size, channels=channels, factor=factor, **options)
    elif scheme == "scenes":
        from gan_vision.data.scenes import make_scenes

        if place and not place.isdecimal():
            raise ConfigError(f"`scenes` takes a number of scenes. Received: {source!r}. Write scenes:200.")
        found = make_scenes(min(int(place or SCENES), limit or 2**31), size=size, seed=seed, form=form)
        if instances == "none":
            found = dataclasses.replace(found, fields={name: kind for name, kind in found.fields.items()
                                                       if name != "instances"})
    else:
        from gan_vision.data.label_maps import CITYSCAPES_CLASSES, load_label_maps, read_colors

        table = None if colors is None else read_colors(Path(colors))
        standard = CITYSCAPES_CLASSES if scheme == "cityscapes" and table is None else None
        found = load_label_maps(place, size=size, classes=classes or standard, ignore=ignore, colors=table,
                                instances=instances, form=form, channels=channels, **options)
    joined = joined_fields(found.fields)
    held_out = None if found.held_out is None else dataclasses.replace(found.held_out, joined=joined)
    return dataclasses.replace(found, held_out=held_out, joined=joined, validation=validation, seed=seed)


def joined_fields(fields: Mapping[str, Kind]) -> dict[str, tuple[str, ...]]:
    """What "source" is made of: classes, and the edges of instances; nothing to join where it is a field itself."""
    if "labels" not in fields:
        return {}
    if "instances" not in fields:
        return {"source": ("labels",)}
    both = getattr(fields["instances"], "form", "edges") == "both"
    return {"source": ("labels", "instances_edges" if both else "instances")}


def source_is_gray(source: str) -> bool:
    """Whether a made source has one channel whatever the pictures have."""
    return source.partition(":")[0] in OF_ONE_CHANNEL
