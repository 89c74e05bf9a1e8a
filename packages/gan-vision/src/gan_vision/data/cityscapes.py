"""Photos of streets with the class and the object at each pixel: Cityscapes (Cordts et al. 2016, arXiv:1604.01685)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.images.decode import MAX_PIXELS, ImageError, decode_image, printable
from gan_core.images.ids import decode_ids
from gan_core.images.resize import FITS, image_size
from gan_vision.data.decoded_files import examples_of_files, partners
from gan_vision.data.examples import Examples
from gan_vision.data.fields.instance_ids import InstanceIds
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.photo import Photo

CLASSES = 35  # ids 0..33 and a spare one, as published
TRAIN, HELD_OUT = "train", "val"
SUFFIXES = {"real": "_leftImg8bit", "labels": "_gtFine_labelIds", "instances": "_gtFine_instanceIds"}


def load_cityscapes(
    root: str | os.PathLike,
    *,
    size: int | tuple[int, int] = (512, 1024),
    classes: int = CLASSES,
    ignore: Sequence[int] = (),
    instances: bool = True,
    form: str = "edges",
    fit: str = "center_crop",
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Training examples, with the part "val" held out where it is there; other data in these layouts serve as well.

    Args:
        root: a folder as it is distributed, leftImg8bit/train/CITY/*_leftImg8bit.png and
            gtFine/train/CITY/*_gtFine_labelIds.png, *_gtFine_instanceIds.png; or flat, with the folders train_img,
            train_label and train_inst, whose files have these names or one name in all three. Partners are found by
            name.
        size: int or (height, width) in pixels.
        classes: int, ids of the label maps are 0..classes-1.
        ignore: ids that mean "unknown", such as 255.
        instances: bool; False reads no instance maps, which then need not be there.
        form: what the networks get of instances: "edges", "ids" or "both", see `InstanceIds`.
        fit: "center_crop", "stretch" or "pad"; label and instance maps to the nearest pixel.
        on_bad: "error" lists the examples that cannot be used and stops; "skip" leaves them out, up to 10 %.
        limit: int, use only so many training examples.
        seed: int, of `limit`.
        memory_limit: int, bytes that decoded examples may take, 1 GiB by default. Above it only headers are read here.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with "real" (Photo), "labels" (LabelMap) and "instances" (InstanceIds).

    Raises:
        ConfigError: an unknown option.
        DataError: no such layout; photos or maps without a partner (up to five are named); examples that `on_bad` does
            not allow: several sizes, an unreadable file; an id outside the classes, with its file and value.

    Example:
        >>> train, validation = load_cityscapes("cityscapes", size=(256, 512)).split()
    """
    choose("fit", fit, FITS)
    pixels = image_size(size)
    labels = LabelMap(classes, tuple(ignore))
    fields: dict[str, Kind] = {"real": Photo(3), "labels": labels}
    if instances:
        fields["instances"] = InstanceIds(form)
    warn = _EightBits()

    def decode(paths: tuple[Path, ...]) -> dict[str, np.ndarray]:
        maps = {"real": decode_image(paths[0], max_pixels=max_pixels)}
        for name, path in zip(list(fields)[1:], paths[1:], strict=True):
            maps[name] = decode_ids(path, max_pixels=max_pixels)
        _check_sizes(paths, [value.shape[:2] for value in maps.values()])
        if found := labels.unknown(maps["labels"]):
            raise ImageError(printable(paths[1]), f"{found}. Raise `classes`, or name it in `ignore`.")
        if instances:
            maps["instances"] = warn(maps["instances"], paths[-1])
        return {name: fields[name].resized(value, pixels, fit=fit) for name, value in maps.items()}

    inside = _layout(Path(root))
    training, validation = ({field: inside(part)[field] for field in fields} for part in (TRAIN, HELD_OUT))
    train, held_out = partners(training, SUFFIXES), None
    if all(folder.is_dir() for folder in validation.values()):
        held_out = partners(validation, SUFFIXES)
    return examples_of_files(train, held_out, fields, decode, _check_sizes, size=pixels,
                             name=f"cityscapes {printable(root)}", on_bad=on_bad, limit=limit, seed=seed,
                             memory_limit=memory_limit, max_pixels=max_pixels)


def _layout(root: Path) -> Callable[[str], dict[str, Path]]:
    """Part -> field -> folder."""
    if (root / "leftImg8bit").is_dir() and (root / "gtFine").is_dir():
        return lambda part: {"real": root / "leftImg8bit" / part,
                             **dict.fromkeys(("labels", "instances"), root / "gtFine" / part)}
    if (root / f"{TRAIN}_img").is_dir():
        return lambda part: {field: root / f"{part}_{ending}" for field, ending in (
            ("real", "img"), ("labels", "label"), ("instances", "inst"))}
    found = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    raise DataError(f"cannot read {printable(root)} as Cityscapes. Expected: the folders leftImg8bit and gtFine, or "
                    f"train_img, train_label and train_inst. Found: {', '.join(map(printable, found[:10])) or 'none'}.")


def _check_sizes(paths: tuple[Path, ...], sizes: Sequence[tuple[int, ...]]) -> None:
    if len(set(sizes)) > 1:
        found = ", ".join(f"{path.name} {width} x {height}" for path, (height, width) in zip(paths, sizes, strict=True))
        raise ImageError(printable(paths[0]), f"found {found} pixels; expected one size for a photo and its maps.")


class _EightBits:
    """Warns once of instance maps that cannot tell the objects of a class apart."""

    def __init__(self):
        self._warned = False

    def __call__(self, ids: np.ndarray, path: Path) -> np.ndarray:
        if ids.dtype == np.uint8 and not self._warned:
            self._warned = True
            logging.getLogger(__name__).warning(
                "the instance map %s has 8 bits, in which the objects of one class have one id: they cannot be told "
                "apart. Use the files of 16 bits (class · 1000 + number), or instances=False.", printable(path))
        return ids.astype(np.uint16)
