"""Pictures of a TensorFlow data set with captions from a file: the sets themselves have none."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.errors import DataError
from gan_core.images.background import WHITE, Background
from gan_core.images.decode import printable
from gan_vision.data.captioned_pictures import Described, caption_columns, caption_fields
from gan_vision.data.captions_file import Description, descriptions, read_captions_file
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.tfds import find_builder, load_tfds

TRAIN, HELD_OUT, NAMES = "train", ("validation", "test"), "file_name"
_SHOWN = 5


def load_tfds_captions(
    name: str,
    *,
    captions_file: Path | None,
    size: int | tuple[int, int],
    channels: int = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    vectors: str | os.PathLike | None = None,
    data_dir: str | os.PathLike | None = None,
    download: bool = False,
    memory_limit: int | None = None,
) -> Examples:
    """Pictures as `load_tfds` reads them, those that a file describes.

    Args:
        name: NAME[:version][/config][/split], as in "oxford_flowers102" or "oxford_flowers102/test".
        captions_file: .csv, .tsv or .jsonl with `caption` and either `index`, the number of the picture in its split
            from 0, or `file`, its file name where the set has names. A column `split` says which split a row is about;
            rows without one are about the split that is read. "train" is read unless `name` ends in a split; then
            "validation" or else "test" is held out if the file describes it.
        size: int or (height, width) in pixels.
        channels: 1, 3 or 4.
        fit: as in `load_images`.
        background: as in `load_images`.
        on_bad: as in `load_images`.
        limit: int, use only so many training pictures.
        seed: int, of `limit` and of a later `split`.
        vectors: .npy file of numbers (captions, size), a row for each caption in the order of the file.
        data_dir: where TFDS looks.
        download: True lets TFDS download.
        memory_limit: int, bytes above which pictures are memory-mapped from the cache; 1 GiB by default.

    Returns:
        Examples with "real", "captions", "text" where there are vectors, and "label" where the set has classes.

    Raises:
        DataError: no captions file, one that does not fit the set, or what `load_tfds` raises.

    Example:
        >>> load_tfds_captions("oxford_flowers102", captions_file=Path("captions.csv"), size=64)
    """
    if captions_file is None:
        raise DataError(f"tfds:{name} has pictures without captions. Pass a file with the columns index (the number of "
                        "a picture in its split, from 0) and caption as `captions_file` (--captions-file).")
    rows = read_captions_file(captions_file, keys=("index", "file"))
    said = descriptions(captions_file, rows, lambda row: (row.split, row.key),
                        vectors=None if vectors is None else Path(vectors))
    builder, split = find_builder(name, data_dir)
    parts = [split or TRAIN]
    by_name = isinstance(rows[0].key, str)
    about = {row.split for row in rows}
    if split is None:
        parts += [part for part in HELD_OUT if part in about or (by_name and part in builder.info.splits)][:1]
    base = name.removesuffix(f"/{split}") if split else name
    found = []
    for part in parts:
        images = load_tfds(f"{base}/{part}", size=size, channels=channels, fit=fit, on_bad=on_bad, data_dir=data_dir,
                           download=download, memory_limit=memory_limit, background=background)
        asked = (part, part.split("[")[0], *((None,) if by_name or part == parts[0] else ()))
        own = {key: each for (part_of, key), each in said.items() if part_of in asked}
        found.append(_captioned(images, own, _file_names(builder, part) if by_name else None, captions_file))
    if not found[0][1]:
        raise DataError(f"{printable(captions_file)} describes no picture of tfds:{base}/{parts[0]}. Its first row is "
                        f"about {rows[0].key!r}. Expected {'file names' if by_name else 'numbers'} of this split.")
    kinds = caption_fields([each for _, described in found for each in described])

    def examples(part: tuple[Examples, list[Described]], others: Examples | None = None) -> Examples:
        images, described = part
        fields = {"real": images.fields["real"], **kinds}
        columns: dict[Any, Any] = {"real": images.images, **caption_columns(described, kinds)}
        if "label" in images.fields:  # the classes of the set itself
            fields["label"], columns["label"] = images.fields["label"], images.labels
        return Examples(Columns(columns), fields, images.name, images.rejects, others, seed=seed)

    held_out = examples(found[1]) if found[1:] and found[1][1] else None
    train = examples(found[0], held_out)
    if limit is None:
        return train
    return dataclasses.replace(train.select(choose_rows(len(train), limit, seed)), held_out=held_out)


def _captioned(images: Examples, said: Mapping[Hashable, Description], names: Sequence[str] | None, path: Path,
               ) -> tuple[Examples, list[Described]]:
    """The pictures that the file describes, and what it says about each."""
    rejected = {int(reject.path.rpartition("#")[2]) for reject in images.rejects}
    total = len(images) + len(rejected)
    keys: Sequence[Hashable] = range(total) if names is None else names
    if names is None and (beyond := [key for key in said if key not in keys]):
        raise DataError(f"{printable(path)} describes pictures that {images.name} does not have: "
                        f"{', '.join(map(str, beyond[:_SHOWN]))}. Found: {total} pictures, numbered from 0. Correct "
                        "the column index.")
    usable = [position for position in range(total) if position not in rejected]
    rows = [row for row, position in enumerate(usable) if keys[position] in said]
    if left := len(usable) - len(rows) if rows else 0:
        logging.getLogger(__name__).warning("%d of %d pictures of %s have no caption in %s and are left out", left,
                                            len(usable), images.name, printable(path))
    described = [(f"picture {usable[row]} of {images.name}", said[keys[usable[row]]]) for row in rows]
    return images.select(np.array(rows, np.int64)) if rows else images, [
        Described(place=place, captions=each.captions, vectors=each.vectors, class_name=each.class_name)
        for place, each in described]


def _file_names(builder, part: str) -> list[str]:
    """The file names of a split, in the order in which `load_tfds` reads it."""
    import tensorflow_datasets as tfds

    if NAMES not in builder.info.features:
        raise DataError(f"the pictures of tfds:{builder.name} have no file names. Found the features: "
                        f"{', '.join(builder.info.features)}. Number them in a column `index` instead.")
    names = builder.as_dataset(split=part, shuffle_files=False, decoders=tfds.decode.PartialDecoding({NAMES: True}),
                               read_config=tfds.ReadConfig(try_autocache=False))
    return [example[NAMES].decode("utf-8", "replace") for example in names.as_numpy_iterator()]
