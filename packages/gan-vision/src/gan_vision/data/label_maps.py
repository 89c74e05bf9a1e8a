"""Photos with the class, and perhaps the object, at each pixel: Cityscapes, and folders of one's own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError, choose
from gan_core.images.decode import MAX_PIXELS, ImageError, decode_image, printable
from gan_core.images.ids import Color, decode_ids
from gan_core.images.resize import FITS, image_size
from gan_vision.data.decoded_files import HELD_OUT, examples_of_files, partners
from gan_vision.data.examples import Examples
from gan_vision.data.fields.instance_ids import InstanceIds
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.photo import Photo

CITYSCAPES_CLASSES = 35  # ids 0..33 and a spare one, as published
INSTANCES = {"maps": "from files", "regions": "connected regions of a class", "none": "none"}
SUFFIXES = {"real": "_leftImg8bit", "labels": "_gtFine_labelIds", "instances": "_gtFine_instanceIds"}


def load_label_maps(
    root: str | os.PathLike,
    *,
    size: int | tuple[int, int] = (512, 1024),
    classes: int | None = None,
    ignore: Sequence[int] = (),
    colors: Mapping[Color, int] | None = None,
    instances: str | None = None,
    form: str = "edges",
    channels: int = 3,
    fit: str = "center_crop",
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Examples of photos with their maps, with the part "val" (or "validation", "test") held out where it is there.

    Args:
        root: a folder in one of three layouts, in which partners are found by name. Folders images, labels and perhaps
            instances, each with the same names, at once or inside folders train and val. Cityscapes (Cordts et al.
            2016, arXiv:1604.01685) as it is distributed: leftImg8bit/train/CITY/*_leftImg8bit.png,
            gtFine/train/CITY/*_gtFine_labelIds.png and *_gtFine_instanceIds.png. Or flat, with the folders train_img,
            train_label and train_inst.
        size: int or (height, width) in pixels.
        classes: int, ids of the label maps are 0..classes-1; by default 35 for Cityscapes, else what `colors` needs.
        ignore: ids that mean "unknown", such as 255 or -1: they get a channel of their own.
        colors: RGB -> id, for label maps that are painted in colours; see `read_colors`.
        instances: "maps" reads instance maps, "regions" takes each connected region of a class for an object, "none"
            goes without; by default maps if there is a folder of them.
        form: what the networks get of instances: "edges", "ids" or "both", see `InstanceIds`.
        channels: 1 or 3, of the photos.
        fit: "center_crop", "stretch" or "pad"; label and instance maps to the nearest pixel.
        on_bad: "error" lists the examples that cannot be used and stops; "skip" leaves them out, up to 10 %.
        limit: int, use only so many training examples.
        seed: int, of `limit`.
        memory_limit: int, bytes that decoded examples may take, 1 GiB by default. Above it only headers are read here.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with "real" (Photo), "labels" (LabelMap) and, unless there are none, "instances" (InstanceIds).

    Raises:
        ConfigError: an unknown option, or a number of classes that nothing says.
        DataError: no such layout; photos or maps without a partner (up to five are named); examples that `on_bad` does
            not allow: several sizes, an unreadable file; an id outside the classes, with its file, value and place.

    Example:
        >>> train, validation = load_label_maps("cityscapes", size=(256, 512)).split()
    """
    choose("fit", fit, FITS)
    pixels = image_size(size)
    layout, inside = _layout(Path(root))
    if instances is None:
        instances = "maps" if inside("train")["instances"].is_dir() else "none"
    choose("instances", instances, INSTANCES)
    if classes is None:
        classes = CITYSCAPES_CLASSES if layout == "cityscapes" else _classes_of(colors)
    labels = LabelMap(classes, tuple(ignore))
    fields: dict[str, Kind] = {"real": Photo(channels), "labels": labels}
    if instances != "none":
        fields["instances"] = InstanceIds(form)
    warn = _EightBits()

    def decode(paths: tuple[Path, ...]) -> dict[str, np.ndarray]:
        maps = {"real": decode_image(paths[0], channels=channels, max_pixels=max_pixels),
                "labels": decode_ids(paths[1], colors=colors, max_pixels=max_pixels)}
        if instances == "maps":
            maps["instances"] = decode_ids(paths[2], max_pixels=max_pixels)
        _check_sizes(paths, [value.shape[:2] for value in maps.values()])
        if found := labels.unknown(maps["labels"]):
            raise ImageError(printable(paths[1]), f"{found}. Raise `classes`, or name it in `ignore`.")
        if instances == "maps":
            maps["instances"] = warn(maps["instances"], paths[2])
        elif instances == "regions":
            maps["instances"] = connected_regions(maps["labels"])
        return {name: fields[name].resized(value, pixels, fit=fit) for name, value in maps.items()}

    read = [name for name in fields if name != "instances" or instances == "maps"]
    train, held_out = _files(inside, read)
    return examples_of_files(train, held_out, fields, decode, _check_sizes, size=pixels,
                             name=f"label maps {printable(root)}", on_bad=on_bad, limit=limit, seed=seed,
                             memory_limit=memory_limit, max_pixels=max_pixels)


def read_colors(path: str | os.PathLike) -> dict[Color, int]:
    """The table of a file of lines "id,name,red,green,blue", as `gan-vision make-pairs` writes it: RGB -> id.

    Raises:
        DataError: it cannot be read, or a line is no such line, or a colour is there twice.
    """
    import csv

    path, colors = Path(path), {}
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the colours {printable(path)}: {error}. Expected: lines id,name,red,green,blue.",
                        ) from None
    for number, line in enumerate(lines, start=1):
        if not line or line[0].strip().lower() == "id":
            continue
        try:
            identity, red, green, blue = (int(line[place]) for place in (0, -3, -2, -1))
            valid = len(line) >= 4 and 0 <= identity < 2**16 and all(0 <= part < 256 for part in (red, green, blue))
        except (ValueError, IndexError):
            valid = False
        if not valid:
            raise DataError(f"line {number} of the colours {printable(path)} must be id,name,red,green,blue with "
                            f"numbers of 0..255. Found: {','.join(line)!r}.")
        if (red, green, blue) in colors:
            raise DataError(f"line {number} of the colours {printable(path)} repeats the colour {(red, green, blue)}. "
                            "Give each colour one line.")
        colors[red, green, blue] = identity
    if not colors:
        raise DataError(f"the colours {printable(path)} hold no line. Expected: lines id,name,red,green,blue.")
    return colors


def connected_regions(labels: np.ndarray) -> np.ndarray:
    """A number for each connected region of one class, neighbours being above, below, left and right.

    Args:
        labels: ids (height, width).

    Returns:
        uint16 (height, width), regions numbered from 0 on (again from 0 beyond 65,536 of them).

    Example:
        >>> connected_regions(np.array([[3, 3, 0, 3]]))
        array([[0, 0, 1, 2]], dtype=uint16)
    """
    from skimage.measure import label

    found = label(labels.astype(np.int32), background=-1, connectivity=1)
    return ((np.asarray(found) - 1) % 2**16).astype(np.uint16)


def _classes_of(colors: Mapping[Color, int] | None) -> int:
    if colors is None:
        raise ConfigError("`classes` must say how many classes the label maps have. Received: classes=None. Count "
                          "their ids, or give `colors`.")
    return max(colors.values()) + 1


Inside = Callable[[str], dict[str, Path]]  # part ("train", "val", "" for all) -> field -> folder


def _layout(root: Path) -> tuple[str, Inside]:
    fields = ("real", "labels", "instances")
    if (root / "leftImg8bit").is_dir() and (root / "gtFine").is_dir():
        return "cityscapes", lambda part: {"real": root / "leftImg8bit" / part,
                                           **dict.fromkeys(fields[1:], root / "gtFine" / part)}
    if (root / "train_img").is_dir():
        return "cityscapes", lambda part: {field: root / f"{part}_{ending}" for field, ending in zip(
            fields, ("img", "label", "inst"), strict=True)}
    if (root / "images").is_dir() and (root / "labels").is_dir():
        nested = (root / "images" / "train").is_dir()
        return "folders", lambda part: {field: root / folder / (part if nested else "") for field, folder in zip(
            fields, ("images", "labels", "instances"), strict=True)}
    found = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    raise DataError(f"cannot read {printable(root)} as photos with label maps. Expected: the folders images and labels "
                    "(and perhaps instances); or those of Cityscapes, leftImg8bit and gtFine, or train_img and "
                    f"train_label. Found: {', '.join(map(printable, found[:10])) or 'none'}.")


def _files(inside: Inside, fields: Sequence[str]):
    """The files of the training examples, and of the held-out ones if there are any."""
    training = {field: inside("train")[field] for field in fields}
    suffixes = {field: SUFFIXES[field] for field in fields}
    held_out = ({field: inside(part)[field] for field in fields} for part in HELD_OUT)
    found = next((folders for folders in held_out if folders != training
                  and all(folder.is_dir() for folder in folders.values())), None)
    return partners(training, suffixes), None if found is None else partners(found, suffixes)


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
                "apart. Use the files of 16 bits (class · 1000 + number), or instances='none'.", printable(path))
        return ids.astype(np.uint16)
